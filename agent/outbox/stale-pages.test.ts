/**
 * A card that dropped writes it had confirmed leaves pages of several ages in one file, and SQLite reads some such trees
 * without complaint. Whatever it gives: all that the file is said to hold can be read through to its end. SEED=n replays.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import t from 'tap';
import { asideBytes, setAside } from './aside.ts';
import { DamagedFile } from './damaged-file.ts';
import { PAGE_BYTES } from './database.ts';
import type { EpochState } from './entry.ts';
import { Keeper } from './keeper.ts';
import { LANE_NAMES } from './keys.ts';
import type { FromWorker } from './messages.ts';
import { Salvage } from './salvage.ts';
import { OutboxStore } from './store.ts';
import { newBoot, newEpoch, oneBatch, randomFrom } from './testkit.ts';

const FILES = Number(process.env.COUNT ?? 60);
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
/** Openings, pages and steps of salvage a file may need: a hundred times what one does. */
const MOST_STEPS = 20_000;

/** The file after each of several starts, each time whole. */
function ages(path: string, random: () => number): Buffer[] {
  const boot = newBoot();
  const taken: Buffer[] = [];
  for (let start = 0; start < 4; start++) {
    const store = new OutboxStore({ path, budgetBytes: 8 << 20, keepAckedS: 1 });
    const epoch = newEpoch();
    const next = { urgent: 1, history: 1 };
    for (let commit = 0; commit < 40; commit++) {
      const lane = random() < 0.3 ? 'urgent' : 'history';
      const entries = Array.from({ length: 1 + Math.floor(random() * 4) }, () =>
        oneBatch({ epoch, boot, lane, seq: next[lane]++, monoUs: 1_000, length: 20 + Math.floor(random() * 600) }),
      );
      if (random() < 0.2) store.ack(epoch, lane, Math.floor(random() * next[lane]));
      store.write(entries, start * 100 + commit);
    }
    store.close();
    taken.push(readFileSync(path));
  }
  return taken;
}

/** The newest, with the pages from the second on that were never written. */
function mixed(taken: readonly Buffer[], random: () => number): Buffer {
  const file = Buffer.from(taken.at(-1) ?? '');
  for (let at = PAGE_BYTES; at < file.length; at += PAGE_BYTES) {
    const older = taken[Math.floor(random() * taken.length)];
    if (random() < 0.2 && older !== undefined && at + PAGE_BYTES <= older.length)
      older.copy(file, at, at, at + PAGE_BYTES);
  }
  return file;
}

/** Sends all that is held, as the uplink does. Returns what stands still. */
function drain(path: string): string | null {
  const options = { path, budgetBytes: 8 << 20, keepAckedS: 1 };
  let epochs: readonly EpochState[] = [];
  let page: (FromWorker & { type: 'page' })['rows'] = null;
  let open = false;
  const keeper = new Keeper({
    files: {
      open: (o) => new OutboxStore(o),
      setAside,
      salvage: (file, store) => (asideBytes(file) === null ? null : new Salvage(new DamagedFile(file), store)),
      isReadOnly: () => false,
    },
    say: (message) => {
      if ('epochs' in message) ({ epochs } = message);
      if (message.type === 'opened') open = true;
      if (message.type === 'page') page = message.rows;
      if (message.type === 'read-failed') open = false;
    },
    nowMs: () => 0,
    onClosed: () => {},
  });
  const sent = new Map<string, number>();
  try {
    for (let steps = 0; steps < MOST_STEPS; steps++) {
      if (!open) keeper.take({ type: 'open', options, known: { epochs, past: [] } });
      if (!open) return 'cannot be opened';
      const salvaging = keeper.salvage() === 'more';
      const lane = epochs
        .flatMap(({ epoch, lanes }) =>
          LANE_NAMES.map((lane) => {
            const { first, next, acked, heldFrom } = lanes[lane];
            const from = Math.max(first, (sent.get(`${epoch}/${lane}`) ?? acked) + 1);
            return { epoch, lane, from, end: Math.min(next, heldFrom ?? next) };
          }),
        )
        .find(({ from, end }) => from < end);
      if (lane === undefined) {
        if (!salvaging) return null;
        continue;
      }
      page = null;
      keeper.take({ type: 'read', id: steps, epoch: lane.epoch, lane: lane.lane, from: lane.from, maxBytes: 20_000 });
      const rows = page as (FromWorker & { type: 'page' })['rows'];
      const last = rows?.at(-1);
      if (last !== undefined && rows?.[0]?.seq === lane.from) sent.set(`${lane.epoch}/${lane.lane}`, last.to);
      else if (open)
        return `${lane.lane} of ${lane.epoch} from ${lane.from} to ${lane.end - 1}: ${rows?.[0]?.seq ?? 'nothing'} came`;
    }
    return 'never ends';
  } finally {
    keeper.take({ type: 'close', epoch: '', monoUs: null, runningS: 0 });
  }
}

t.test(`${FILES} files with pages of several ages: each is read to its end, or set aside and salvaged`, async (t) => {
  t.comment(`SEED=${seed}`);
  const root = mkdtempSync(join(tmpdir(), 'stale-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const path = join(root, 'outbox.db');
  const taken = ages(path, randomFrom(seed));
  const stuck: string[] = [];
  for (let file = 0; file < FILES; file++) {
    for (const name of ['', '-wal', '.aside', '.aside-wal']) rmSync(path + name, { force: true });
    writeFileSync(path, mixed(taken, randomFrom(seed + file)));
    const stands = drain(path);
    if (stands !== null) stuck.push(`file ${file}: ${stands}`);
  }
  t.same(stuck, []);
});
