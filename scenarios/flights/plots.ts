/**
 * What hurts most is what comes together, and by chance alone it seldom does: some lives are given one of these, at the moment
 * when it matters. All of it from the run's seed.
 */
import type { Random } from '@skein/hardware/simulator';
import type { Stranger } from './stranger.ts';
import type { VirtualFlight } from './virtual-flight.ts';

/** Null: nothing but chance. */
export type Plot = keyof typeof PLOTS | null;

export interface PlotParts {
  readonly flight: VirtualFlight;
  readonly stranger: Stranger;
  readonly between: (low: number, high: number) => number;
  /** The controller is out of reach for so long. */
  readonly disconnect: (ms: number) => void;
  readonly restart: () => void;
  /** Blinded by what does not keep it from the gate, for so long. */
  readonly blind: (ms: number) => void;
  /** The charge falls to this, %. */
  readonly drain: (pct: number) => void;
}

interface PlotLike {
  /** So many of the states of an itinerary that are said in the story trigger it. */
  readonly on: readonly string[];
  readonly times: number;
  /** So long after it, ms. */
  readonly afterMs: readonly [number, number];
  readonly run: (parts: PlotParts) => void;
}

const PLOTS = {
  /** The lease runs out on the way to the gate, before the ladder has waited. */
  'lease-at-the-gate': {
    on: ['flying'],
    times: 3,
    afterMs: [0, 4_000],
    run: ({ disconnect, between }) => disconnect(between(26_000, 50_000)),
  },
  'blind-at-the-gate': {
    on: ['flying'],
    times: 3,
    afterMs: [4_000, 14_000],
    run: ({ blind, between }) => blind(between(12_000, 25_000)),
  },
  /** Less than most deliveries ask for. */
  'low-at-the-gate': {
    on: ['flying'],
    times: 3,
    afterMs: [500, 8_000],
    run: ({ drain, between }) => drain(between(15, 30)),
  },
  /** And nobody starts it for a while. */
  'stranger-while-verified': {
    on: ['verified'],
    times: 2,
    afterMs: [500, 6_000],
    run: ({ flight, stranger, between }) => {
      if (flight.isArmed) return;
      const count = Math.round(between(3, 9));
      stranger.upload(count, between(0, 1) < 0.7 ? count : 1);
    },
  },
  'pilot-and-lost-link': {
    on: ['flying'],
    times: 1,
    afterMs: [3_000, 25_000],
    run: ({ flight, disconnect, between }) => {
      flight.people.turnSwitch(Math.round(between(1, 6)));
      disconnect(between(35_000, 60_000));
    },
  },
  /** Flown, restarted, and flown again under the same id. */
  'once-more': {
    on: ['completed', 'aborted'],
    times: 3,
    afterMs: [20, 3_000],
    run: ({ restart }) => restart(),
  },
  /** Versions go up and down. */
  versions: { on: [], times: 0, afterMs: [0, 0], run: () => {} },
} as const satisfies Readonly<Record<string, PlotLike>>;

export function drawPlot(random: Random): Plot {
  const names = Object.keys(PLOTS) as (keyof typeof PLOTS)[];
  return random.next() < 0.6 ? (names[Math.floor(random.next() * names.length)] ?? null) : null;
}

export function play(plot: Plot, parts: PlotParts): void {
  if (plot === null) return;
  const { on, times, afterMs, run }: PlotLike = PLOTS[plot];
  let left = times;
  let was = '';
  parts.flight.listen((state) => {
    const isNew = state !== was;
    was = state;
    if (left === 0 || !isNew || !on.includes(state)) return;
    left--;
    parts.flight.after(parts.between(...afterMs), () => run(parts));
  });
}
