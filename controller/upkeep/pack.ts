/** A pack as it is kept (`battery:<id>`), and what can be said of it. Pure. */
import type { PackLimits, PackSettings } from '@skein/protocol/fleet/configuration';
import type { Discharge } from './discharge.ts';
import type { Flight } from './flights.ts';

/** In a drone, from then until then. */
export interface Stay {
  readonly drone: string;
  readonly instance: number;
  readonly fromUtcUs: number;
  /** null: it is there now. */
  readonly toUtcUs?: number | null;
}

/** What a flight took of it. */
export interface PackFlight extends Discharge {
  readonly drone: string;
  readonly fromUtcUs: number;
  readonly toUtcUs: number;
}

export interface PackTotals {
  readonly flights: number;
  readonly armedS: number;
  readonly cycles: number;
}

export interface Worst {
  readonly minCellV?: number | null;
  readonly maxTemperatureC?: number | null;
}

export interface PackDoc {
  readonly settings?: PackSettings;
  /** By when they began; those over for 30 days are taken out. */
  readonly stays?: Readonly<Record<string, Stay>>;
  readonly recent?: Readonly<Record<string, PackFlight>>;
  /** Flights before that, added up. */
  readonly before?: PackTotals;
  readonly beforeUtcUs?: number;
  /** The worst of those before since its inspection. */
  readonly worst?: Worst;
  /** As the pack tells itself. */
  readonly reported?: {
    readonly cycles: number | null;
    readonly fullMah: number | null;
    readonly designMah: number | null;
  };
  readonly inspected?: PackTotals & { readonly atUtcUs: number; readonly by: string; readonly note?: string | null };
  readonly retired?: { readonly atUtcUs: number; readonly by: string; readonly note?: string | null };
}

const NONE: PackTotals = { flights: 0, armedS: 0, cycles: 0 };
const WARN_PART = 0.9;

export function stayOf(doc: PackDoc): Stay | null {
  return Object.values(doc.stays ?? {}).find(({ toUtcUs = null }) => toUtcUs === null) ?? null;
}

/** What the flights of a drone took of this pack: those that began while it was there. */
export function flightsOf(
  doc: PackDoc,
  drone: string,
  flights: readonly Flight[],
): Readonly<Record<string, PackFlight>> {
  const stays = Object.values(doc.stays ?? {}).filter((stay) => stay.drone === drone);
  const found: Record<string, PackFlight> = {};
  for (const { fromUtcUs, toUtcUs, packs = {} } of flights) {
    const stay = stays.find(
      (one) => one.fromUtcUs <= fromUtcUs && fromUtcUs < (one.toUtcUs ?? Number.MAX_SAFE_INTEGER),
    );
    if (stay === undefined) continue;
    const took = packs[String(stay.instance)] ?? UNTOLD;
    found[`${drone} ${Math.round(fromUtcUs)}`] = { drone, fromUtcUs, toUtcUs, ...took };
  }
  return found;
}

const UNTOLD: Discharge = {
  ...{ usedMah: null, usedPct: null, minCellV: null, minV: null, maxTemperatureC: null, milliohm: null },
};

/** Equivalent full cycles: charge by what it holds when full, else percent as the autopilot counts. */
export function cyclesOf(doc: PackDoc, { usedMah, usedPct }: PackFlight): number {
  const { settings, reported } = doc;
  const capacityMah = settings?.capacityMah ?? reported?.designMah ?? reported?.fullMah ?? null;
  if (usedMah !== null && capacityMah !== null) return usedMah / capacityMah;
  return (usedPct ?? 0) / 100;
}

export function addUp(doc: PackDoc, totals: PackTotals, flights: readonly PackFlight[]): PackTotals {
  return flights.reduce(
    ({ flights, armedS, cycles }, one) => ({
      flights: flights + 1,
      armedS: armedS + (one.toUtcUs - one.fromUtcUs) / 1e6,
      cycles: cycles + cyclesOf(doc, one),
    }),
    totals,
  );
}

export function totalOf(doc: PackDoc): PackTotals {
  return addUp(doc, doc.before ?? NONE, Object.values(doc.recent ?? {}));
}

function sinceOf(doc: PackDoc): PackTotals {
  const total = totalOf(doc);
  const { flights, armedS, cycles } = doc.inspected ?? NONE;
  const left = (one: number, other: number) => Math.max(0, one - other);
  return {
    flights: left(total.flights, flights),
    armedS: left(total.armedS, armedS),
    cycles: left(total.cycles, cycles),
  };
}

export function worseOf(worst: Worst, flights: readonly PackFlight[]): Worst {
  return flights.reduce(
    (found, { minCellV, maxTemperatureC }) => ({
      minCellV: pick(found.minCellV ?? null, minCellV, Math.min),
      maxTemperatureC: pick(found.maxTemperatureC ?? null, maxTemperatureC, Math.max),
    }),
    worst,
  );
}

function pick(one: number | null, other: number | null, of: (a: number, b: number) => number): number | null {
  return one === null || other === null ? (one ?? other) : of(one, other);
}

function worstSince(doc: PackDoc): Worst {
  const since = doc.inspected?.atUtcUs ?? 0;
  return worseOf(
    doc.worst ?? {},
    Object.values(doc.recent ?? {}).filter(({ toUtcUs }) => toUtcUs > since),
  );
}

const round = (value: number, digits: number) => Math.round(value * 10 ** digits) / 10 ** digits;

/** What of its limits is reached; with `part` less than 1, what will be soon. */
export function against(doc: PackDoc, limits: PackLimits, part = 1): readonly string[] {
  const { flights, armedS, cycles } = sinceOf(doc);
  const counted = [
    [cycles, limits.cycles ?? 0, 'full cycles'],
    [flights, limits.flights ?? 0, 'flights'],
    [armedS / 3600, limits.hours ?? 0, 'hours'],
  ] as const;
  const words = counted.flatMap(([is, limit, what]) =>
    limit > 0 && is >= limit * part ? [`${round(is, 1)} ${what} since its inspection, limit ${limit}`] : [],
  );
  if (part < 1) return words;
  const { minCellV = null, maxTemperatureC = null } = worstSince(doc);
  const { minCellV: lowest = 0, maxTemperatureC: hottest = 0 } = limits;
  if (lowest > 0 && minCellV !== null && minCellV < lowest) {
    words.push(`a cell was down to ${round(minCellV, 2)} V, limit ${lowest} V`);
  }
  if (hottest > 0 && maxTemperatureC !== null && maxTemperatureC > hottest) {
    words.push(`it was ${round(maxTemperatureC, 1)} °C hot, limit ${hottest} °C`);
  }
  return words;
}

export function viewOf(pack: string, doc: PackDoc, limits: PackLimits): object {
  const shown = ({ armedS, cycles, flights }: PackTotals) => ({
    ...{ flights, hours: round(armedS / 3600, 2), cycles: round(cycles, 2) },
  });
  const recent = Object.values(doc.recent ?? {}).sort((a, b) => a.fromUtcUs - b.fromUtcUs);
  const stay = stayOf(doc);
  const holds = against(doc, limits);
  const measured = recent.flatMap(({ milliohm }) => (milliohm === null ? [] : [milliohm]));
  return {
    ...{ pack, drone: stay?.drone ?? null, instance: stay?.instance ?? null, settings: doc.settings ?? {}, limits },
    ...{ total: shown(totalOf(doc)), sinceInspection: { ...shown(sinceOf(doc)), ...worstSince(doc) } },
    ...{ milliohm: measured.at(-1) ?? null, reported: doc.reported ?? null },
    ...{ inspected: doc.inspected ?? null, retired: doc.retired ?? null },
    ...{ holds, warnings: holds.length > 0 ? [] : against(doc, limits, WARN_PART) },
    lastFlights: recent.slice(-20),
  };
}
