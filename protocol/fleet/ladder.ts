/**
 * The link-loss ladder (flight rules §3): what a drone does by itself when no controller is heard. One schedule that the
 * agent climbs and the controller reads, so that both know what a silent drone must be doing now. Pure.
 *
 *   lease lost ──waitS──▶ finish the release under way ──finishS──▶ retract ──retractS──▶ return ─ … ─ maxS: exhausted
 *                    └── nothing is being released ────────────────────────────────────────┘
 */
import { type Static, Type } from 'typebox';
import type { LadderRung } from './itinerary/states.ts';

const Rung = (description: string, fallback: number) =>
  Type.Number({ default: fallback, minimum: 0, maximum: 3_600, description });

export const LadderSettings = Type.Object(
  {
    waitS: Rung('How long it goes on as if nothing were, s', 45),
    finishS: Rung('How long a release that has begun may take to end, s', 30),
    retractS: Rung('How long the payload may take to be secured, s', 30),
    maxS: Type.Number({
      default: 900,
      minimum: 10,
      maximum: 14_400,
      description:
        'How long after the loss the ground-link heartbeat goes on at most, s; then the failsafe of the autopilot acts',
    }),
  },
  { description: 'What the agent does about a lost controller, and for how long, with linkLoss.owner = "agent"' },
);
export type LadderSettings = Static<typeof LadderSettings>;

export type LinkLossOwner = 'agent' | 'autopilot';

export interface LadderStand {
  readonly rung: LadderRung;
  /** Until the next rung, s; null: no more by time. */
  readonly endsInS: number | null;
}

/**
 * Where the ladder stands `lostS` after the lease ran out, if nothing but time moves it. `releasing`: a release had begun
 * when the lease was lost and its end is not known.
 */
export function ladderAt(
  settings: LadderSettings,
  o: { readonly owner: LinkLossOwner; readonly lostS: number; readonly releasing: boolean },
): LadderStand {
  const { lostS } = o;
  if (lostS <= 0) return { rung: 'none', endsInS: null };
  if (o.owner === 'autopilot') return { rung: 'watch', endsInS: null };
  if (lostS >= settings.maxS) return { rung: 'exhausted', endsInS: null };
  let endS = settings.waitS;
  const until = (rung: LadderRung): LadderStand => ({ rung, endsInS: Math.min(endS, settings.maxS) - lostS });
  if (lostS < endS) return until('wait');
  if (o.releasing) {
    endS += settings.finishS;
    if (lostS < endS) return until('finish');
    endS += settings.retractS;
    if (lostS < endS) return until('retract');
  }
  endS = settings.maxS;
  return until('return');
}

/** What a drone on that rung does, in words for people. */
export const LADDER_WORDS: Readonly<Record<LadderRung, string>> = {
  none: 'the controller is heard',
  wait: 'goes on with what it was told, waiting for the controller',
  finish: 'ends the release it had begun',
  retract: 'secures the payload',
  return: 'flies back and lands',
  exhausted: 'leaves the loss to the failsafe of the autopilot',
  watch: 'the autopilot acts on the loss by its own failsafe',
};
