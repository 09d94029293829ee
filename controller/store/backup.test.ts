/** A backup taken while the store is written to, and while the clock is set to and fro: what it would ack, it has. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import Database from 'better-sqlite3';
import t, { type Test } from 'tap';
import { batchesInDay } from '../testing/day-file.ts';
import { batch, DAY_US, EPOCH, gap, NOON_US } from './conformance-items.ts';
import { dayPath, listDays } from './day-files.ts';
import { backUp, SqliteStore } from './index.ts';

const freshDir = () => fs.mkdtempSync(path.join(os.tmpdir(), 'skein-backup-'));
const BACKUPS = 3;
const DAYS = 3;
const DRONES = ['d1', 'd2'] as const;

async function open(t: Test, dataDir: string): Promise<SqliteStore> {
  const store = new SqliteStore({ dataDir, budgetBytes: 1e12, keepDays: 100, syncCommits: false });
  await store.start();
  t.teardown(() => store.close());
  return store;
}

/** Numbers of a lane that no batch and no gap of any day file stands for, up to `upTo`. */
function missing(dataDir: string, drone: string, upTo: number): number[] {
  const held = new Set<number>();
  for (const day of listDays(dataDir)) {
    const db = new Database(dayPath(dataDir, day), { readonly: true });
    for (const row of batchesInDay(db)) if (row.drone === drone) held.add(row.seq);
    const gaps = db.prepare('SELECT from_seq, to_seq FROM gap WHERE drone = ?').raw().all(drone) as [number, number][];
    for (const [from, to] of gaps) for (let seq = from; seq <= to; seq++) held.add(seq);
    db.close();
  }
  return Array.from({ length: upTo }, (_, i) => i + 1).filter((seq) => !held.has(seq));
}

t.test('what a backup under load would ack is in it, wherever the clock stood; the rest it takes again', async (t) => {
  // given: a store that is written to without a pause, its clock a day on or back at each commit
  const dir = freshDir();
  const store = await open(t, dir);
  const next = new Map(DRONES.map((drone) => [drone as string, 1]));
  const atUs = (round: number) => NOON_US + (round % DAYS) * DAY_US;
  async function commit(round: number): Promise<void> {
    const items = DRONES.flatMap((drone) => {
      const seq = next.get(drone) ?? 1;
      next.set(drone, seq + 4);
      // a gap, and then the late batch that takes the place of its first number in whatever file that lies
      const late = seq > 4 ? [batch(seq - 2, { drone, verify: true })] : [];
      return [batch(seq, { drone }), batch(seq + 1, { drone }), gap(seq + 2, seq + 3, { drone }), ...late];
    });
    const { refused, expired } = await store.commit(items, atUs(round));
    if (refused.length > 0 || expired > 0) throw new Error('nothing is refused here');
  }
  for (let round = 0; round < 60; round++) await commit(round);
  const stop = new AbortController();
  const writing = (async () => {
    for (let round = 0; !stop.signal.aborted; round++) await commit(round);
    return next.get('d1') ?? 0;
  })();

  // when: backups are taken meanwhile
  const copies: string[] = [];
  for (let i = 0; i < BACKUPS; i++) {
    const to = path.join(freshDir(), 'copy');
    t.match(await backUp(dir, to, { keyFile: null, at: '2026-11-21T12:00:00Z' }), { files: DAYS + 1 });
    copies.push(to);
  }
  stop.abort();
  const written = await writing;

  // then: of each number that a controller restored from it would ack, it has the batch or its gap
  const stood: number[] = [];
  for (const copy of copies) {
    const restored = await open(t, copy);
    for (const drone of DRONES) {
      const upTo = (await restored.positions(drone, [EPOCH])).find(({ lane }) => lane === 'history')?.upTo ?? 0;
      t.same(missing(copy, drone, upTo), [], `${drone} is acked up to ${upTo}`);
      stood.push(upTo);
      t.match(await restored.commit([batch(upTo + 1, { drone })], NOON_US), { inserted: 1, refused: [] }, 'it goes on');
    }
  }
  t.ok(new Set(stood).size > BACKUPS / 2 && Math.max(...stood) < written, `${stood} of ${written}: under load`);
});
