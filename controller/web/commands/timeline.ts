/** A delivery as a small timeline: what has happened, what happens now, what is still to come. */
import { type DeliveryState, isFinal } from '@skein/protocol/fleet';
import type { Delivery, Step } from './answers.ts';

/** good, bad: how it ended. open: under way. doubt: nobody knows. void: it ended without having acted. */
export type Tone = 'good' | 'bad' | 'open' | 'doubt' | 'void';

export interface Node {
  readonly state: DeliveryState;
  readonly place: 'past' | 'now' | 'ahead';
  readonly tone: Tone;
  readonly atMs: number | null;
  /** Since the first step, ms. */
  readonly afterMs: number | null;
  /** Not told by itself: it follows from the next step, and was no later than that. */
  readonly implied: boolean;
}

const PATH: readonly DeliveryState[] = ['queued', 'delivered', 'accepted', 'executing', 'succeeded'];

export function toneOf(state: DeliveryState): Tone {
  switch (state) {
    case 'succeeded':
      return 'good';
    case 'failed':
    case 'rejected':
      return 'bad';
    case 'unknown':
      return 'doubt';
    case 'expired':
    case 'cancelled':
    case 'superseded':
      return 'void';
    default:
      return 'open';
  }
}

export function timelineOf(delivery: Delivery): readonly Node[] {
  const happened = withArrival(firstOfEach(delivery.steps));
  const startMs = happened[0]?.atMs ?? null;
  const nodes: Node[] = happened.map((step, i) => ({
    state: step.state,
    place: i === happened.length - 1 ? 'now' : 'past',
    tone: i === happened.length - 1 ? toneOf(step.state) : step.state === 'unknown' ? 'doubt' : 'good',
    atMs: step.atMs,
    afterMs: step.atMs === null || startMs === null ? null : Math.max(0, step.atMs - startMs),
    implied: step.implied,
  }));
  if (isFinal(delivery.state)) return nodes;
  for (const state of PATH.slice(PATH.indexOf(delivery.state) + 1))
    nodes.push({ state, place: 'ahead', tone: 'open', atMs: null, afterMs: null, implied: false });
  return nodes;
}

/** A state told several times (progress) is one node, from when it began. */
function firstOfEach(steps: readonly Step[]): readonly Step[] {
  return steps.filter((step, i) => steps.findIndex((one) => one.state === step.state) === i);
}

type Told = Step & { readonly implied: boolean };

const BY_DRONE: readonly DeliveryState[] = ['accepted', 'executing', 'succeeded', 'failed'];

/** What a drone answers has reached it, also when it did not say so. */
function withArrival(steps: readonly Step[]): readonly Told[] {
  const told = steps.map((step) => ({ ...step, implied: false }));
  const first = told.findIndex((step) => step.byDrone === true || BY_DRONE.includes(step.state));
  const answer = told[first];
  if (answer === undefined || told.some((step) => step.state === 'delivered')) return told;
  return told.toSpliced(first, 0, { ...answer, state: 'delivered', implied: true });
}

/** How long it took, or has taken so far, ms. */
export function tookMs(delivery: Delivery, nowMs: number | null): number | null {
  const startMs = delivery.steps[0]?.atMs ?? null;
  const endMs = isFinal(delivery.state) ? delivery.atMs : nowMs;
  return startMs === null || endMs === null ? null : Math.max(0, endMs - startMs);
}
