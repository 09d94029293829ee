/** A drone of the fleet as planning sees it: what is known of it now, on which pad it stands, and why it may not fly. */
import { distanceM, isUnderWay, type Place, rememberedIn } from '@skein/protocol/fleet';
import type { AirframeSettings } from '@skein/protocol/fleet/configuration';
import type { Base } from '@skein/protocol/fleet/places';
import type { Charge } from './charge-watch.ts';
import type { Config } from './config.ts';
import { type Entry, preflightOf } from './fleet/index.ts';
import { type Airframe, type Candidate, chargeOf, chargingS } from './planning/index.ts';

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

type Bases = readonly { readonly id: string; readonly doc: Base; readonly atUtcUs?: number }[];

const NOWHERE: Standing = { base: null, pad: null };

export function standingOf(place: Place, bases: Bases): Standing {
  return new PadMap(bases).standing(place);
}

/** All pads by strips of latitude: each drone of a fleet is held against those near it only, not against each pad. */
export class PadMap {
  readonly #strips = new Map<number, { readonly at: Standing; readonly place: Place }[]>();

  readonly #bases: Bases;

  constructor(bases: Bases) {
    this.#bases = bases;
    for (const { id, doc } of bases) {
      for (const { id: pad, place } of doc.pads) {
        const strip = stripOf(place);
        const there = this.#strips.get(strip) ?? [];
        this.#strips.set(strip, there);
        there.push({ at: { base: id, pad }, place });
      }
    }
  }

  /** Made of just these, as they are. */
  isOf(bases: Bases): boolean {
    return bases.length === this.#bases.length && bases.every(({ doc }, i) => this.#bases[i]?.doc === doc);
  }

  standing(place: Place): Standing {
    const strip = stripOf(place);
    for (let near = strip - 1; near <= strip + 1; near++) {
      for (const one of this.#strips.get(near) ?? []) {
        // Across latitude first, which costs nothing.
        const isNear = Math.abs(one.place.latDeg - place.latDeg) <= STRIP_DEG;
        if (isNear && distanceM(one.place, place) <= ON_PAD_M) return one.at;
      }
    }
    return NOWHERE;
  }
}

/** As wide as a drone may stand from the middle of its pad; a degree of latitude is nowhere shorter than 110 km. */
const STRIP_DEG = ON_PAD_M / 110_000;
function stripOf({ latDeg }: Place): number {
  return Math.floor(latDeg / STRIP_DEG);
}

/** By base and pad, the drone that stands there: found once for a decision, not for each base. */
export function occupants(fleet: readonly Candidate[]): (base: string, pad: string) => string | null {
  const found = new Map<string, string>();
  for (const { id, base, pad } of fleet) if (base !== null && pad !== null) found.set(`${base}/${pad}`, id);
  return (base, pad) => found.get(`${base}/${pad}`) ?? null;
}

/** By samples that are fresh; null: not known now. */
export function placeOf(entry: Pick<Entry, 'kinds'>): Place | null {
  const position = entry.kinds.position;
  if (position === undefined || position.ageMs > FRESH_MS) return null;
  const { latDeg, lonDeg } = position.values;
  return latDeg === null || lonDeg === null ? null : { latDeg, lonDeg };
}

/** Whose ground it stands on, m: parcels are brought as near as that, too. */
const AT_BASE_M = 100;

/**
 * The base it is at by its last word, however old, or by the last that was to be trusted: what must not start there is better
 * held too wide than missed.
 */
export function baseBy({ kinds, trust }: Pick<Entry, 'kinds' | 'trust'>, bases: Bases): string | null {
  const { latDeg = null, lonDeg = null } = kinds.position?.values ?? {};
  const said = latDeg === null || lonDeg === null ? null : { latDeg, lonDeg };
  const at = [said, trust?.last ?? null].filter((one) => one !== null);
  const awayM = ({ place, pads }: Base) =>
    Math.min(...[place, ...pads.map((pad) => pad.place)].flatMap((one) => at.map((place) => distanceM(one, place))));
  const near = bases.map(({ id, doc }) => ({ id, m: awayM(doc) })).filter(({ m }) => m <= AT_BASE_M);
  return near.sort((a, b) => a.m - b.m)[0]?.id ?? null;
}

/**
 * Where it stood by its last word that was to be trusted, on the ground and disarmed, or where the flight ends that it was on:
 * switched off, without a link or satellites, or with a receiver that is jammed or lies, it stands there still, and nothing is to
 * land on it. Who writes that base anew afterwards has seen that it is not there.
 */
function stoodAt({ kinds, itinerary, trust }: Looked, o: CandidateWiring): Standing {
  const { position, status } = kinds;
  if (position === undefined) return NOWHERE;
  const flies = itinerary !== null && isUnderWay(itinerary.state as 'flying');
  const stands = status?.values.armed === false && status.values.landed !== 'in-air';
  const { latDeg, lonDeg } = position.values;
  const said = latDeg === null || lonDeg === null ? null : { latDeg, lonDeg };
  const last = stands ? (trust?.last ?? said) : null;
  const at = flies && !stands ? o.landing(itinerary.id, itinerary.version) : last;
  const standing = at === null ? NOWHERE : o.pads.standing(at);
  const writtenUtcUs = o.bases.find(({ id }) => id === standing.base)?.atUtcUs ?? 0;
  return writtenUtcUs > (trust?.last?.atUtcUs ?? o.nowUtcUs - position.ageMs * 1e3) ? NOWHERE : standing;
}

export interface CandidateWiring {
  readonly nowUtcUs: number;
  /** Where this itinerary ends; null: not known, or where it began. */
  readonly landing: (itinerary: string, version: number) => Place | null;
  readonly airframe: (drone: string) => Airframe;
  readonly calibration: (drone: string) => Candidate['calibration'];
  readonly bases: Bases;
  readonly pads: PadMap;
  /** False: its charge does not rise although it stands on a charger. */
  readonly charges: (charge: Omit<Charge, 'monoUs'>) => boolean;
  readonly groups: (drone: string) => readonly string[];
  /** What holds it on the ground: maintenance, findings. */
  readonly holds: (drone: string) => readonly string[];
}

/** What is looked at of a drone. */
export const LOOKED_AT = ['online', 'conflict', 'control', 'safety', 'trust', 'itinerary'] as const;
export const KINDS_LOOKED_AT: ReadonlySet<string> = new Set(['position', 'status', 'battery', 'preflight', 'safety']);
type Looked = Pick<Entry, (typeof LOOKED_AT)[number] | 'id' | 'kinds'>;

/** Of a drone that no order has. */
export function candidateOf(entry: Looked, o: CandidateWiring): Candidate {
  const { id, kinds, control, safety, trust, itinerary } = entry;
  const place = placeOf(entry);
  const status = kinds.status !== undefined && kinds.status.ageMs <= FRESH_MS ? kinds.status.values : null;
  const trusted = trust?.state === 'trusted';
  const standing = place === null || !trusted ? stoodAt(entry, o) : o.pads.standing(place);
  const preflight = items(entry);
  const flies = itinerary !== null && isUnderWay(itinerary.state as 'flying');
  const pad = o.bases.find((one) => one.id === standing.base)?.doc.pads.find((one) => one.id === standing.pad);
  const reportedPct = kinds.battery?.values.remainingPct ?? null;
  const remembered = rememberedPct(entry, preflight);
  const airframe = o.airframe(id);
  const chargeW = pad?.chargeW ?? 0;
  const isPlugged = chargeW > 0 && place !== null && status?.armed === false;
  const pct = chargeOf({ reportedPct, rememberedPct: remembered });
  const stepS = chargingS(pct ?? 0, Math.min(100, (pct ?? 0) + 2), airframe.batteryWh ?? 0, chargeW) ?? 0;
  const at = isPlugged ? `${standing.base}/${standing.pad}` : null;
  // Without a fresh word nothing is known of its charger.
  const isCharged = place === null || status === null || o.charges({ drone: id, pad: at, pct, stepS });
  return {
    ...{ id, place, ...standing, groups: o.groups(id), flavour: status?.autopilot === PX4 ? 'px4' : 'ardupilot' },
    trusted,
    reportedPct,
    rememberedPct: remembered,
    charging: isPlugged && isCharged,
    chargerFails: isPlugged && !isCharged,
    airframe,
    calibration: o.calibration(id),
    online: entry.online && entry.conflict === null,
    armed: status?.armed ?? true,
    onGround: status?.landed === 'on-ground',
    control: isControl(control.state) ? control.state : 'unknown',
    preflightStops: preflight
      .filter(({ item, verdict }) => verdict === 'stop' && !LATER.has(item))
      .map(({ item, words }) => (words === '' ? item : words)),
    holds: [...lockWords(safety), ...o.holds(id)],
    busyWith: flies ? `flies itinerary ${itinerary.id}` : null,
    busyUntilUtcUs: null,
  };
}

/** With who may unlock it. */
function lockWords(safety: Looked['safety']): readonly string[] {
  if (safety?.locked !== true) return [];
  const who = safety.lockedBy === 'drone' ? 'unlock it where it stands, or as an admin' : 'unlock it';
  return [`locked (${safety.lockReason ?? 'no reason given'}): ${who}`];
}

/** What is set for a drone goes before what is set for all. */
export function airframeOf(orders: Config['orders'], batteryWh: number, own: AirframeSettings): Airframe {
  const { emptyKg, payloadMaxKg, methods } = orders;
  return { emptyKg, payloadMaxKg, methods, batteryWh: batteryWh > 0 ? batteryWh : null, ...own };
}

/** MAV_AUTOPILOT_PX4. */
const PX4 = 12;

/** Read only where it may say something that matters here: of a large fleet reading all the lists costs the most. */
function items(entry: Pick<Entry, 'id' | 'kinds'>): ReturnType<typeof preflightOf>['items'] {
  const said = entry.kinds.preflight?.values;
  const isPlain = said?.verdict === 'ok' && !/stop|remembered/.test(said.items ?? '');
  return isPlain ? [] : preflightOf(entry).items;
}

/** The agent says in the pre-flight list what it carried across a restart of the autopilot, where that is the lower. */
export function rememberedPct(entry: Pick<Entry, 'id' | 'kinds'>, list = items(entry)): number | null {
  const battery = list.find(({ item }) => item === 'battery');
  return rememberedIn(String(battery?.value ?? ''));
}

const CONTROLS = ['skein', 'pilot', 'other-station', 'autopilot-failsafe', 'unknown'] as const;
function isControl(state: string): state is (typeof CONTROLS)[number] {
  return (CONTROLS as readonly string[]).includes(state);
}
