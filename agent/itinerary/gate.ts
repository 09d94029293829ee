/**
 * The gate before a release (flight rules §7): everything that keeps it shut, at this moment. Pure. Nothing here opens by
 * time: with no answer the autopilot's own wait ends, and it goes home with the parcel.
 */
import { reason } from '@skein/protocol/fleet';

export const DEFAULT_MIN_BATTERY_PCT = 50;
export const DEFAULT_GATE_S = 60;
/** Of the autopilot's own wait: it must not end while our order is on its way. */
const LAST_MOMENT_MS = 3_000;

export interface GateInput {
  /** Null: trusted now. */
  readonly position: string | null;
  /** The lower of the charge reported and the charge remembered, %. */
  readonly chargePct: number | null;
  readonly minBatteryPct: number;
  /** Left of the controller's lease, ms. */
  readonly leaseLeftMs: number;
  readonly releaseOffline: boolean;
  readonly control: 'skein' | 'pilot' | 'other-station' | 'autopilot-failsafe' | 'unknown';
  readonly adopted: boolean;
  readonly failsafe: boolean;
  /** What was read back still holds for this boot of the autopilot. */
  readonly verified: boolean;
  /** By the controller's clock; null: none is set. */
  readonly notAfterUs: number | null;
  readonly controllerTime: { readonly utcUs: number; readonly errUs: number } | null;
  /** A release of this parcel was begun before. */
  readonly begun: boolean;
  /** Called back already. */
  readonly goingHome: boolean;
  /** At the gate since, ms; the wait of the autopilot, ms. */
  readonly waitedMs: number;
  readonly gateMs: number;
}

export function shutBy(o: GateInput): readonly string[] {
  const why: string[] = [];
  if (o.control !== 'skein') {
    if (o.control === 'pilot') why.push(reason('pilot'));
    else if (o.control === 'other-station') why.push(reason('other-station'));
    else if (o.control === 'autopilot-failsafe') why.push(reason('failsafe'));
    else why.push(reason('state-unknown', 'who has control'));
  }
  if (o.adopted) why.push(reason('adopted'));
  if (o.failsafe && o.control !== 'autopilot-failsafe') why.push(reason('failsafe'));
  if (o.goingHome) why.push(reason('newer', 'return'));
  if (o.begun) why.push(reason('already', 'its release was begun once'));
  if (!o.verified) why.push(reason('not-verified'));
  if (o.position !== null) why.push(reason('position', o.position));
  if (o.chargePct === null) why.push(reason('battery', 'not known'));
  else if (o.chargePct < o.minBatteryPct) {
    why.push(reason('battery', `${Math.floor(o.chargePct)} %, at least ${o.minBatteryPct} %`));
  }
  if (o.leaseLeftMs <= 0 && !o.releaseOffline) why.push(reason('link-lost'));
  const late = tooLate(o.notAfterUs, o.controllerTime);
  if (late !== null) why.push(late);
  if (o.waitedMs > o.gateMs - LAST_MOMENT_MS) why.push(reason('gate-closed', 'its time is over'));
  return why;
}

/** The clock's error counts against it; a clock nobody gave us keeps no appointment. */
export function tooLate(
  notAfterUs: number | null,
  time: { readonly utcUs: number; readonly errUs: number } | null,
): string | null {
  if (notAfterUs === null) return null;
  if (time === null) return reason('too-late-to-fly', 'the controller’s clock is not known');
  return time.utcUs + time.errUs >= notAfterUs ? reason('too-late-to-fly') : null;
}
