/**
 * What it costs to write down what happened, beside the telemetry of a fleet, and what a start does not cost.
 *
 *   batches of a fleet ─┐
 *                       ├─► SqliteStore (its writer thread) ──► the disk ◄── write + fsync of the same bytes, in a file of its own
 *   events of orders  ──┘
 *
 *   node scenarios/bench/events.ts       DRONES=2000 SECONDS=20 EVENTS_S=40 EVENTS=200000 by default; TMPDIR names the disk
 *
 * 500 orders an hour with some 30 events each are four events a second: EVENTS_S is ten times that, for its 99th percentile.
 */
import fs from 'node:fs';
import { enableCompileCache } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { sealBatch } from '@skein/protocol/telemetry';
import { rebuildProjections, SqliteStore } from '../../controller/store/index.ts';

const drones = Number(process.env.DRONES ?? 2000);
const seconds = Number(process.env.SECONDS ?? 20);
const eventsS = Number(process.env.EVENTS_S ?? 40);
const events = Number(process.env.EVENTS ?? 200_000);
const LINGER_MS = 10;
const START_TURNS = 5;
const BOOT = '11111111-2222-4333-8444-555555555555';
const EPOCH = '00000000000000e1';
const by = { kind: 'controller', name: 'bench' } as const;

// As the program itself does (controller/skein-controller.js): its threads do what it does.
enableCompileCache();
const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-bench-events-'));
const line = (name: string, words: string): void => console.log(`${name.padEnd(34)} ${words}`);
const percentile = (sorted: readonly number[], share: number): number =>
  sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
const ms = (value: number): string => `${value.toFixed(1)} ms`;

async function open(dataDir: string): Promise<SqliteStore> {
  const store = new SqliteStore({ dataDir, budgetBytes: 1e12, keepDays: 30, syncCommits: true });
  await store.start();
  return store;
}

function orderEvent(n: number, of: number) {
  const id = `order:${String(n % of).padStart(26, '0')}`;
  const set = { state: `step ${n}`, drone: 'heron-01', words: 'x'.repeat(300) };
  return {
    entity: id,
    type: 'changed',
    atUtcUs: Date.now() * 1e3,
    by,
    cause: 'bench',
    data: { set, open: n % of < of / 100 },
  };
}

/** A batch a second of each drone, committed in groups as ingest does. */
async function telemetry(store: SqliteStore, until: number): Promise<number> {
  const perGroup = Math.max(1, Math.round((drones * LINGER_MS) / 1e3));
  let committed = 0;
  const from = performance.now();
  for (let n = 0; performance.now() < until; ) {
    const due = Math.min(Math.floor(((performance.now() - from) / 1e3) * drones) - n, perGroup * 50);
    if (due < perGroup) {
      await pause(LINGER_MS);
      continue;
    }
    const items = Array.from({ length: due }, () => {
      const [drone, seq] = [`d${n % drones}`, Math.floor(n / drones) + 1];
      n++;
      const samples = Array.from({ length: 12 }, (_, i) => ({
        ...{ kind: 'position' as const, monoUs: seq * 1e6 + i * 8e4, bootMs: null },
        values: { latDeg: 47 + i / 1e5, lonDeg: 8 + seq / 1e5, altAmslM: 500, altRelM: 40, headingDeg: (i * 7) % 360 },
      }));
      const bytes = sealBatch({ lane: 'history', epoch: EPOCH, boot: BOOT, seq, samples });
      return { drone, receivedUtcUs: Date.now() * 1e3, verify: false, bytes };
    });
    await store.commit(items, Date.now() * 1e3);
    committed += items.length;
  }
  return committed;
}

async function timed(until: number, everyMs: number, run: (n: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let n = 0; performance.now() < until; n++) {
    const from = performance.now();
    await run(n);
    times.push(performance.now() - from);
    await pause(Math.max(0, everyMs - (performance.now() - from)));
  }
  return times.sort((a, b) => a - b);
}

async function appends(): Promise<void> {
  const store = await open(path.join(dir, 'data'));
  const bare = await fs.promises.open(path.join(dir, 'bare'), 'w');
  const bytes = Buffer.from(JSON.stringify(orderEvent(0, 1)));
  const until = performance.now() + seconds * 1e3;
  const [batches, append, commit] = await Promise.all([
    telemetry(store, until),
    timed(until, 1e3 / eventsS, (n) => store.append([orderEvent(n, 500)])),
    timed(until, 1e3 / eventsS, async () => {
      await bare.write(bytes);
      await bare.sync();
    }),
  ]);
  await bare.close();
  await store.close();
  line('telemetry beside it', `${Math.round(batches / seconds)} batches a second of ${drones} drones`);
  for (const [name, times] of [
    ['append of an event', append],
    ['write + fsync of its bytes', commit],
  ] as const) {
    line(name, `p50 ${ms(percentile(times, 0.5))}, p99 ${ms(percentile(times, 0.99))}, ${times.length} of them`);
  }
  line('append p99 / bare p99', `${(percentile(append, 0.99) / percentile(commit, 0.99)).toFixed(2)} (at most 3)`);
}

async function starts(): Promise<void> {
  const dataDir = path.join(dir, 'full');
  const fill = await open(dataDir);
  for (let n = 0; n < events; n += 1000) {
    await fill.append(Array.from({ length: Math.min(1000, events - n) }, (_, i) => orderEvent(n + i, events / 20)));
  }
  await fill.close();
  const empty = path.join(dir, 'empty');
  await (await open(empty)).close();
  const started = async (of: string) => {
    const fromMs = performance.now();
    const store = await open(of);
    const openNow = await store.documents({ kind: 'order', open: true, limit: 100_000 });
    await store.documents({ kind: 'order', open: false, limit: 1000 });
    await store.documentKeys({ kind: 'order', sinceUtcUs: 0, limit: 100_000 });
    await store.openCommands();
    await store.recentDeliveries(20);
    await store.openItineraries();
    await store.lastStands();
    await store.webhooks();
    const ms = performance.now() - fromMs;
    await store.close();
    return { ms, openNow: openNow.length };
  };
  // Turn about, and of each the middle one: a machine that does other things as well has its moments.
  const turns = { full: [] as number[], empty: [] as number[] };
  let openNow = 0;
  for (let turn = 0; turn < START_TURNS; turn++) {
    turns.empty.push((await started(empty)).ms);
    const full = await started(dataDir);
    turns.full.push(full.ms);
    openNow = full.openNow;
  }
  const [startMs, threadsMs] = [turns.full, turns.empty].map((all) =>
    percentile(
      all.sort((a, b) => a - b),
      0.5,
    ),
  ) as [number, number];
  const replayMs = performance.now();
  const { changed } = rebuildProjections(dataDir);
  const tookMs = performance.now() - replayMs;
  line('start', `${ms(startMs)}: threads, files, ${openNow} open orders of ${events / 20}`);
  line(
    'full replay',
    `${ms(tookMs)} for ${events} events; ${changed.length === 0 ? 'the same bytes' : `CHANGED: ${changed}`}`,
  );
  line('start of an empty store', `${ms(threadsMs)}: threads and files, whatever was stored`);
  const percent = (part: number): string => `${((100 * part) / tookMs).toFixed(1)} %`;
  line('start / full replay', `${percent(startMs)} (at most 5 %)`);
  line('of it what grows with the log', percent(Math.max(0, startMs - threadsMs)));
}

try {
  await appends();
  await starts();
} finally {
  fs.rmSync(dir, { recursive: true });
}
