/** What the flights of a drone add up to. */
export interface Totals {
  readonly armedS: number;
  readonly flights: number;
  readonly hardLandings: number;
}

/** Since then; never less than nothing. */
export function minus(one: Totals, other: Totals): Totals {
  return {
    armedS: Math.max(0, one.armedS - other.armedS),
    flights: Math.max(0, one.flights - other.flights),
    hardLandings: Math.max(0, one.hardLandings - other.hardLandings),
  };
}
