/**
 * The load generator, a process: many agents on bare sockets, with batches made beforehand.
 *
 *   paced   every agent sends one batch a second, evenly spread; a batch's age counts from when it was due
 *   full    saturation: the agents send one after the other, as fast as acks of any of them come
 *   backlog saturation: some agents send many batches ahead of their acks, as after an outage; the others are connected
 *
 *   rate    as paced, but at ever other rates: the highest at which the acks keep up
 *
 * full and backlog come in turns with the same of epochs whose batches the controller says yes to without storing them.
 *
 *   node scenarios/bench/load-fleet.ts PORT DRONES PACED_S PASSES SLICE_S RATES     JSON lines on stdout
 */
import { cutFlight } from './load-batches.ts';
import { LoadDrone, RING, type Stream } from './load-drone.ts';
import { REAL_EPOCHS, YES_EPOCHS } from './load-marks.ts';

const DRAIN_MS = 30_000;
const TICK_MS = 10;
const PRESENCE_MS = 15_000;
const CONNECTING = 100;
/** The steps in which the highest rate is looked for, and what is asked of it. */
const RATE = { steps: 6, stepS: 8, up: 1.4, down: 0.7, maxAgeMs: 10_000, minShare: 0.95 };
/** Acks come in turns, up to 3 s later: only then as many come as are due. */
const TURNS_MS = 4000;
/** Two of the longest turns: of saturation they begin together, and in less than one nothing may come or all. */
const LEAST_FULL_MS = 6000;
/** Batches on their way that keep the controller busy: most wait for their ack's turn, the rest fits its queue. */
const FULL = 25_000;
const BACKLOG = { drones: 500, each: 40 };

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

/** A rate: how much of what was due in the time was acked in it. */
export interface Tried {
  readonly perS: number;
  readonly share: number;
  readonly ageP99Ms: number;
  readonly held: boolean;
}

/** Since the very beginning, of the streams that are really stored. */
export interface Totals {
  readonly offered: number;
  readonly acked: number;
  readonly samples: number;
}

const [port = 0, count = 0, pacedS = 0, passes = 0, sliceS = 0, rates = 0] = process.argv.slice(2).map(Number);
if (!port || !count) throw new Error('usage: load-fleet.ts PORT DRONES PACED_S PASSES SLICE_S RATES');

const say = (event: string, detail: object = {}): void => {
  process.stdout.write(`${JSON.stringify({ event, ...detail })}\n`);
};
const after = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

const cuts = cutFlight();
const tally = { batches: 0, samples: 0, bytes: 0 };
let ages: number[] = [];
/** What follows an ack of so many; in saturation the next batch. */
let next: (drone: LoadDrone, stream: Stream, acked: number) => void = () => {};

function acked(drone: LoadDrone, stream: Stream, fromSeq: number): void {
  const now = performance.now();
  for (let seq = fromSeq; seq <= stream.upTo; seq++) {
    ages.push(now - (stream.dueMs[seq % RING] ?? now));
    const cut = drone.cutOf(seq);
    tally.batches += 1;
    tally.samples += cut.rows;
    tally.bytes += cut.bytes.length;
  }
  next(drone, stream, stream.upTo - fromSeq + 1);
}

const drones = Array.from({ length: count }, (_, i) => {
  return new LoadDrone(i, cuts, [REAL_EPOCHS, YES_EPOCHS], { onAcked: acked });
});
const streamsOf = (which: number): Stream[] => drones.flatMap(({ streams }) => streams[which] ?? []);
const sum = (of: (drone: LoadDrone) => number): number => drones.reduce((total, drone) => total + of(drone), 0);

/** Counts what is acked until `ended`. */
async function measured(name: string, ended: Promise<void>): Promise<PhaseResult> {
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
  return result;
}

/** Waits for all acks. */
async function drained(which: number): Promise<void> {
  const untilMs = performance.now() + DRAIN_MS;
  while (streamsOf(which).some((stream) => stream.onTheirWay > 0)) {
    if (performance.now() > untilMs) throw new Error('what was sent is not acked');
    await after(20);
  }
}

/** So many batches a second, of the agents in turn, late ones as soon as it goes. */
async function paced(name: string, which: number, perS: number, seconds: number): Promise<PhaseResult> {
  const streams = streamsOf(which);
  const startMs = performance.now();
  const stepMs = 1000 / perS;
  const lastly = Math.floor((TURNS_MS + seconds * 1000) / stepMs);
  let sent = 0;
  const ticks = setInterval(() => {
    const due = Math.min(lastly, Math.floor((performance.now() - startMs) / stepMs));
    for (; sent < due; sent++) {
      const drone = drones[sent % count];
      const stream = streams[sent % count];
      if (!drone || !stream || !drone.maySend(stream)) break;
      drone.send(stream, startMs + sent * stepMs);
    }
  }, TICK_MS);
  await after(TURNS_MS);
  const result = await measured(name, after(seconds * 1000));
  while (sent < lastly) await after(TICK_MS);
  clearInterval(ticks);
  await drained(which);
  return result;
}

/** What is known of a rate that is looked for. */
interface Search {
  readonly which: number;
  /** The next to be tried. */
  perS: number;
  /** 0: none of them held. */
  best: { readonly perS: number; readonly ageP99Ms: number };
  readonly tried: Tried[];
}

async function tryNext(search: Search): Promise<void> {
  const { which, perS, tried } = search;
  const { batches, seconds, ageP99Ms } = await paced('rate', which, perS, RATE.stepS);
  const share = batches / (perS * seconds);
  const held = share >= RATE.minShare && ageP99Ms <= RATE.maxAgeMs;
  tried.push({ perS, share, ageP99Ms, held });
  if (held) search.best = { perS, ageP99Ms };
  const lowest = Math.min(...tried.flatMap((one) => (one.held ? [] : [one.perS])));
  search.perS = held
    ? Math.min(perS * RATE.up, (perS + lowest) / 2)
    : Math.max(perS * RATE.down, (perS + search.best.perS) / 2);
}

/**
 * The highest rates tried at which the acks keep up: nearly all that is due in the time is acked in it, and p99 is young enough.
 * Both begin at what saturation gave, and step by step they take turns, each first as often.
 */
async function highestRates(): Promise<void> {
  const searches = [0, 1].map((which): Search => {
    return { which, perS: Math.max(...(saturated[which] ?? [])), best: { perS: 0, ageP99Ms: 0 }, tried: [] };
  });
  for (let step = 0; step < RATE.steps; step++) {
    for (const search of step % 2 === 0 ? searches : searches.toReversed()) await tryNext(search);
  }
  for (const { which, best, tried } of searches) say('rate', { name: which === 0 ? 'stored' : 'yes', ...best, tried });
}

/** The agents one after the other, a batch each, as long as not too many are on their way. */
function full(which: number): () => void {
  const streams = streamsOf(which);
  let onTheirWay = 0;
  let turn = 0;
  next = (_drone, _stream, acked) => {
    onTheirWay -= acked;
  };
  const ticks = setInterval(() => {
    const now = performance.now();
    for (let tried = 0; onTheirWay < FULL && tried < count; tried++, turn++) {
      const stream = streams[turn % count];
      if (stream === undefined || !drones[turn % count]?.maySend(stream)) continue;
      drones[turn % count]?.send(stream, now);
      onTheirWay++;
    }
  }, TICK_MS);
  return () => clearInterval(ticks);
}

/** Some agents, each as fast as its own acks come. */
function backlog(which: number): () => void {
  next = (drone, stream) => {
    while (stream.onTheirWay < BACKLOG.each && drone.maySend(stream)) drone.send(stream, performance.now());
  };
  for (const drone of drones.slice(0, BACKLOG.drones)) next(drone, drone.streams[which] as Stream, 0);
  return () => {};
}

/** Batches a second, of each pass of the phase before. */
const saturated: [number[], number[]] = [[], []];

/** In turns, and each first as often: what else the machine does hits both. */
async function inTurns(name: string, sliceMs: number, begin: (which: number) => () => void): Promise<void> {
  for (let i = 0; i < passes; i++) {
    for (const which of i % 2 === 0 ? [0, 1] : [1, 0]) {
      const end = begin(which);
      await after(TURNS_MS);
      const { batches, seconds } = await measured(which === 0 ? name : `${name}, yes`, after(sliceMs));
      saturated[which]?.push(batches / seconds);
      end();
      next = () => {};
      await drained(which);
    }
  }
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
const presence = setInterval(() => {
  for (let i = 0; i < count / 100; i++) drones[presences++ % count]?.announce();
}, PRESENCE_MS / 100);
const watch = setInterval(() => {
  for (const drone of drones) drone.lookForSilence(performance.now());
}, 1000);

if (pacedS > 0) await paced('paced', 0, count, pacedS);
if (passes > 0) await Promise.all(drones.map((drone) => drone.list(2)));
await inTurns('full', Math.max(sliceS * 1000, LEAST_FULL_MS), full);
if (passes > 0 && rates) await highestRates();
await inTurns('backlog', sliceS * 1000, backlog);
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
