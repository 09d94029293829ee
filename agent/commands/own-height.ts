/**
 * The height of its own that a drone of several returns at (flight rules §4): it climbs to it first, where it is, and only
 * then turns for home. Whatever keeps it from climbing, it returns all the same, at its own height, and says why.
 */
import { reason } from '@skein/protocol/fleet';
import { RETURN_MODES } from '@skein/protocol/telemetry';
import type { Json, Outcome } from './types.ts';
import { type CommandVehicle, outcomeOf, type Pause, type PositionTrusted, TAKEN } from './vehicle.ts';

/** A return is never held up for longer: the order itself must leave within the minute that it may take. */
const CLIMB_WITHIN_MS = 45_000;
/** Not worth a climb: the autopilot holds its height about as well. */
const CLOSE_M = 1.5;

export interface OwnHeightOptions {
  readonly vehicle: CommandVehicle;
  readonly positionTrusted: PositionTrusted;
  /** The lower of the charge reported and the charge remembered, %. */
  readonly chargePct: () => number | null;
  /** Below this there is nothing left for climbing, %. */
  readonly reservePct: number;
  readonly pause: Pause;
}

/** `done`: return now, `told` belongs into the answer. `ended`: control was taken, or the order is over. */
export type Climbed =
  | { readonly how: 'done'; readonly told: Json }
  | { readonly how: 'ended'; readonly outcome: Outcome };

/** Why it does not climb; null: it should. */
function against({ vehicle, positionTrusted, chargePct, reservePct }: OwnHeightOptions): string | null {
  const { state, control } = vehicle;
  const { position, altRelM, mode } = state;
  if (control.state !== 'skein' || control.adopted || control.readOnly) return `not ours to fly (${control.state})`;
  if (RETURN_MODES.includes(mode ?? '')) return 'it was returning already';
  const trusted = positionTrusted();
  if (!trusted.ok) return trusted.reason;
  if (position === null || altRelM === null) return reason('position');
  const charge = chargePct();
  return charge !== null && charge < reservePct ? `${Math.floor(charge)} % of charge left` : null;
}

/** Brings it to `altRelM` above home, or says why it stays below. */
export async function ownHeight(altRelM: number, signal: AbortSignal, o: OwnHeightOptions): Promise<Climbed> {
  const { vehicle, pause } = o;
  const told = (climbed: boolean, why?: string): Climbed => {
    const heightM = vehicle.state.altRelM === null ? null : Math.round(vehicle.state.altRelM);
    return { how: 'done', told: { atLeastAltRelM: altRelM, heightM, climbed, ...(why === undefined ? {} : { why }) } };
  };
  const why = against(o);
  if (why !== null) return told(false, why);
  if ((vehicle.state.altRelM ?? 0) > altRelM - CLOSE_M) return told(true);
  const late = new AbortController();
  const over = new AbortController();
  void pause(CLIMB_WITHIN_MS, over.signal).then(() => late.abort());
  const outcome = await vehicle.intent('climb', { altRelM, signal: AbortSignal.any([signal, late.signal]) });
  const wasLate = late.signal.aborted;
  over.abort();
  if (outcome.ok) return told(true);
  if (signal.aborted || TAKEN.includes(outcome.code)) return { how: 'ended', outcome: outcomeOf(outcome, false) };
  return told(false, wasLate ? `not there within ${CLIMB_WITHIN_MS / 1000} s` : reason(outcome.code, outcome.detail));
}
