/** Whether an order can be flown at all, by this fleet, over this ground: what is wrong with it, for its customer. */
import { distanceM, type Place } from '@skein/protocol/fleet';
import { planeOf } from './plane.ts';
import type { Base, Candidate, OrderWish, World, Zone } from './ports.ts';
import type { Reason } from './reasons.ts';
import { Surroundings, zonesOf } from './surroundings.ts';

/** Of a drone, what it could carry at best. */
export type Kind = Pick<Candidate, 'airframe'>;

export type Checked =
  | { readonly ok: true; readonly base: Base }
  | { readonly ok: false; readonly reasons: readonly Reason[] };

const km = (metres: number): number => Math.round(metres / 100) / 10;

export function nearestBase(
  bases: readonly Base[],
  place: Place,
): { readonly base: Base; readonly awayM: number } | null {
  let nearest: { readonly base: Base; readonly awayM: number } | null = null;
  for (const base of bases) {
    const places = [base.place, ...base.pads.map((pad) => pad.place)];
    const awayM = Math.min(...places.map((one) => distanceM(one, place)));
    if (nearest === null || awayM < nearest.awayM) nearest = { base, awayM };
  }
  return nearest;
}

export function checkOrder(order: OrderWish, fleet: readonly Kind[], world: World, nowUtcUs: number): Checked {
  const { rules, limits } = world;
  const reasons: Reason[] = [];
  const refuse = (rule: Reason['rule'], words: string, value: Reason['value'], limit: Reason['limit']): void => {
    reasons.push({ rule, words, value, limit });
  };
  const own = order.base === undefined ? world.bases : world.bases.filter(({ id }) => id === order.base);
  const nearest = nearestBase(own, order.pickup);
  const none = order.base === undefined ? 'there is no base' : `its base ${order.base} is not there any more`;
  if (nearest === null) refuse('pickup-not-at-base', none, null, rules.pickupWithinM);
  else if (nearest.awayM > rules.pickupWithinM) {
    const words = `the pickup is ${km(nearest.awayM)} km from ${nearest.base.name}, the nearest base; parcels are loaded at a base`;
    refuse('pickup-not-at-base', words, Math.round(nearest.awayM), rules.pickupWithinM);
  }
  if (!(order.payloadKg > 0)) refuse('payload', 'the mass of the parcel is more than 0 kg', order.payloadKg, 0);
  able(order, fleet, refuse);
  if (nearest !== null) {
    const awayM = distanceM(nearest.base.place, order.dropOff);
    if (awayM > rules.dropOffMaxM) {
      refuse(
        'too-far',
        `the drop-off is ${km(awayM)} km from ${nearest.base.name}, at most ${km(rules.dropOffMaxM)} km are flown`,
        Math.round(awayM),
        rules.dropOffMaxM,
      );
    }
    inZones(order, nearest.base, world, nowUtcUs, refuse);
    const climbS = rules.lowestLayerM / limits.climbMps;
    const shortestS = rules.loadingS + climbS + awayM / limits.cruiseMps;
    const leftS = ((order.notAfterUtcUs ?? Number.POSITIVE_INFINITY) - nowUtcUs) / 1e6;
    if (leftS <= 0)
      refuse(
        'window-over',
        'its time window is over',
        new Date(nowUtcUs / 1000).toISOString(),
        iso(order.notAfterUtcUs),
      );
    else if (leftS < shortestS) {
      const words = `it takes ${Math.ceil(shortestS / 60)} min to the drop-off, the time window ends in ${Math.floor(leftS / 60)} min`;
      refuse('window-too-short', words, Math.ceil(shortestS / 60), Math.floor(leftS / 60));
    }
  }
  if (order.notBeforeUtcUs !== null && order.notAfterUtcUs !== null && order.notBeforeUtcUs >= order.notAfterUtcUs) {
    refuse(
      'window-too-short',
      'the time window ends before it begins',
      iso(order.notBeforeUtcUs),
      iso(order.notAfterUtcUs),
    );
  }
  if (reasons.length > 0 || nearest === null) return { ok: false, reasons };
  return { ok: true, base: nearest.base };
}

const iso = (utcUs: number | null): string | null => (utcUs === null ? null : new Date(utcUs / 1000).toISOString());

type Refuse = (rule: Reason['rule'], words: string, value: Reason['value'], limit: Reason['limit']) => void;

function able(order: OrderWish, fleet: readonly Kind[], refuse: Refuse): void {
  // One may join: it waits (nobody.ts).
  if (fleet.length === 0) return;
  let most = 0;
  let canRelease = false;
  for (const { airframe } of fleet) {
    if (!airframe.methods.includes(order.how)) continue;
    canRelease = true;
    most = Math.max(most, airframe.payloadMaxKg);
  }
  if (!canRelease) refuse('method', `no drone of the fleet releases parcels by ${order.how}`, order.how, null);
  else if (order.payloadKg > most) {
    refuse(
      'too-heavy',
      `${order.payloadKg} kg; the strongest drone that releases by ${order.how} carries ${most} kg`,
      order.payloadKg,
      most,
    );
  }
}

/** Zones over its ends that hold as long as it could still be flown; those that end sooner are waited for (plan.ts). */
function inZones(order: OrderWish, base: Base, world: World, nowUtcUs: number, refuse: Refuse): void {
  const end = order.notAfterUtcUs ?? Number.POSITIVE_INFINITY;
  const lasting = zonesOf(world).filter(
    (zone) => (zone.validFromUtcUs ?? 0) <= nowUtcUs && (zone.validToUtcUs ?? Number.POSITIVE_INFINITY) >= end,
  );
  const over = zoneOver(order.dropOff, lasting, base, world, nowUtcUs);
  if (over !== null) refuse('drop-off-in-zone', zoneWords('the drop-off', over), over.name, null);
  const at = zoneOver(base.place, lasting, base, world, nowUtcUs);
  if (at !== null) refuse('pickup-in-zone', zoneWords(base.name, at), at.name, null);
}

function zoneOver(place: Place, zones: readonly Zone[], base: Base, { rules }: World, nowUtcUs: number): Zone | null {
  const plane = planeOf(base.place);
  const around = new Surroundings(
    { zones, plane, from: base.place, groundAmslM: base.groundAmslM },
    ...([rules.zoneMarginM, nowUtcUs, nowUtcUs] as const),
  );
  return around.column(plane.of(place), rules.lowestLayerM);
}

function zoneWords(what: string, { kind, name }: Zone): string {
  return kind === 'keep-in'
    ? `${what} lies outside "${name}", which flights from there stay in`
    : `${what} lies in the no-fly zone "${name}" or too near to it`;
}
