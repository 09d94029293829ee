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

export function standingOf(place: Place, bases: readonly { readonly id: string; readonly doc: Base }[]): Standing {
  for (const { id, doc } of bases) {
    const pad = doc.pads.find((one) => distanceM(one.place, place) <= ON_PAD_M);
    if (pad !== undefined) return { base: id, pad: pad.id };
  }
  return { base: null, pad: null };
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
  readonly bases: readonly { readonly id: string; readonly doc: Base }[];
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
  const flies = itinerary !== null && isUnderWay(itinerary.state as 'flying');
  const pad = o.bases.find((one) => one.id === standing.base)?.doc.pads.find((one) => one.id === standing.pad);
  return {
    ...{ id, place, ...standing, groups: o.groups(id), flavour: status?.autopilot === PX4 ? 'px4' : 'ardupilot' },
    trusted: trust?.state === 'trusted',
    reportedPct: kinds.battery?.values.remainingPct ?? null,
    rememberedPct: rememberedPct(entry),
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
    preflightStops: preflightOf(entry)
      .items.filter(({ item, verdict }) => verdict === 'stop' && !LATER.has(item))
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
export function rememberedPct(entry: Pick<Entry, 'id' | 'kinds'>): number | null {
  const battery = preflightOf(entry).items.find(({ item }) => item === 'battery');
  const found = /([\d.]+) % \(remembered\)/.exec(String(battery?.value ?? ''));
  return found === null ? null : Number(found[1]);
}

const CONTROLS = ['skein', 'pilot', 'other-station', 'autopilot-failsafe', 'unknown'] as const;
function isControl(state: string): state is (typeof CONTROLS)[number] {
  return (CONTROLS as readonly string[]).includes(state);
}
