/** What is known of a drone now, as far as a command to it depends on it. */
import type { FreshnessState } from '../../live/messages.ts';
import { type Control, summarise } from '../list/summary.ts';
import type { FreshnessLimits } from '../live/freshness.ts';
import { ageOf, type DroneRecord, freshnessOf, kindAgeMs, valuesOf } from '../live/record.ts';
import { metresBetween } from '../map/grid.ts';

export interface Place {
  readonly latDeg: number;
  readonly lonDeg: number;
}

export interface Situation {
  readonly id: string;
  /** False: this page hears nothing from the controller, so everything here may have changed. */
  readonly pageLive: boolean;
  /** While the page is not live: how long ago it was, ms; else null. */
  readonly deafMs: number | null;
  /** Is its agent connected to the controller? */
  readonly online: boolean;
  readonly freshness: FreshnessState;
  readonly ageMs: number | null;
  readonly armed: boolean | null;
  readonly inAir: boolean | null;
  readonly mode: string | null;
  readonly control: Control;
  readonly commander: string | null;
  readonly why: string | null;
  readonly heightM: number | null;
  readonly speedMps: number | null;
  readonly place: Place | null;
  readonly placeAgeMs: number | null;
  readonly home: Place | null;
  readonly toHomeM: number | null;
  /** From home to the drone. */
  readonly fromHomeDeg: number | null;
  readonly batteryPct: number | null;
  readonly locked: boolean | null;
  readonly lockReason: string | null;
  readonly lockedBy: string | null;
  readonly lockedHere: boolean;
  /** The itinerary it has, and how that stands; null: none. */
  readonly itinerary: { readonly id: string; readonly state: string } | null;
  /** Under way with a mission. */
  readonly onLeg: boolean;
  /** The autopilot's item under way; null: it does not say. */
  readonly missionSeq: number | null;
  /** A log transfer that is not over. */
  readonly fetchingLog: boolean;
  readonly preflight: { readonly verdict: string; readonly stops: readonly string[] } | null;
  readonly boot: string | null;
  readonly autopilotBoot: string | null;
  readonly session: string | null;
  /** Sessions that claim this identity at once; empty: no conflict. */
  readonly rivals: readonly string[];
}

export interface Looking {
  readonly nowMs: number | null;
  readonly asOfMs: number | null;
  readonly limits: FreshnessLimits;
  readonly pageLive: boolean;
}

export function situationOf(record: DroneRecord, { nowMs, asOfMs, limits, pageLive }: Looking): Situation {
  const { entry } = record;
  const one = summarise(record);
  const status = valuesOf(record, 'status');
  const landed = status?.landed ?? null;
  const position = valuesOf(record, 'position');
  const home = placeOf(valuesOf(record, 'home'));
  const place = placeOf(position);
  const safety = valuesOf(record, 'safety');
  const mission = valuesOf(record, 'mission');
  return {
    id: entry.id,
    pageLive,
    deafMs: nowMs === null || asOfMs === null ? null : nowMs - asOfMs,
    online: entry.online,
    freshness: freshnessOf(record, nowMs, limits),
    ageMs: ageOf(record, nowMs),
    armed: one.armed,
    inAir: landed === null || landed === 'unknown' ? null : landed !== 'on-ground',
    mode: one.mode,
    control: one.control,
    commander: entry.control.commander ?? null,
    why: entry.control.why ?? null,
    heightM: one.heightM,
    speedMps: one.speedMps,
    place,
    placeAgeMs: kindAgeMs(record, 'position', nowMs),
    home,
    toHomeM: place && home ? metresBetween(home.lonDeg, home.latDeg, place.lonDeg, place.latDeg) : null,
    fromHomeDeg: place && home ? bearing(home, place) : null,
    batteryPct: one.batteryPct,
    locked: entry.safety?.locked ?? safety?.locked ?? null,
    lockReason: entry.safety?.lockReason ?? safety?.lockReason ?? null,
    lockedBy: entry.safety?.lockedBy ?? safety?.lockedBy ?? null,
    lockedHere: safety?.lockedHere ?? entry.safety?.lockedBy === 'drone',
    itinerary: entry.itinerary ? { id: entry.itinerary.id, state: entry.itinerary.state } : null,
    onLeg: mission?.state === 'active' && one.armed !== false && /^(AUTO|MISSION)/i.test(one.mode ?? ''),
    missionSeq: mission?.seq ?? null,
    fetchingLog: (entry.commands ?? []).some(
      (command) => command.type === 'fetch-log' && (command.state === 'executing' || command.state === 'accepted'),
    ),
    preflight: entry.preflight ?? null,
    boot: entry.boot,
    autopilotBoot: entry.autopilotBoot ?? null,
    session: entry.session,
    rivals: entry.conflict && entry.conflict.reason !== 'checksum' ? entry.conflict.sessions : [],
  };
}

function placeOf(values: { readonly latDeg: number | null; readonly lonDeg: number | null } | null): Place | null {
  if (values === null || values.latDeg === null || values.lonDeg === null) return null;
  return { latDeg: values.latDeg, lonDeg: values.lonDeg };
}

/** Direction from one place to another, degrees from north; flat, good for the few kilometres a drone flies. */
function bearing(from: Place, to: Place): number {
  const north = to.latDeg - from.latDeg;
  const east = (to.lonDeg - from.lonDeg) * Math.cos((from.latDeg * Math.PI) / 180);
  return ((Math.atan2(east, north) * 180) / Math.PI + 360) % 360;
}

/** Is it known to be neither armed nor in the air? */
export function isDown({ armed, inAir }: Situation): boolean {
  return armed === false && inAir === false;
}

/** Where it is, by its silence: what a command sent now meets. `unknown`: nobody tells this page. */
export function reachOf(s: Situation): 'now' | 'stale' | 'offline' | 'unknown' {
  if (!s.pageLive) return 'unknown';
  if (!s.online) return 'offline';
  return s.freshness === 'fresh' ? 'now' : 'stale';
}
