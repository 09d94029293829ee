/**
 * What one flight has drawn, and what the model says for a flight like that, out of stored telemetry: pure. A meter that reads
 * too little must not make later flights look cheap, so of all that was measured the dearest counts, and a flight whose
 * measurements do not fit together teaches nothing.
 */
export interface AirAt {
  readonly atUtcUs: number;
  readonly groundSpeedMps: number | null;
  readonly airSpeedMps: number | null;
  /** Up positive. */
  readonly climbMps: number | null;
}

export interface BatteryAt {
  readonly atUtcUs: number;
  readonly voltageV: number | null;
  readonly currentA: number | null;
  readonly consumedMah: number | null;
  readonly consumedJ: number | null;
  readonly remainingPct: number | null;
}

export interface ArmedAt {
  readonly atUtcUs: number;
  readonly armed: boolean | null;
}

export interface Telemetry {
  readonly status: readonly ArmedAt[];
  readonly air: readonly AirAt[];
  /** Of battery 0. */
  readonly battery: readonly BatteryAt[];
  /** Batteries that told of themselves meanwhile; not given: one. */
  readonly batteries?: number;
}

/** W by what it does, for a drone of so many times its empty mass. */
export type Power = (
  phase: { readonly does: 'climb' | 'cruise' | 'hover'; readonly airMps: number },
  mass: number,
) => number;

export interface Asked {
  /** It was armed for this flight in between. */
  readonly fromUtcUs: number;
  readonly toUtcUs: number;
  /** From then on without the parcel; null: it had none. */
  readonly releasedUtcUs: number | null;
  /** Mass with the parcel ÷ mass without. */
  readonly loadedMass: number;
  /** Of a full pack, Wh; null: not known. */
  readonly batteryWh: number | null;
  readonly power: Power;
}

export interface Measured {
  readonly modelWh: number;
  readonly flownWh: number;
  readonly flownS: number;
  readonly climbS: number;
  readonly cruiseS: number;
  readonly hoverS: number;
  /** Each way of measuring that was possible, Wh; the greatest counts. */
  readonly by: Readonly<Record<string, number>>;
}

/** `gap`: parts are missing that may come still. `not`: it teaches nothing, why. */
export type Answer = { readonly ok: Measured } | { readonly gap: string } | { readonly not: string };

const AIR_GAP_US = 10e6;
const BATTERY_GAP_US = 20e6;
/** A flight shorter than this is mostly take-off and landing, s. */
const LEAST_S = 60;
const CLIMB_MPS = 0.5;
const CRUISE_MPS = 2;
/** Percents are whole ones: fewer of them tell too little. */
const LEAST_PCT = 10;
/** A pack under load falls; one that is so much higher afterwards is another one, or was charged. */
const RISES = 1.03;
/** So far apart one of them is wrong, and nobody knows which. */
const DISAGREE = 1.3;
/** What no flight is: a sensor, a pack or a plan is not what it is taken for. */
const RATIO_LEAST = 0.5;
const RATIO_MOST = 3;

export function measure(telemetry: Telemetry, asked: Asked): Answer {
  const flown = armedIn(telemetry.status, asked);
  if ('gap' in flown || 'not' in flown) return flown;
  const { from, to } = flown;
  const flownS = (to - from) / 1e6;
  if (flownS < LEAST_S) return { not: `shorter than ${LEAST_S} s` };
  const inFlight = <T extends { readonly atUtcUs: number }>(all: readonly T[]): readonly T[] =>
    all.filter(({ atUtcUs }) => atUtcUs >= from && atUtcUs <= to);
  const air = inFlight(telemetry.air);
  const battery = inFlight(telemetry.battery);
  if (hasGap(air, from, to, AIR_GAP_US)) return { gap: 'speeds are missing' };
  if (hasGap(battery, from, to, BATTERY_GAP_US)) return { gap: 'battery values are missing' };
  // Two may share the load, or one may be the payload's: half of what it draws would be taken for all of it.
  const { batteries = 1 } = telemetry;
  if (batteries > 1)
    return { not: `${batteries} batteries told of themselves: which of them it flies on is not known` };
  const { releasedUtcUs } = asked;
  if (releasedUtcUs !== null && (releasedUtcUs <= from || releasedUtcUs >= to))
    return { not: 'when it was released is not known' };
  const drawn = drawnBy(battery, asked.batteryWh);
  if ('not' in drawn) return drawn;
  const model = modelled(air, asked);
  const flownWh = Math.max(...Object.values(drawn.by));
  const ratio = flownWh / model.modelWh;
  if (!(ratio >= RATIO_LEAST && ratio <= RATIO_MOST))
    return { not: `${ratio.toFixed(2)} times the model: a sensor, the pack or the parcel is not what it is taken for` };
  return { ok: { ...model, flownWh, flownS, by: drawn.by } };
}

/** The one stretch in which it was armed, whole. */
function armedIn(
  status: readonly ArmedAt[],
  { fromUtcUs, toUtcUs }: Asked,
): Exclude<Answer, { readonly ok: Measured }> | { readonly from: number; readonly to: number } {
  const known = status.filter(({ atUtcUs, armed }) => armed !== null && atUtcUs >= fromUtcUs && atUtcUs <= toUtcUs);
  const first = known.findIndex(({ armed }) => armed === true);
  const last = known.findLastIndex(({ armed }) => armed === true);
  const [on, off] = [known[first], known[last]];
  if (first < 0 || on === undefined || off === undefined) return { gap: 'no flight is stored' };
  if (first === 0 || last === known.length - 1) return { gap: 'its beginning or its end is missing' };
  if (hasGap(known, on.atUtcUs, off.atUtcUs, AIR_GAP_US)) return { gap: 'parts of it are missing' };
  const isOne = known.slice(first, last + 1).every(({ armed }) => armed === true);
  return isOne ? { from: on.atUtcUs, to: off.atUtcUs } : { not: 'it was disarmed on the way' };
}

function hasGap(all: readonly { readonly atUtcUs: number }[], from: number, to: number, most: number): boolean {
  let last = from;
  for (const { atUtcUs } of all) {
    if (atUtcUs - last > most) return true;
    last = Math.max(last, atUtcUs);
  }
  return to - last > most;
}

/** Energy by each way of measuring, Wh. */
function drawnBy(
  battery: readonly BatteryAt[],
  batteryWh: number | null,
): { readonly not: string } | { readonly by: Readonly<Record<string, number>> } {
  const ends = <K extends keyof BatteryAt>(key: K) => {
    const all = battery.flatMap((one) => (one[key] === null ? [] : [one[key] as number]));
    return { all, first: all[0] ?? 0, last: all.at(-1) ?? 0 };
  };
  const volts = ends('voltageV');
  const mean = volts.all.reduce((sum, one) => sum + one, 0) / Math.max(1, volts.all.length);
  if (volts.all.length > 0 && volts.last > volts.first * RISES)
    return { not: 'its voltage rose: another pack, or charged' };
  const by: Record<string, number> = {};
  const current = integral(battery);
  if (current !== null) by.current = current;
  for (const [name, key, perWh] of [
    ['charge', 'consumedMah', 1000 / Math.max(mean, 1)],
    ['energy', 'consumedJ', 3600],
  ] as const) {
    const { all, first, last } = ends(key);
    if (all.some((one, i) => one < (all[i - 1] ?? 0))) return { not: 'its counters began anew: a reboot in flight' };
    if (last > first && (key !== 'consumedMah' || mean > 0)) by[name] = (last - first) / perWh;
  }
  const pct = ends('remainingPct');
  if (pct.all.some((one, i) => one > (pct.all[i - 1] ?? 100) + 1)) return { not: 'its charge rose in flight' };
  const meters = Object.values(by);
  if (meters.length === 0) return { not: 'nothing measures what it draws' };
  if (Math.max(...meters) > Math.min(...meters) * DISAGREE) return { not: 'its meters disagree' };
  // A pack that gives less than it should empties faster than its meter says: that counts as well.
  if (batteryWh !== null && pct.first - pct.last >= LEAST_PCT) by.percent = ((pct.first - pct.last) / 100) * batteryWh;
  return { by };
}

function integral(battery: readonly BatteryAt[]): number | null {
  let joules = 0;
  for (const [i, { atUtcUs, voltageV, currentA }] of battery.entries()) {
    if (voltageV === null || currentA === null || currentA < 0) return null;
    const next = battery[i + 1]?.atUtcUs ?? atUtcUs;
    joules += (voltageV * currentA * (next - atUtcUs)) / 1e6;
  }
  return joules > 0 ? joules / 3600 : null;
}

/** The model, for what it did each second. Of two speeds the lower: wind against it is not known, and makes flights dear. */
function modelled(air: readonly AirAt[], { releasedUtcUs, loadedMass, power }: Asked) {
  const times = { climb: 0, cruise: 0, hover: 0 };
  let joules = 0;
  for (const [i, { atUtcUs, groundSpeedMps, airSpeedMps, climbMps }] of air.entries()) {
    const seconds = ((air[i + 1]?.atUtcUs ?? atUtcUs) - atUtcUs) / 1e6;
    const ground = groundSpeedMps ?? 0;
    const does = (climbMps ?? 0) > CLIMB_MPS ? 'climb' : ground >= CRUISE_MPS ? 'cruise' : 'hover';
    const isLoaded = releasedUtcUs !== null && atUtcUs < releasedUtcUs;
    joules += seconds * power({ does, airMps: Math.min(ground, airSpeedMps ?? ground) }, isLoaded ? loadedMass : 1);
    times[does] += seconds;
  }
  return { modelWh: joules / 3600, climbS: times.climb, cruiseS: times.cruise, hoverS: times.hover };
}
