/** The flight of an order before a drone is chosen: is there a way, what does it take, when can it begin? */

import { type Flown, flownOf, legEnergy } from './energy.ts';
import { aircraftOf, type FlightWish } from './flight.ts';
import { itineraryOf } from './itinerary.ts';
import { layerPairs, layersOf } from './layers.ts';
import type { Question } from './plan.ts';
import type { Base, Candidate, Decision, Pad, Weather, World } from './ports.ts';
import type { Reason } from './reasons.ts';
import { sketches } from './sketches.ts';

export interface Draft {
  readonly kind: 'draft';
  readonly flown: Flown;
  readonly weather: Weather | null;
  /** Started earlier it would be at the drop-off too early. */
  readonly notBeforeUtcUs: number;
}

type Answer = Draft | (Decision & { readonly kind: 'wait' | 'infeasible' });

export function draftOf(q: Question, base: Base): Answer {
  const { order, fleet, world, nowUtcUs } = q;
  const { rules, limits } = world;
  const typical = fleet.find(
    (one) => one.airframe.methods.includes(order.how) && one.airframe.payloadMaxKg >= order.payloadKg,
  );
  if (typical === undefined) return { kind: 'infeasible', reasons: [] };
  const weather = world.weather.find((one) => one.base === base.id) ?? null;
  const pad: Pad = base.pads[0] ?? { id: '', place: base.place, occupiedBy: null, chargeW: 0 };
  const departUtcUs = nowUtcUs + rules.loadingS * 1e6;
  const wish: FlightWish = {
    ...{ kind: 'delivery', drone: typical, order, chargePct: 100, from: pad.place, fromBase: base, fromPad: pad.id },
    ...{ toBase: base, toPad: pad, alternate: null, weather, departUtcUs },
  };
  const first = firstWay(wish, world);
  if ('reason' in first) return noWay(wish, world, first.reason);
  const delivery = { order, minBatteryPct: 0, notAfterUtcUs: null };
  const itinerary = itineraryOf('draft', first.sketch, delivery, departUtcUs, limits, rules);
  const calm = flownOf(itinerary, limits, aircraftOf({ ...wish, weather: null }), { ...rules, windErrorMps: 0 });
  const tooFar = beyondAll(q, calm);
  if (tooFar !== null) return { kind: 'infeasible', reasons: [tooFar] };
  const flown = flownOf(itinerary, limits, aircraftOf(wish), rules);
  let toGateS = 0;
  for (const phase of flown.expected) {
    if (phase.of === 'gate') break;
    toGateS += phase.timeS * (1 - rules.earlyPct / 100);
  }
  const soonest = order.notBeforeUtcUs === null ? departUtcUs : order.notBeforeUtcUs - Math.floor(toGateS * 1e6);
  return { kind: 'draft', flown, weather, notBeforeUtcUs: Math.max(departUtcUs, soonest) };
}

function firstWay(wish: FlightWish, world: World) {
  const layers = layersOf(wish.toBase, world.limits.ceilingM, world.rules);
  const pairs = layerPairs(layers, 0, 0, wish.toBase.returnAltM, 8);
  let reason: Reason = {
    rule: 'no-route',
    words: 'no height is left between the lowest layer and the ceiling',
    value: null,
    limit: null,
  };
  let asked = false;
  for (const one of sketches(wish, world, pairs)) {
    if ('sketch' in one) return one;
    if (!asked) reason = { rule: 'no-route', words: one.not.words, value: one.not.value, limit: one.not.limit };
    asked = true;
  }
  return { reason };
}

/** Without the zones that end, is there a way? Then the first of them to end is waited for. */
function noWay(wish: FlightWish, world: World, reason: Reason): Answer {
  const ending = world.zones.filter(({ validToUtcUs }) => validToUtcUs !== null && validToUtcUs >= wish.departUtcUs);
  const lasting = { ...world, zones: world.zones.filter((zone) => !ending.includes(zone)) };
  if (ending.length === 0 || 'reason' in firstWay(wish, lasting)) return { kind: 'infeasible', reasons: [reason] };
  const untilUtcUs = Math.min(...ending.map(({ validToUtcUs }) => validToUtcUs ?? 0));
  const words = `${reason.words}; a zone that is in the way ends`;
  return { kind: 'wait', words, reasons: [{ ...reason, rule: 'zone', words }], untilUtcUs, claim: null, why: [] };
}

/** Nobody could, with a full pack in calm air. */
function beyondAll({ order, fleet, world }: Question, calm: Flown): Reason | null {
  const { limits, rules } = world;
  const kinds = new Map<string, Candidate['airframe']>();
  for (const { airframe } of fleet) {
    if (airframe.payloadMaxKg < order.payloadKg || !airframe.methods.includes(order.how)) continue;
    kinds.set(`${airframe.batteryWh} ${airframe.emptyKg}`, airframe);
  }
  let least: number | null = null;
  for (const airframe of kinds.values()) {
    const drone = { airframe, calibration: null, payloadKg: order.payloadKg, chargePct: 100 };
    const energy = legEnergy(calm.worst, drone, null, limits, rules);
    // Where the pack is not known nothing is ruled out for good.
    if (energy === null || energy.leftPct >= limits.reservePct) return null;
    least = Math.min(least ?? energy.needPct, energy.needPct);
  }
  if (least === null) return null;
  const words = `there and back take ${Math.ceil(least)} % of a full pack with ${order.payloadKg} kg, ${100 - limits.reservePct} % may be used`;
  return { rule: 'too-far', words, value: Math.ceil(least), limit: 100 - limits.reservePct };
}
