import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t, { type Test } from 'tap';
import { LogShelf } from './log-shelf.ts';
import { bench } from './testing/bench.ts';
import type { OpenLogFile } from './transfer.ts';
import { fetchLogExecutor, type LogPort } from './transfer.ts';

const MB = 1e6;

function shelf(t: Test, o: { readonly budgetMB?: number; readonly freeMB?: () => number } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'logs-'));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const { freeMB = () => 10_000 } = o;
  const made = new LogShelf({
    folder,
    budgetBytes: (o.budgetMB ?? 10) * MB,
    freeBytes: async () => freeMB() * MB,
  });
  let minutes = 0;
  const keep = (name: string, megabytes: number): void => {
    writeFileSync(join(folder, name), Buffer.alloc(megabytes * MB));
    utimesSync(join(folder, name), 1_700_000_000, 1_700_000_000 + 60 * minutes++);
  };
  return { folder, shelf: made, keep, names: () => readdirSync(folder).sort() };
}

async function opened(made: LogShelf, name: string, megabytes: number): Promise<OpenLogFile> {
  const answer = await made.open(name, megabytes * MB);
  if (!answer.ok) throw new Error(answer.why);
  return answer.file;
}

t.test(
  'inside its budget: what was never finished goes first, then the oldest; not the one being fetched',
  async (t) => {
    const { shelf: made, keep, names } = shelf(t);
    keep('log-3.bin', 3);
    keep('log-1.bin', 3);
    keep('log-9.bin.part', 2);
    const file = await opened(made, 'log-4.bin', 3);
    t.same(names(), ['log-1.bin', 'log-3.bin', 'log-4.bin.part'], 'the unfinished one was enough');
    await file.write(0, Buffer.alloc(3 * MB, 7));
    await file.finish();
    await file.close();
    t.match(made.status(), { bytes: 9 * MB, files: 3, counters: { removedLogs: 1, refusedLogs: 0 } });
    await (await opened(made, 'log-5.bin', 6)).close();
    t.same(names(), ['log-4.bin'], 'the two oldest made room; what was called off leaves nothing');
    t.equal(made.status().counters.removedLogs, 3);
  },
);

t.test('a log that cannot have room is refused in words, and nothing is given up for it', async (t) => {
  let freeMB = 10_000;
  const { shelf: made, keep, names } = shelf(t, { freeMB: () => freeMB });
  keep('log-1.bin', 4);
  t.match(await made.open('log-2.bin', 11 * MB), {
    ok: false,
    why: 'the log has 11.0 MB, logs.autopilotBudgetMB allows 10.0 MB',
  });
  freeMB = 65;
  t.match(await made.open('log-2.bin', 9 * MB), {
    ok: false,
    why: 'the log has 9.0 MB, the disk has room for 5.0 MB: free space on it',
  });
  t.same(names(), ['log-1.bin']);
  t.match(made.status(), { bytes: 4 * MB, counters: { removedLogs: 0, refusedLogs: 2 } });
});

t.test('the same log again: the copy that is there stays until the new one is whole', async (t) => {
  const { shelf: made, folder, keep } = shelf(t);
  keep('log-1.bin', 1);
  const file = await opened(made, 'log-1.bin', 1);
  t.equal(readFileSync(join(folder, 'log-1.bin')).length, MB);
  await file.write(0, Buffer.from('new'));
  await file.finish();
  await file.close();
  t.equal(readFileSync(join(folder, 'log-1.bin'), 'utf8'), 'new');
});

t.test('fetch-log: refused before a byte of it is asked for', async (t) => {
  const { shelf: made } = shelf(t, { budgetMB: 1 });
  let fetched = 0;
  const logs: LogPort = {
    busy: false,
    list: async () => ({ ok: true, logs: [{ id: 7, sizeBytes: 2 * MB, startedUtcS: null }] }),
    fetch: async (_id, { into }) => {
      fetched++;
      await into.write(0, Buffer.from('log'));
      return { ok: true, bytes: 3, crc: 1, verified: 'size' };
    },
    stop: async () => {},
  };
  const b = bench();
  const executor = fetchLogExecutor({ vehicle: b.vehicle, logs, shelf: made, pause: async () => {}, nowMs: () => 0 });
  const task = {
    ...({ id: 'x', type: 'fetch-log', params: {}, issuedBy: 'Ann', grants: [], via: 'own' } as const),
    signal: new AbortController().signal,
  };
  t.match(await executor.act(task, {}), { state: 'rejected', reason: /^no-room: the log has 2\.0 MB/ });
  t.equal(fetched, 0);
});
