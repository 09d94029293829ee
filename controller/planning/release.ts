/**
 * Whether a planned leg may start now: people load slowly, weather and zones change, and the air was kept for the time that
 * was planned. Asked right before each `start`; what it answers with is what is kept from then on.
 */
import type { Place } from '@skein/protocol/fleet';
import { freeAir } from './air.ts';
import { badWeather, chargeOf, unfit } from './drones.ts';
import { flownOf, legEnergy } from './energy.ts';
import { aircraftOf, tooEmpty } from './flight.ts';
import { planeOf } from './plane.ts';
import type { Base, Candidate, OrderWish, PlannedLeg, Reservation, World } from './ports.ts';
import { Surroundings, zonesOf } from './surroundings.ts';
import { type GateBack, spansOf, tubeAt } from './tube.ts';
import { isFree } from './zones.ts';

export interface Ready {
  readonly order: OrderWish;
  readonly drone: Candidate;
  readonly leg: PlannedLeg;
  readonly reservation: Reservation;
  readonly world: World;
  readonly nowUtcUs: number;
}

export type Release =
  /** Start it, before `startByUtcUs`; keep this reservation instead of the old one. */
  | { readonly kind: 'go'; readonly startByUtcUs: number; readonly reservation: Reservation }
  | { readonly kind: 'wait'; readonly words: string; readonly untilUtcUs: number | null }
  /** Not like this: plan it again, with this drone, under a higher version. */
  | { readonly kind: 'replan'; readonly words: string };

export function release({ order, drone, leg, reservation, world, nowUtcUs }: Ready): Release {
  const { limits, rules } = world;
  const { itinerary } = leg;
  const against = unfit({ ...drone, busyWith: null }, order, world, nowUtcUs);
  if (against !== null) return { kind: 'wait', words: `${drone.id} ${against.words}`, untilUtcUs: against.fromUtcUs };
  const fromBase = world.bases.find(({ id }) => id === leg.fromBase) ?? null;
  const toBase = world.bases.find(({ id }) => id === leg.toBase);
  const toPad = toBase?.pads.find(({ id }) => id === leg.toPad);
  if (toBase === undefined || toPad === undefined || toPad.closed) {
    return { kind: 'replan', words: `the pad ${leg.toPad} is not there any more` };
  }
  const weather = world.weather.find(({ base }) => base === (fromBase ?? toBase).id) ?? null;
  const bad = badWeather(weather, rules);
  if (bad !== null)
    return { kind: 'wait', words: `${bad.words}, the limit is ${bad.limit}`, untilUtcUs: weather?.nextUtcUs ?? null };
  const startByUtcUs = nowUtcUs + rules.startSlackS * 1e6;
  if (startByUtcUs > Date.parse(itinerary.notAfter ?? '') * 1000) {
    return { kind: 'replan', words: `its itinerary is good until ${itinerary.notAfter} only` };
  }
  const chargePct = chargeOf(drone) ?? 0;
  const from = itinerary.base ?? (fromBase as Base).place;
  const about = { kind: leg.kind, drone, fromBase, from, fromPad: leg.fromPad, toBase, toPad, alternate: null };
  const flown = flownOf(itinerary, limits, aircraftOf({ ...about, weather, chargePct, departUtcUs: nowUtcUs }), rules);
  const payloadKg = leg.kind === 'ferry' ? 0 : order.payloadKg;
  const loaded = { airframe: drone.airframe, calibration: drone.calibration, payloadKg, chargePct };
  const energy = legEnergy(flown.worst, loaded, weather, limits, rules);
  if (energy === null || energy.leftPct < limits.reservePct) {
    return {
      kind: 'replan',
      words: energy === null ? 'its charge is not known' : `${drone.id} ${tooEmpty(energy).words}`,
    };
  }
  const plane = planeOf(from);
  const spans = spansOf(flown, plane, gateBackOf(leg), rules, drone.calibration);
  const tube = tubeAt(spans, nowUtcUs);
  const blocked = zoneInTheWay(tube, from, fromBase, world);
  if (blocked !== null) return { kind: 'replan', words: `the zone "${blocked}" is in its way now` };
  const gate = Math.max(0, ...tube.filter(({ what }) => what === 'out').map(({ toUtcUs }) => toUtcUs));
  if (leg.kind === 'delivery' && order.notAfterUtcUs !== null && gate > order.notAfterUtcUs) {
    return { kind: 'replan', words: 'it would come too late for the time window' };
  }
  const asked = { drone: drone.id, base: reservation.base, groundAmslM: reservation.groundAmslM, spans };
  const air = freeAir(asked, nowUtcUs, world.reservations, rules, rules.delayMaxS * 1e6);
  if (air.delayUs === null)
    return { kind: 'replan', words: `the air is not free for ${Math.ceil(air.freeAfterUs / 60e6)} min` };
  if (air.delayUs > 0) {
    const words = `would meet order ${air.meets?.order} (${air.meets?.drone})`;
    return { kind: 'wait', words, untilUtcUs: nowUtcUs + air.delayUs };
  }
  const toUtcUs = tube.reduce((most, part) => Math.max(most, part.toUtcUs), startByUtcUs);
  return { kind: 'go', startByUtcUs, reservation: { ...reservation, fromUtcUs: nowUtcUs, toUtcUs, tube } };
}

/** The straight way back from a gate that stays shut. */
function gateBackOf({ itinerary }: PlannedLeg): GateBack | null {
  const gate = itinerary.items.find((item) => item.do === 'deliver');
  const end = itinerary.items.at(-1);
  if (gate?.do !== 'deliver' || gate.shut === 'along' || end?.do !== 'land') return null;
  if (end.latDeg === undefined || end.lonDeg === undefined) return null;
  const to: Place = { latDeg: end.latDeg, lonDeg: end.lonDeg };
  return { from: { latDeg: gate.latDeg, lonDeg: gate.lonDeg }, to, heightM: gate.altM };
}

/** A zone that was not there when it was planned, or holds by now. */
function zoneInTheWay(tube: Reservation['tube'], from: Place, fromBase: Base | null, world: World): string | null {
  const plane = planeOf(from);
  const about = { zones: zonesOf(world), plane, from, groundAmslM: fromBase?.groundAmslM ?? null };
  const first = tube[0]?.fromUtcUs ?? 0;
  const last = tube.reduce((most, { toUtcUs }) => Math.max(most, toUtcUs), first);
  const around = new Surroundings(about, world.limits.marginM, first, last);
  for (const part of tube) {
    const a = plane.of(part.from);
    const b = plane.of(part.to);
    if (part.lowM === part.highM && !isFree({ a, b }, around.at(part.highM), world.limits.marginM)) {
      const areas = around.at(part.highM);
      const hit = areas.out.find(
        (area) => !isFree({ a, b }, { ...areas, out: [area], within: [] }, world.limits.marginM),
      );
      return (hit ?? areas.within[0])?.zone.name ?? 'a zone';
    }
    if (part.lowM !== part.highM) {
      const over = around.column(a, part.highM);
      if (over !== null) return over.name;
    }
  }
  return null;
}
