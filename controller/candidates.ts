/** A drone of the fleet as planning sees it: what is known of it now, on which pad it stands, and why it may not fly. */
import { distanceM, isUnderWay, type Place } from '@skein/protocol/fleet';
import type { AirframeSettings } from '@skein/protocol/fleet/configuration';
import type { Base } from '@skein/protocol/fleet/places';
import type { Config } from './config.ts';
import { type Entry, preflightOf } from './fleet/index.ts';
import type { Candidate } from './planning/index.ts';

/** A drone stands on a pad this near to its middle, m: GNSS is good to some metres. */
const ON_PAD_M = 8;
/** Items of the pre-flight list that speak of what an order has still to give it. */
const LATER = new Set(['mission', 'payload']);
/** A value older than this is of another moment, ms. */
const FRESH_MS = 3000;

export interface Standing {
  readonly base: string | null;
  readonly pad: string | null;
}

type Bases = readonly { readonly id: string; readonly doc: Base }[];

export function standingOf(place: Place, bases: Bases): Standing {
  for (const { id, doc } of bases) {
    const pad = doc.pads.find((one) => isOn(one.place, place));
    if (pad !== undefined) return { base: id, pad: pad.id };
  }
  return { base: null, pad: null };
}

/** Most pads are far off, which their latitude tells already: each drone is held against each pad of the fleet. */
function isOn(pad: Place, place: Place): boolean {
  return Math.abs(pad.latDeg - place.latDeg) * LAT_M <= ON_PAD_M && distanceM(pad, place) <= ON_PAD_M;
}

/** A degree of latitude is nowhere shorter, m. */
const LAT_M = 110_000;

/** By base and pad, the drone that stands there: found once for a decision, not for each base. */
export function occupants(entries: readonly Entry[], bases: Bases): (base: string, pad: string) => string | null {
  const found = new Map<string, Map<string, string>>(bases.map(({ id }) => [id, new Map()]));
  for (const entry of entries) {
    const at = placeOf(entry);
    const { base, pad } = at === null ? { base: null, pad: null } : standingOf(at, bases);
    if (base !== null && pad !== null) found.get(base)?.set(pad, entry.id);
  }
  return (base, pad) => found.get(base)?.get(pad) ?? null;
}

/** By samples that are fresh; null: not known now. */
export function placeOf(entry: Entry): Place | null {
  const position = entry.kinds.position;
  if (position === undefined || position.ageMs > FRESH_MS) return null;
  const { latDeg, lonDeg } = position.values;
  return latDeg === null || lonDeg === null ? null : { latDeg, lonDeg };
}

export interface CandidateWiring {
  readonly orders: Config['orders'];
  readonly batteryWh: number;
  /** What is set for this drone goes before `orders` and `batteryWh`. */
  readonly airframe: (drone: string) => AirframeSettings;
  readonly bases: Bases;
  readonly groups: (drone: string) => readonly string[];
  /** Why it is not free although it stands there, for people; null: it is. */
  readonly taken: (drone: string) => string | null;
  /** What holds it on the ground: maintenance, findings. */
  readonly holds: (drone: string) => readonly string[];
}

export function candidateOf(entry: Entry, o: CandidateWiring): Candidate {
  const { id, kinds, control, safety, trust, itinerary } = entry;
  const place = placeOf(entry);
  const status = kinds.status !== undefined && kinds.status.ageMs <= FRESH_MS ? kinds.status.values : null;
  const standing = place === null ? { base: null, pad: null } : standingOf(place, o.bases);
  const preflight = preflightOf(entry);
  const flies = itinerary !== null && isUnderWay(itinerary.state as 'flying');
  const pad = o.bases.find((one) => one.id === standing.base)?.doc.pads.find((one) => one.id === standing.pad);
  return {
    ...{ id, place, ...standing, groups: o.groups(id), flavour: status?.autopilot === PX4 ? 'px4' : 'ardupilot' },
    trusted: trust?.state === 'trusted',
    reportedPct: kinds.battery?.values.remainingPct ?? null,
    rememberedPct: rememberedPct(entry, preflight),
    charging: (pad?.chargeW ?? 0) > 0 && status?.armed === false,
    airframe: {
      ...{ emptyKg: o.orders.emptyKg, payloadMaxKg: o.orders.payloadMaxKg, methods: o.orders.methods },
      batteryWh: o.batteryWh > 0 ? o.batteryWh : null,
      ...o.airframe(id),
    },
    calibration: null,
    online: entry.online && entry.conflict === null,
    armed: status?.armed ?? true,
    onGround: status?.landed === 'on-ground',
    control: isControl(control.state) ? control.state : 'unknown',
    preflightStops: preflight.items
      .filter(({ item, verdict }) => verdict === 'stop' && !LATER.has(item))
      .map(({ item, words }) => (words === '' ? item : words)),
    holds: [...(safety?.locked === true ? [`locked: ${safety.lockReason ?? 'no reason given'}`] : []), ...o.holds(id)],
    busyWith: o.taken(id) ?? (flies ? `itinerary ${itinerary.id}` : null),
    busyUntilUtcUs: null,
    staysArmed: null,
  };
}

/** MAV_AUTOPILOT_PX4. */
const PX4 = 12;

/** The agent says in the pre-flight list what it carried across a restart of the autopilot, where that is the lower. */
export function rememberedPct(entry: Pick<Entry, 'id' | 'kinds'>, { items } = preflightOf(entry)): number | null {
  const battery = items.find(({ item }) => item === 'battery');
  const found = /([\d.]+) % \(remembered\)/.exec(String(battery?.value ?? ''));
  return found === null ? null : Number(found[1]);
}

const CONTROLS = ['skein', 'pilot', 'other-station', 'autopilot-failsafe', 'unknown'] as const;
function isControl(state: string): state is (typeof CONTROLS)[number] {
  return (CONTROLS as readonly string[]).includes(state);
}
