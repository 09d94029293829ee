/**
 * The load generator, a process: many agents on bare sockets, with batches made beforehand.
 *
 *   paced   every agent sends one batch a second, evenly spread; a batch's age counts from when it was due
 *   real    saturation: every agent has so many batches on their way and sends the next with each ack
 *   yes     the same in epochs whose batches the controller under test says yes to without storing them
 *
 *   node scenarios/bench/load-fleet.ts PORT DRONES PACED_S PASSES SLICE_S ON_THEIR_WAY       JSON lines on stdout
 */
import { cutFlight } from './load-batches.ts';
import { LoadDrone, RING, type Stream } from './load-drone.ts';
import { REAL_EPOCHS, YES_EPOCHS } from './load-marks.ts';

const WARM_UP_MS = 2000;
const DRAIN_MS = 30_000;
const TICK_MS = 10;
const PRESENCE_MS = 15_000;
const CONNECTING = 100;

/** Between two moments of one phase. */
export interface PhaseResult {
  readonly seconds: number;
  readonly batches: number;
  readonly samples: number;
  readonly bytes: number;
  readonly acks: number;
  readonly resent: number;
  readonly ageP50Ms: number;
  readonly ageP99Ms: number;
}

/** Since the very beginning, of the streams that are really stored. */
export interface Totals {
  readonly offered: number;
  readonly acked: number;
  readonly samples: number;
}

const [port = 0, count = 0, pacedS = 0, passes = 0, sliceS = 0, onTheirWay = 0] = process.argv.slice(2).map(Number);
if (!port || !count || !(onTheirWay > 0 && onTheirWay < RING)) {
  throw new Error('usage: load-fleet.ts PORT DRONES PACED_S PASSES SLICE_S ON_THEIR_WAY');
}

const say = (event: string, detail: object = {}): void => {
  process.stdout.write(`${JSON.stringify({ event, ...detail })}\n`);
};
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const cuts = cutFlight();
const tally = { batches: 0, samples: 0, bytes: 0 };
let ages: number[] = [];
/** What follows an ack; in saturation the next batch. */
let next: (drone: LoadDrone, stream: Stream) => void = () => {};

function acked(drone: LoadDrone, stream: Stream, fromSeq: number): void {
  const now = performance.now();
  for (let seq = fromSeq; seq <= stream.upTo; seq++) {
    ages.push(now - (stream.dueMs[seq % RING] ?? now));
    const cut = drone.cutOf(seq);
    tally.batches += 1;
    tally.samples += cut.rows;
    tally.bytes += cut.bytes.length;
  }
  next(drone, stream);
}

const drones = Array.from({ length: count }, (_, i) => {
  return new LoadDrone(i, cuts, [REAL_EPOCHS, YES_EPOCHS], { onAcked: acked });
});
const streamsOf = (which: number): Stream[] => drones.flatMap(({ streams }) => streams[which] ?? []);
const sum = (of: (drone: LoadDrone) => number): number => drones.reduce((total, drone) => total + of(drone), 0);

/** Counts what is acked until `ended`. */
async function measured(name: string, ended: Promise<void>): Promise<void> {
  say('begin', { name });
  const began = { atMs: performance.now(), ...tally, acks: sum((one) => one.acks), resent: sum((one) => one.resent) };
  ages = [];
  await ended;
  const seconds = (performance.now() - began.atMs) / 1e3;
  const sorted = Float64Array.from(ages).sort();
  const at = (share: number): number => sorted[Math.floor(sorted.length * share)] ?? Number.NaN;
  const result: PhaseResult = {
    seconds,
    batches: tally.batches - began.batches,
    samples: tally.samples - began.samples,
    bytes: tally.bytes - began.bytes,
    acks: sum((one) => one.acks) - began.acks,
    resent: sum((one) => one.resent) - began.resent,
    ageP50Ms: at(0.5),
    ageP99Ms: at(0.99),
  };
  say('end', { name, result });
}

/** Waits for all acks. */
async function drained(which: number): Promise<void> {
  const untilMs = performance.now() + DRAIN_MS;
  while (streamsOf(which).some((stream) => stream.onTheirWay > 0)) {
    if (performance.now() > untilMs) throw new Error('what was sent is not acked');
    await after(20);
  }
}

/** One batch a second of each, one after the other, late ones as soon as it goes. */
async function paced(): Promise<void> {
  const startMs = performance.now();
  const stepMs = 1000 / count;
  const lastly = Math.floor((WARM_UP_MS + pacedS * 1000) / stepMs);
  let sent = 0;
  const ticks = setInterval(() => {
    const due = Math.min(lastly, Math.floor((performance.now() - startMs) / stepMs));
    for (; sent < due; sent++) {
      const drone = drones[sent % count];
      const stream = drone?.streams[0];
      if (!drone || !stream || stream.onTheirWay >= RING - 1) break;
      drone.send(stream, startMs + sent * stepMs);
    }
  }, TICK_MS);
  await after(WARM_UP_MS);
  await measured('paced', after(pacedS * 1000));
  while (sent < lastly) await after(TICK_MS);
  clearInterval(ticks);
  await drained(0);
}

async function saturated(name: string, which: number): Promise<void> {
  next = (drone, stream) => {
    while (stream.onTheirWay < onTheirWay) drone.send(stream, performance.now());
  };
  for (const drone of drones) next(drone, drone.streams[which] as Stream);
  await after(WARM_UP_MS);
  await measured(name, after(sliceS * 1000));
  next = () => {};
  await drained(which);
}

/** A fleet that is switched on, not all at once. */
async function connectAll(): Promise<void> {
  const waiting = [...drones];
  const some = async (): Promise<void> => {
    for (let drone = waiting.pop(); drone; drone = waiting.pop()) await drone.connect(port);
  };
  await Promise.all(Array.from({ length: CONNECTING }, some));
}

const connectingMs = performance.now();
await connectAll();
say('connected', { seconds: (performance.now() - connectingMs) / 1e3 });
let presences = 0;
const presence = setInterval(() => drones[presences++ % count]?.announce(), PRESENCE_MS / count);
const watch = setInterval(() => {
  for (const drone of drones) drone.lookForSilence(performance.now());
}, 1000);

if (pacedS > 0) await paced();
for (let i = 0; i < passes; i++) {
  // In turns, and each first as often: what else the machine does hits both.
  const order = i % 2 === 0 ? (['real', 'yes'] as const) : (['yes', 'real'] as const);
  for (const name of order) await saturated(name, name === 'real' ? 0 : 1);
}
clearInterval(presence);
clearInterval(watch);
const stored = drones.flatMap((drone) => {
  const stream = drone.streams[0];
  if (stream === undefined) return [];
  return Array.from({ length: stream.upTo }, (_, i) => drone.cutOf(i + 1).rows);
});
const totals: Totals = {
  offered: streamsOf(0).reduce((total, { sent }) => total + sent, 0),
  acked: stored.length,
  samples: stored.reduce((total, rows) => total + rows, 0),
};
say('totals', { totals });
for (const drone of drones) drone.close();
