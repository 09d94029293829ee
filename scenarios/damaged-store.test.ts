/** A database file of the controller is damaged; what is served afterwards is whole or named as missing, and the drones fill it in. */
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import t, { type Test } from 'tap';
import { compare, readOnly, readStore, type StoredBatch } from './kit/batches.ts';
import { post } from './kit/http.ts';
import { measured } from './kit/measured.ts';
import { allMoving } from './kit/moving.ts';
import { programs } from './kit/paths.ts';
import { countFromEnvironment, type Random, randomFrom, seedFromEnvironment } from './kit/seed.ts';
import { settle } from './kit/settle.ts';
import { until } from './kit/until.ts';
import { createWorld, type World } from './world.ts';

const WITHIN_MS = 120_000;
const random = randomFrom(seedFromEnvironment());
/** Each kind in its turn, the first in a short run: the soak has every one twice, at other places. */
const count = countFromEnvironment(1, 16);
/** `KIND=5`: begins with the sixth. */
const firstKind = Number(process.env.KIND ?? 0);
const PAGE = 4096;

interface Tool {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}
interface Range {
  readonly from: number;
  readonly to: number;
}
interface Report {
  readonly core: string;
  readonly lostEvents: Range | null;
  /** How many cannot be known: the range is the ids that are passed over. */
  readonly lostAtMost: boolean;
  readonly lostBatches: readonly (Range & { readonly drone: string; readonly epoch: string; readonly lane: string })[];
}

function tool(...args: readonly string[]): Tool {
  const { status, stdout, stderr } = spawnSync(process.execPath, [programs.controller, ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

interface EventRow {
  readonly id: number;
  readonly hash: string;
}
const eventsIn = (dir: string): readonly EventRow[] =>
  readOnly(path.join(dir, 'core.db'), (db) => db.prepare('SELECT id, hash FROM event ORDER BY id').all() as EventRow[]);

const dayFileIn = (dir: string): string => {
  const folder = path.join(dir, 'telemetry');
  const [name = ''] = fs.readdirSync(folder).filter((one) => one.endsWith('.db'));
  return path.join(folder, name);
};

function cut(file: string, share: number): void {
  fs.truncateSync(file, Math.max(PAGE, Math.floor((fs.statSync(file).size * share) / PAGE) * PAGE));
}

function overwrite(file: string, share: number, bytes: Buffer): void {
  const fd = fs.openSync(file, 'r+');
  fs.writeSync(fd, bytes, 0, bytes.length, PAGE + Math.floor((fs.statSync(file).size - 2 * PAGE) * share));
  fs.closeSync(fd);
}

/** A byte in the values of a batch, wherever it lies in its file. */
function rot(dir: string, share: number): void {
  const file = dayFileIn(dir);
  const bytes = fs.readFileSync(file);
  const batches = readStore(dir).filter(({ gap, lane }) => gap === null && lane === 'history');
  for (const { bytes: envelope } of batches.slice(Math.floor(batches.length * share))) {
    const at = bytes.indexOf(envelope.subarray(0, 90));
    if (at < 0) continue;
    const fd = fs.openSync(file, 'r+');
    fs.writeSync(fd, Buffer.from([(bytes[at + 80] ?? 0) ^ 0x10]), 0, 1, at + 80);
    fs.closeSync(fd);
    return;
  }
}

/** What happens to a directory, and what it is called. */
const DAMAGES: Readonly<Record<string, (dir: string, share: number) => void>> = {
  // First, and the one of a short run: events are lost, and a day file that SQLite would call sound has a rotten batch.
  'core.db cut short, a byte of the telemetry other than it was': (dir, share) => {
    cut(path.join(dir, 'core.db'), 0.6 + share / 3);
    rot(dir, share);
  },
  'core.db cut short': (dir, share) => cut(path.join(dir, 'core.db'), share),
  'a page of core.db overwritten': (dir, share) =>
    overwrite(path.join(dir, 'core.db'), share, Buffer.alloc(PAGE, 0xa5)),
  'a byte of core.db other than it was': (dir, share) =>
    overwrite(path.join(dir, 'core.db'), share, Buffer.from([0xa5])),
  'a day file cut short': (dir, share) => cut(dayFileIn(dir), share),
  'a page of a day file overwritten': (dir, share) => overwrite(dayFileIn(dir), share, Buffer.alloc(PAGE, 0xa5)),
  'a batch in a day file that rots': rot,
  'a byte of a day file other than it was': (dir, share) => overwrite(dayFileIn(dir), share, Buffer.from([0xa5])),
};

const keyOf = ({ drone, epoch, lane, seq }: StoredBatch): string => `${drone}/${epoch}/${lane}/${seq}`;

/** Events that are the fleet's, and telemetry of every drone, more than there were. */
async function live(world: World, round: string): Promise<void> {
  const { controller, drones } = world;
  const before = readStore(controller.dataDir);
  const batches = (store: readonly StoredBatch[], id: string) => store.filter((row) => row.drone === id).length;
  for (let i = 0; i < 60; i++) {
    const body = { reach: 'fleet', reason: `${round} ${i} ${'x'.repeat(160)}`, issuedBy: 'Ann' };
    await post(`${controller.httpUrl}/api/v1/ground-stops`, body);
  }
  await until(
    () => {
      const now = readStore(controller.dataDir);
      return drones.every(({ id }) => batches(now, id) >= batches(before, id) + 5);
    },
    { timeoutMs: WITHIN_MS, what: 'more batches of each drone', everyMs: 500 },
  );
}

t.test(
  `damaged ${count} times, each time restored; what is missing is said, and comes back # SEED=${random.seed} COUNT=${count}`,
  async (t) => {
    // given: drones that keep what was acked
    const world = await createWorld({ drones: 2 });
    t.teardown(() => world.close());
    await allMoving(
      world.live(),
      world.drones.map(({ id }) => id),
    );
    for (let round = 0; round < count; round++) {
      if (round > 0) for (const { agent } of world.drones) await agent.start();
      await oneRound(t, world, round, random);
    }
  },
);

async function oneRound(t: Test, world: World, round: number, random: Random): Promise<void> {
  const { controller } = world;
  const [backup, damaged] = [`backup-${round}`, `damaged-${round}`].map((name) => path.join(world.dir, name)) as [
    string,
    string,
  ];
  const kinds = Object.entries(DAMAGES);
  const [what, damage] = kinds[(firstKind + round) % kinds.length] ?? [];
  if (what === undefined || damage === undefined) throw new Error('no damage');

  // given: a backup, and more events and telemetry after it
  await live(world, `${round} before`);
  t.match(tool('backup', `--to=${backup}`, `--dataDir=${controller.dataDir}`), { code: 0 });
  await live(world, `${round} after`);
  await controller.stop();
  const truth = { events: eventsIn(controller.dataDir), store: readStore(controller.dataDir) };
  t.match(tool('verify', `--dataDir=${controller.dataDir}`), { code: 0 }, 'sound before');

  // when: a file is damaged
  const share = random.next();
  t.comment(`round ${round}: ${what}, at ${share.toFixed(3)}`);
  damage(controller.dataDir, share);

  // then: verify says so, unless it hit what nobody reads
  const verified = tool('verify', '--json', `--dataDir=${controller.dataDir}`);
  if (verified.code === 0) {
    t.same(eventsIn(controller.dataDir), truth.events, 'called sound: every event is');
    t.same(readStore(controller.dataDir).map(keyOf).sort(), truth.store.map(keyOf).sort(), 'and every batch');
    await controller.start();
  } else {
    t.equal(verified.code, 3, verified.stderr.slice(0, 300));

    // and: what is restored says what it lacks, no more and no less
    fs.renameSync(controller.dataDir, damaged);
    const put = tool(
      'restore',
      '--json',
      `--from=${backup}`,
      `--damaged=${damaged}`,
      `--dataDir=${controller.dataDir}`,
    );
    t.equal(put.code, 0, `${put.stdout}${put.stderr}`.slice(0, 300));
    const report = JSON.parse(put.stdout) as Report;
    checkEvents(t, truth.events, eventsIn(controller.dataDir), report);
    checkBatches(t, truth.store, readStore(controller.dataDir), report);
    t.match(tool('verify', `--dataDir=${controller.dataDir}`), { code: 0 }, 'what is restored is sound');
    await controller.start();
  }

  // and: the drones fill it in, once
  const { outbox, store } = await settle(world);
  const { batches, ...wrong } = compare(outbox, store);
  t.same(wrong, { lost: [], doubled: [], different: [], invented: [] }, `${batches} batches exactly once`);
  await controller.stop();
  t.match(tool('verify', `--dataDir=${controller.dataDir}`), { code: 0 }, 'sound in the end');
  await controller.start();
}

/** Those that are there are those that were; those that are not are named. */
function checkEvents(
  t: Test,
  were: readonly EventRow[],
  are: readonly EventRow[],
  { lostEvents, lostAtMost }: Report,
): void {
  const kept = are.filter(({ id }) => id <= (were.at(-1)?.id ?? 0));
  const hashes = new Map(were.map(({ id, hash }) => [id, hash]));
  t.same(
    kept.filter(({ id, hash }) => hashes.get(id) !== hash),
    [],
    'no event is other than it was',
  );
  const there = new Set(kept.map(({ id }) => id));
  const gone = were.filter(({ id }) => !there.has(id)).map(({ id }) => id);
  if (lostAtMost) {
    const all = gone.every((id) => lostEvents !== null && id >= lostEvents.from && id <= lostEvents.to);
    t.ok(all && there.size > 0, `${gone.length} events are gone; how many cannot be known, and that is said`);
    return;
  }
  const named =
    lostEvents === null
      ? []
      : Array.from({ length: lostEvents.to - lostEvents.from + 1 }, (_, i) => lostEvents.from + i);
  t.same(named, gone, `${gone.length} events are gone, and named`);
  measured(`${gone.length} of ${were.length} events lost`);
}

function checkBatches(
  t: Test,
  were: readonly StoredBatch[],
  are: readonly StoredBatch[],
  { lostBatches }: Report,
): void {
  const there = new Set(are.map(keyOf));
  const isNamed = (row: StoredBatch) =>
    lostBatches.some(
      (one) =>
        one.drone === row.drone &&
        one.epoch === row.epoch &&
        one.lane === row.lane &&
        one.from <= row.seq &&
        row.to <= one.to,
    );
  const gone = were.filter((row) => !there.has(keyOf(row)));
  t.same(gone.filter((row) => !isNamed(row)).map(keyOf), [], `${gone.length} batches are gone, all named`);
  t.same(are.filter(isNamed).map(keyOf), [], 'none is named that is there');
}
