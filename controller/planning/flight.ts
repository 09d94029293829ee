/**
 * One flight looked for: heights, ways, air, energy. Another layer first, then a later start, then another way.
 */
import {
  type Aircraft,
  type Itinerary,
  NO_HEADWAY_MPS,
  type Place,
  unknownAircraft,
  validate,
} from '@skein/protocol/fleet';
import { freeAir } from './air.ts';
import { type Not, not } from './drones.ts';
import { flownOf, legEnergy } from './energy.ts';
import { itineraryOf, type Sketch } from './itinerary.ts';
import { layerPairs, layersOf } from './layers.ts';
import { apartM } from './plane.ts';
import type {
  Base,
  Candidate,
  LegEnergy,
  OrderWish,
  Pad,
  PadUse,
  PlannedLeg,
  Reservation,
  Weather,
  World,
} from './ports.ts';
import { sketches } from './sketches.ts';
import { type Span, spansOf, tubeAt } from './tube.ts';

export interface FlightWish {
  readonly kind: 'ferry' | 'delivery';
  readonly drone: Candidate;
  readonly order: OrderWish;
  readonly chargePct: number;
  /** Where it takes off; heights count from there. Without a base nothing is known of the ground's height. */
  readonly from: Place;
  readonly fromBase: Base | null;
  readonly fromPad: string | null;
  readonly toBase: Base;
  readonly toPad: Pad;
  readonly alternate: { readonly base: Base; readonly pad: Pad } | null;
  readonly weather: Weather | null;
  readonly departUtcUs: number;
}

export type Flight =
  | { readonly ok: true; readonly leg: PlannedLeg; readonly reservation: Reservation; readonly endUtcUs: number }
  | { readonly ok: false; readonly not: Not };

/** Layers tried on the first way, and on each other way. */
const MAX_PAIRS = 8;

interface Found {
  readonly sketch: Sketch;
  readonly spans: readonly Span[];
  readonly energy: LegEnergy;
  readonly delayUs: number;
  readonly distanceM: number;
  readonly expectedS: number;
  readonly releaseS: number | null;
}

export function flight(wish: FlightWish, world: World): Flight {
  let best: Found | null = null;
  let why: Not = not('no-route', 'no height between the lowest layer and the ceiling');
  let worseOf = 0;
  const { limits, rules } = world;
  const layers = layersOf(wish.fromBase ?? wish.toBase, limits.ceilingM, rules);
  const eastward = eastwardM(wish);
  const padIndex = wish.toBase.pads.indexOf(wish.toPad);
  const both = layerPairs(layers, eastward, Math.max(0, padIndex), wish.toBase.returnAltM, MAX_PAIRS);
  // A ferry flight has one way only.
  const heights = new Set(both.map(({ outM }) => outM));
  const pairs = wish.kind === 'ferry' ? [...heights].map((outM) => ({ outM, backM: outM })) : both;
  for (const one of sketches(wish, world, pairs)) {
    if ('not' in one) {
      if (worseOf === 0) why = one.not;
      continue;
    }
    // The ways besides the first are looked for only where the air is not free on it.
    if (one.detour && best !== null) break;
    const found = judge(wish, world, one.sketch);
    if ('not' in found) {
      if (found.weight >= worseOf) [why, worseOf] = [found.not, found.weight];
      continue;
    }
    if (best === null || found.delayUs < best.delayUs) best = found;
    if (best.delayUs === 0) break;
  }
  return best === null ? { ok: false, not: why } : build(wish, world, best);
}

function eastwardM({ from, order, kind, toBase }: FlightWish): number {
  const to = kind === 'ferry' ? toBase.place : order.dropOff;
  return ((((to.lonDeg - from.lonDeg + 540) % 360) + 360) % 360) - 180;
}

export function aircraftOf({ drone, fromBase, from, weather, chargePct }: Omit<FlightWish, 'order'>): Aircraft {
  return {
    ...unknownAircraft(drone.flavour),
    ...{ home: from, homeAmslM: fromBase?.groundAmslM ?? null, batteryWh: drone.airframe.batteryWh, chargePct },
    wind: weather === null ? null : { fromDeg: weather.windFromDeg, speedMps: weather.windMps },
    ...(drone.winchMps === undefined ? {} : { winchMps: drone.winchMps }),
  };
}

function judge(wish: FlightWish, world: World, sketch: Sketch): Found | { readonly not: Not; readonly weight: number } {
  const { limits, rules } = world;
  const { drone, order } = wish;
  const delivery = wish.kind === 'ferry' ? null : { order, minBatteryPct: 0, notAfterUtcUs: order.notAfterUtcUs };
  const draft = itineraryOf('draft', sketch, delivery, wish.departUtcUs, limits, rules);
  const flown = flownOf(draft, limits, aircraftOf(wish), rules);
  const stuck = flown.worst.find(({ does, groundMps }) => does === 'cruise' && groundMps < NO_HEADWAY_MPS);
  if (stuck !== undefined) {
    return { weight: 1, not: not('weather', 'makes no headway against the wind', stuck.groundMps, NO_HEADWAY_MPS) };
  }
  const payloadKg = wish.kind === 'ferry' ? 0 : order.payloadKg;
  const loaded = { airframe: drone.airframe, calibration: drone.calibration, payloadKg, chargePct: wish.chargePct };
  const energy = legEnergy(flown.worst, loaded, wish.weather, limits, rules);
  if (energy === null) return { weight: 1, not: not('charge-not-known', 'its charge is not known') };
  if (energy.leftPct < limits.reservePct) return { weight: 2, not: tooEmpty(energy) };
  const gateBack =
    wish.kind === 'ferry' || sketch.gateAlong ? null : { from: order.dropOff, to: sketch.to, heightM: sketch.outM };
  const spans = spansOf(flown, sketch.plane, gateBack, rules, drone.calibration);
  const asked = { drone: drone.id, base: datumOf(wish), groundAmslM: wish.fromBase?.groundAmslM ?? null, spans };
  const lastUs = latestDelayUs(wish, world, spans);
  if (lastUs < 0) {
    return { weight: 3, not: not('air', 'would come too late for the time window', null, null) };
  }
  const air = freeAir(asked, wish.departUtcUs, world.reservations, rules, Math.min(rules.delayMaxS * 1e6, lastUs));
  if (air.delayUs === null) {
    const meets = air.meets === null ? 'another flight' : `order ${air.meets.order} (${air.meets.drone})`;
    const words = `would meet ${meets} for another ${Math.ceil(air.freeAfterUs / 60e6)} min`;
    return { weight: 3, not: not('air', words, air.meets?.drone ?? null, null, wish.departUtcUs + air.freeAfterUs) };
  }
  const gate = flown.expected.findIndex(({ of }) => of === 'gate');
  const before = gate < 0 ? [] : flown.expected.slice(0, gate);
  return {
    ...{ sketch, spans, energy, delayUs: air.delayUs },
    distanceM: flown.expected.reduce((sum, { lengthM }) => sum + lengthM, 0),
    expectedS: flown.expected.reduce((sum, { timeS, of }) => sum + (of === 'gate' ? 0 : timeS), 0),
    releaseS: gate < 0 ? null : before.reduce((sum, { timeS }) => sum + timeS, 0),
  };
}

export function tooEmpty({
  chargePct,
  needPct,
  reservePct,
}: Pick<LegEnergy, 'chargePct' | 'needPct' | 'reservePct'>): Not {
  const wanted = Math.ceil(needPct + reservePct);
  return not(
    'charge',
    `has ${Math.floor(chargePct)} %, the flight takes ${Math.ceil(needPct)} % and ${reservePct} % stay in reserve`,
    Math.floor(chargePct),
    wanted,
  );
}

/** Heights of a tube compare within one datum: its base, or the place of a drone that stands elsewhere. */
const datumOf = ({ fromBase, drone }: FlightWish): string => fromBase?.id ?? `at ${drone.id}`;

/** How much later it may start and still be at the gate in time at its slowest, µs. */
function latestDelayUs({ order, kind, departUtcUs }: FlightWish, { rules }: World, spans: readonly Span[]): number {
  if (kind === 'ferry' || order.notAfterUtcUs === null) return rules.delayMaxS * 1e6;
  const gateS = spans
    .filter(({ what }) => what === 'out' || what === 'climb')
    .reduce((most, { toS }) => Math.max(most, toS), 0);
  return order.notAfterUtcUs - departUtcUs - gateS * 1e6;
}

function build(wish: FlightWish, world: World, found: Found): Flight {
  const { limits, rules } = world;
  const { order, drone, kind, fromBase, toBase, toPad, alternate } = wish;
  const { sketch, spans, energy } = found;
  const departUtcUs = wish.departUtcUs + found.delayUs;
  const departByUtcUs = departUtcUs + rules.startSlackS * 1e6;
  const tube = tubeAt(spans, departUtcUs);
  const endUtcUs = tube.reduce((most, { toUtcUs }) => Math.max(most, toUtcUs), departByUtcUs);
  const gateEndUtcUs = tube
    .filter(({ what }) => what === 'gate')
    .reduce((most, { toUtcUs }) => Math.max(most, toUtcUs), 0);
  const notAfterUtcUs = Math.min(order.notAfterUtcUs ?? Number.POSITIVE_INFINITY, gateEndUtcUs + rules.readyS * 1e6);
  const delivery = kind === 'ferry' ? null : { order, minBatteryPct: energy.backPct, notAfterUtcUs };
  const id = `${order.id}.${order.attempt ?? 1}${kind === 'ferry' ? '.ferry' : ''}`;
  // Its drone itself refuses to begin when its air is kept no longer, and the order may be another drone's.
  const startByUtcUs = Math.min(departByUtcUs, order.notAfterUtcUs ?? Number.POSITIVE_INFINITY);
  const itinerary = itineraryOf(id, sketch, delivery, startByUtcUs, limits, rules);
  const wrong = refusal(itinerary, wish, world);
  if (wrong !== null) return { ok: false, not: wrong };
  const pads: PadUse[] = [{ base: toBase.id, pad: toPad.id, use: 'landing' }];
  if (fromBase !== null && wish.fromPad !== null) pads.push({ base: fromBase.id, pad: wish.fromPad, use: 'take-off' });
  if (alternate !== null) pads.push({ base: alternate.base.id, pad: alternate.pad.id, use: 'alternate' });
  const leg: PlannedLeg = {
    ...{ kind, itinerary, fromBase: fromBase?.id ?? null, fromPad: wish.fromPad, toBase: toBase.id, toPad: toPad.id },
    ...{ layerOutM: sketch.outM, layerBackM: sketch.backM, departUtcUs, departByUtcUs, energy },
    releaseUtcUs: found.releaseS === null ? null : departUtcUs + Math.round(found.releaseS * 1e6),
    landUtcUs: departUtcUs + Math.round(found.expectedS * 1e6),
    distanceM: Math.round(found.distanceM),
    notes: notesOf(wish, sketch),
  };
  const reservation: Reservation = {
    ...{ order: order.id, drone: drone.id, leg: kind, fromUtcUs: departUtcUs, toUtcUs: endUtcUs, tube, pads },
    ...{ base: datumOf(wish), groundAmslM: fromBase?.groundAmslM ?? null },
  };
  return { ok: true, leg, reservation, endUtcUs };
}

/** What every itinerary is judged by (protocol), with the zones that are near. */
function refusal(itinerary: Itinerary, wish: FlightWish, { limits }: World): Not | null {
  const verdict = validate(itinerary, limits, aircraftOf(wish));
  const first = verdict.refusals[0];
  return first === undefined ? null : not('plan', `its itinerary is refused: ${first.words}`, first.value, first.limit);
}

function notesOf(wish: FlightWish, sketch: Sketch): readonly string[] {
  const touched = (areas: readonly { readonly zone: { readonly name: string } }[]): string =>
    [...new Set(areas.map(({ zone }) => zone.name))].join(', ');
  const soft = [...sketch.areas.slow, ...sketch.areas.caution];
  const near = soft.filter((area) =>
    [...sketch.out, ...sketch.back].some((p) => apartM(p, area.centre) <= area.radiusM),
  );
  return [
    'heights count from the take-off; terrain and buildings on the way are not known',
    ...(near.length === 0 ? [] : [`touches ${touched(near)}`]),
    ...(wish.alternate === null ? ['no free pad as an alternate'] : []),
    ...(wish.weather === null ? ['wind not known'] : []),
    ...(sketch.gateAlong ? ['the straight way back is not free: a shut gate leads back along the planned way'] : []),
  ];
}
