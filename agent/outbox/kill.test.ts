/** kill -9 at random moments: what was said to be durable is there, once, with its bytes; nothing else is invented. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { readEnvelope } from '@skein/protocol/telemetry';
import t from 'tap';
import type { EarlierEnd } from './epochs.ts';
import { LANE_NAMES } from './keys.ts';
import { OutboxStore } from './store.ts';
import { newBoot } from './testkit.ts';

const COUNT = Number(process.env.COUNT ?? 4);

interface Said {
  readonly epoch: string;
  readonly lane?: 'urgent' | 'history';
  readonly durable?: number;
  readonly earlier?: EarlierEnd | null;
}

t.test('what was durable survives kill -9', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'outbox-kill-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'outbox.db');
  const boot = newBoot();
  const durable = new Map<string, number>();
  let previous: string | null = null;

  for (let round = 0; round < COUNT; round++) {
    const child: ChildProcess = spawn(
      process.execPath,
      [fileURLToPath(new URL('./kill-child.ts', import.meta.url)), path, boot],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    if (!child.stdout) throw new Error('no stdout');
    const exited = once(child, 'exit');
    const target = 20 + Math.floor(Math.random() * 150);
    let epoch = '';
    for await (const line of createInterface({ input: child.stdout })) {
      const said = JSON.parse(line) as Said;
      epoch = said.epoch;
      if (said.earlier !== undefined) {
        t.equal(said.earlier?.epoch ?? null, previous, 'the start finds the epoch before it');
        t.equal(said.earlier?.stoppedMonoUs ?? null, null, 'and knows that it did not end in order');
      }
      if (said.lane === undefined || said.durable === undefined) continue;
      durable.set(`${said.epoch}/${said.lane}`, said.durable);
      if (said.lane === 'history' && said.durable >= target) child.kill('SIGKILL');
    }
    await exited;
    previous = epoch;
  }

  const store = new OutboxStore({ path, budgetBytes: 16 << 20, keepAckedS: 3600 });
  t.teardown(() => store.close());
  const epochs = store.states();
  t.equal(epochs.length, COUNT, 'every start has its own epoch');
  for (const { epoch } of epochs) {
    for (const lane of LANE_NAMES) {
      let expected = 1;
      for (;;) {
        const page = store.read(epoch, lane, expected, 1 << 20);
        if (page.length === 0) break;
        for (const row of page) {
          const read = readEnvelope(row.bytes);
          if (!read.ok || read.gap || row.seq !== expected || read.header.seq !== expected) {
            t.fail(`row ${row.seq} of ${epoch}/${lane} is not what was sealed`);
          }
          expected = row.to + 1;
        }
      }
      const promised = durable.get(`${epoch}/${lane}`) ?? 0;
      t.ok(expected - 1 >= promised, `${lane}: ${expected - 1} rows, ${promised} were promised`);
    }
  }
  t.equal(store.losses.holes, 0);
});
