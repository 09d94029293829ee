/**
 * What a silent drone must be doing now: its link-loss ladder, read by the same rules as the drone climbs it by
 * (protocol/fleet/ladder.ts), from what it said of its settings before it fell silent.
 */
import {
  isUnderWay,
  LADDER_WORDS,
  type LadderRung,
  LadderSettings,
  type LinkLossOwner,
  ladderAt,
  reasonWords,
} from '@skein/protocol/fleet';
import { ITINERARY_STATES, type Values } from '@skein/protocol/telemetry';
import { Compile } from 'typebox/compile';
import type { Drone } from './drone.ts';

/** The lease an answer to a time message renews, s. */
export const LEASE_S = 15;

export interface Expectation {
  /** A sentence. */
  readonly must: string;
  readonly rung: LadderRung;
  readonly sinceMonoUs: number;
  readonly endsMonoUs: number | null;
  readonly energyUntilMonoUs: number | null;
}

/**
 * Its agent orders nothing: another flew when it was last heard, or it did not know who: it had found the flight, and lets the
 * failsafe act as the lease ends; or it did not hear its autopilot.
 */
const ASIDE: Readonly<Partial<Record<string, string>>> = {
  pilot: "What it does is the pilot's: a pilot flew it when it was last heard, and the agent stands aside",
  'other-station':
    'What it does is not known: another station flew it when it was last heard, and the agent stands aside',
  'autopilot-failsafe': 'A failsafe of its autopilot flew it when it was last heard, and the agent stands aside',
  unknown:
    'What it does is not known: its agent did not know who flies it, and orders nothing. A failsafe of its autopilot is to act on the loss; where none is set it flies on as it did',
};

/** What it must be doing on that rung, as a sentence. */
const MUST: Readonly<Record<LadderRung, string>> = {
  none: 'It must now do as it was told',
  wait: 'It must now go on with what it was told, waiting for the controller',
  finish: 'It must now end the release it had begun',
  retract: 'It must now secure the payload',
  return: 'It must now fly back and land',
  exhausted: 'Its agent does no more: what happens now is left to the failsafe of its autopilot',
  watch: 'Its autopilot must now act on the loss, by its own failsafe',
};

const settings = Compile(LadderSettings);

interface Plan {
  readonly owner: LinkLossOwner;
  readonly settings: LadderSettings;
}

/** null: it has said nothing of its ladder, or nothing that can be read. */
function planOf(text: string | null): Plan | null {
  try {
    const value: unknown = JSON.parse(text ?? 'null');
    if (typeof value !== 'object' || value === null || !('owner' in value)) return null;
    const { owner, ...rest } = value;
    if ((owner !== 'agent' && owner !== 'autopilot') || !settings.Check(rest)) return null;
    return { owner, settings: rest };
  } catch {
    return null;
  }
}

export function ladderEntry(drone: Drone) {
  const held = drone.kinds.get('ladder');
  if (held === undefined) return null;
  const { rung, reason, plan } = held.values as Values<'ladder'>;
  if (rung === null) return null;
  const read = planOf(plan);
  const words = reason === null ? LADDER_WORDS[rung] : `${LADDER_WORDS[rung]}: ${reasonWords(reason)}`;
  return { rung, reason, words, plan: read === null ? null : { owner: read.owner, ...read.settings } };
}

/** It may be in the air: by its last word on itself, or by an itinerary that was under way. */
function mayFly(drone: Drone): boolean {
  const state = ITINERARY_STATES.find((one) => one === drone.itinerary?.state);
  if (state !== undefined && isUnderWay(state)) return true;
  const status = drone.kinds.get('status')?.values as Values<'status'> | undefined;
  return status?.armed === true;
}

/** null: it is heard, or stood disarmed when it was last heard, or never said what it does about a lost link. */
export function expectationOf(drone: Drone, nowMonoUs: number): Expectation | null {
  // Of a drone not heard since our own start nothing better is known than when it was last heard at all.
  const leasedMonoUs = drone.leasedMonoUs ?? drone.heardMonoUs;
  if (leasedMonoUs === null || !mayFly(drone)) return null;
  const sinceMonoUs = leasedMonoUs + LEASE_S * 1e6;
  const lostS = (nowMonoUs - sinceMonoUs) / 1e6;
  if (lostS <= 0) return null;
  const plan = planOf((drone.kinds.get('ladder')?.values as Values<'ladder'> | undefined)?.plan ?? null);
  if (plan === null) return null;
  // Whoever flew it when it was last heard is not disturbed by the ladder.
  const aside = ASIDE[drone.control.state];
  if (plan.owner === 'agent' && aside !== undefined) {
    return {
      ...{ must: aside, rung: 'watch', sinceMonoUs, endsMonoUs: null },
      energyUntilMonoUs: energyUntil(drone),
    };
  }
  const releasing = drone.itinerary?.state === 'releasing';
  const { rung, endsInS } = ladderAt(plan.settings, { owner: plan.owner, lostS, releasing });
  return {
    ...{ must: MUST[rung], rung, sinceMonoUs },
    endsMonoUs: endsInS === null ? null : nowMonoUs + endsInS * 1e6,
    energyUntilMonoUs: energyUntil(drone),
  };
}

/** What changes an expectation by time alone. */
export function expectedRung(drone: Drone, nowMonoUs: number): string | null {
  return expectationOf(drone, nowMonoUs)?.rung ?? null;
}

/** By the autopilot's own estimate, counted from when it gave it. */
function energyUntil(drone: Drone): number | null {
  const held = drone.kinds.get('battery');
  const left = (held?.values as Values<'battery'> | undefined)?.timeRemainingS;
  return held === undefined || left === null || left === undefined || left <= 0 ? null : held.atMonoUs + left * 1e6;
}
