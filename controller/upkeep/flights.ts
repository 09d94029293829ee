/**
 * Flights in stored telemetry: a pure function of it, so that counting again, after a restart or when history came late,
 * counts nothing twice: what is found in a stretch of time takes the place of what was found there before.
 */
import type { Discharge } from './discharge.ts';

export interface StatusAt {
  readonly atUtcUs: number;
  readonly armed: boolean | null;
  /** MAV_LANDED_STATE by name. */
  readonly landed: string | null;
}

export interface ClimbAt {
  readonly atUtcUs: number;
  /** Up positive. */
  readonly climbMps: number | null;
}

export interface Flight {
  /** Armed. */
  readonly fromUtcUs: number;
  /** Disarmed, or last seen armed. */
  readonly toUtcUs: number;
  /** Fastest descent in the second before and after it touched the ground, m/s; null: not known. */
  readonly touchMps: number | null;
  /** What it took of each battery of the drone, by instance. */
  readonly packs?: Readonly<Record<string, Discharge>>;
}

export interface Found {
  /** Armed and in the air in between; those only that are over. */
  readonly flights: readonly Flight[];
  /** Armed at the beginning or the end of what was looked at: it began or goes on outside. */
  readonly cutBegin: boolean;
  readonly cutEnd: boolean;
}

/** Longer than this without a word, and what follows is another flight, µs. */
const SILENCE_US = 600e6;
const TOUCH_US = 1e6;
const IN_AIR = new Set(['in-air', 'taking-off', 'landing']);

/** @param status, climbs by time */
export function flightsIn(status: readonly StatusAt[], climbs: readonly ClimbAt[]): Found {
  const flights: Flight[] = [];
  let open: { from: number; last: number; flew: boolean; touch: number | null; inAir: boolean } | null = null;
  const close = (atUtcUs: number) => {
    if (open?.flew) flights.push({ fromUtcUs: open.from, toUtcUs: atUtcUs, touchMps: open.touch });
    open = null;
  };
  for (const { atUtcUs, armed, landed } of status) {
    if (open !== null && atUtcUs - open.last > SILENCE_US) close(open.last);
    if (armed === null) continue;
    if (!armed) {
      if (open !== null) close(atUtcUs);
      continue;
    }
    open ??= { from: atUtcUs, last: atUtcUs, flew: false, touch: null, inAir: false };
    open.last = atUtcUs;
    const isUp: boolean = landed !== null && IN_AIR.has(landed);
    if (isUp) open.flew = true;
    if (open.inAir && landed === 'on-ground') open.touch = worst(open.touch, descentAt(climbs, atUtcUs));
    open.inAir = isUp || (open.inAir && landed !== 'on-ground');
  }
  const cutEnd = open !== null;
  return { flights, cutBegin: status[0]?.armed === true, cutEnd };
}

function worst(one: number | null, other: number | null): number | null {
  return one === null || other === null ? (one ?? other) : Math.max(one, other);
}

function descentAt(climbs: readonly ClimbAt[], atUtcUs: number): number | null {
  const near = climbs.filter((one) => Math.abs(one.atUtcUs - atUtcUs) <= TOUCH_US && one.climbMps !== null);
  return near.length === 0 ? null : Math.max(0, ...near.map(({ climbMps }) => -(climbMps ?? 0)));
}
