/** Whether a drone may be thought of at all, before any way is looked at: why not, in the order a person would ask. */
import { chargedPct, chargingS } from './charging.ts';
import type { Base, Candidate, Claim, GroundStop, OrderWish, Reservation, Rules, Weather, World } from './ports.ts';
import type { Considered, DroneReason } from './reasons.ts';

/** The lower of reported and remembered: a reboot refills the battery on paper (flight rules §5); null: neither is known. */
export function chargeOf({
  reportedPct,
  rememberedPct,
}: Pick<Candidate, 'reportedPct' | 'rememberedPct'>): number | null {
  if (reportedPct === null) return rememberedPct;
  return rememberedPct === null ? reportedPct : Math.min(reportedPct, rememberedPct);
}

export type Not = Omit<Considered, 'drone' | 'chosen'>;
export const not = (
  rule: DroneReason,
  words: string,
  value: number | string | null = null,
  limit: number | string | null = null,
  fromUtcUs: number | null = null,
): Not => ({ rule, words, value, limit, fromUtcUs });

const NEVER: readonly Candidate['control'][] = ['pilot', 'autopilot-failsafe', 'other-station'];

export function unfit(drone: Candidate, order: OrderWish, world: World, nowUtcUs: number): Not | null {
  const { airframe } = drone;
  if (order.payloadKg > airframe.payloadMaxKg) {
    return not('payload', `carries ${airframe.payloadMaxKg} kg at most`, order.payloadKg, airframe.payloadMaxKg);
  }
  if (!airframe.methods.includes(order.how)) {
    return not('method', `cannot release by ${order.how}`, order.how, airframe.methods.join(', '));
  }
  if (!drone.online) return not('offline', 'is not heard');
  if (NEVER.includes(drone.control)) return not('control', `control: ${drone.control}`, drone.control, 'skein');
  if (drone.busyWith !== null) {
    return not('busy', `is busy: ${drone.busyWith}`, drone.busyWith, null, drone.busyUntilUtcUs);
  }
  if (drone.armed || !drone.onGround)
    return not('in-the-air', drone.armed ? 'is armed' : 'is not known to stand on the ground');
  if (drone.holds.length > 0)
    return not('hold', `is kept on the ground: ${drone.holds.join('; ')}`, drone.holds[0] ?? null);
  if (drone.place === null || !drone.trusted) return not('position', 'its position is not trusted now');
  if (drone.preflightStops.length > 0) {
    return not('preflight', `pre-flight stops: ${drone.preflightStops.join(', ')}`, drone.preflightStops[0] ?? null);
  }
  const claim = (world.claims ?? []).find((one) => one.drone === drone.id && one.order !== order.id);
  if (claim !== undefined) return not('promised', `order ${claim.order} waits for it`, claim.order);
  const flight = (flightsOf(world.reservations).get(drone.id) ?? []).find((one) => one.order !== order.id);
  if (flight !== undefined) return not('busy', `flies order ${flight.order}`, flight.order, null, flight.toUtcUs);
  const stop = stopFor(world.stops, drone, drone.base, nowUtcUs);
  if (stop !== null) return not('ground-stop', stopWords(stop), stop.reason, null, stop.untilUtcUs);
  if (chargeOf(drone) === null || airframe.batteryWh === null) {
    return not(
      'charge-not-known',
      chargeOf(drone) === null ? 'its charge is not known' : 'the energy of its pack is not known',
    );
  }
  return null;
}

const byDrone = new WeakMap<readonly Reservation[], ReadonlyMap<string, readonly Reservation[]>>();

/** Made once for a list: it is asked for each drone. */
function flightsOf(reservations: readonly Reservation[]): ReadonlyMap<string, readonly Reservation[]> {
  const known = byDrone.get(reservations);
  if (known !== undefined) return known;
  const made = Map.groupBy(reservations, ({ drone }) => drone);
  byDrone.set(reservations, made);
  return made;
}

export function stopFor(
  stops: readonly GroundStop[],
  drone: Pick<Candidate, 'groups'> | null,
  base: string | null,
  nowUtcUs: number,
): GroundStop | null {
  const reaches = ({ reach }: GroundStop): boolean => {
    if ('fleet' in reach) return true;
    if ('base' in reach) return reach.base === base;
    return drone?.groups?.includes(reach.group) ?? false;
  };
  const on = ({ fromUtcUs, untilUtcUs }: GroundStop): boolean =>
    fromUtcUs <= nowUtcUs && (untilUtcUs === null || untilUtcUs > nowUtcUs);
  return stops.find((stop) => on(stop) && reaches(stop)) ?? null;
}
export const stopWords = (stop: GroundStop): string => `ground stop by ${stop.by}: ${stop.reason}`;

/** For people: they look at its cable, its pad and its pack. */
export const NOT_CHARGED = 'it stands on a charger and does not charge';

/** What it will have when it starts: it goes on charging while its parcel is loaded, where it is charged. */
export function chargeAt(drone: Candidate, base: Base | null, seconds: number): number | null {
  const now = chargeOf(drone);
  const wh = drone.airframe.batteryWh;
  if (now === null || wh === null) return null;
  return drone.charging ? chargedPct(now, seconds, wh, chargerW(drone, base)) : now;
}

/** When it will have that charge, µs; null: it is not charged, or never so full. */
export function chargedBy(drone: Candidate, base: Base | null, pct: number, nowUtcUs: number): number | null {
  const now = chargeOf(drone);
  const wh = drone.airframe.batteryWh;
  if (now === null || wh === null) return null;
  const seconds = chargingS(now, pct, wh, drone.charging ? chargerW(drone, base) : 0);
  return seconds === null ? null : nowUtcUs + Math.ceil(seconds * 1e6);
}

const chargerW = (drone: Candidate, base: Base | null): number =>
  base?.pads.find(({ id }) => id === drone.pad)?.chargeW ?? 0;

/** Why nobody starts in this weather, or null. */
export function badWeather(weather: Weather | null, rules: Rules) {
  if (weather === null) return null;
  const { windMps, gustMps, temperatureC } = weather;
  if (windMps > rules.windMaxMps) {
    return { rule: 'wind', words: `the wind is ${windMps} m/s`, value: windMps, limit: rules.windMaxMps } as const;
  }
  if (gustMps !== null && gustMps > rules.gustMaxMps) {
    return { rule: 'gusts', words: `gusts of ${gustMps} m/s`, value: gustMps, limit: rules.gustMaxMps } as const;
  }
  if (temperatureC !== null && temperatureC < rules.temperatureMinC) {
    return {
      rule: 'too-cold',
      words: `it is ${temperatureC} °C`,
      value: temperatureC,
      limit: rules.temperatureMinC,
    } as const;
  }
  if (temperatureC !== null && temperatureC > rules.temperatureMaxC) {
    return {
      rule: 'too-hot',
      words: `it is ${temperatureC} °C`,
      value: temperatureC,
      limit: rules.temperatureMaxC,
    } as const;
  }
  return null;
}

export const claimOf = (order: OrderWish, drone: string, fromUtcUs: number): Claim => ({
  order: order.id,
  drone,
  fromUtcUs,
});
