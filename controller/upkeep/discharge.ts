/** What a flight took of a pack, out of its stored telemetry: a pure function of it. */
export interface BatteryAt {
  readonly atUtcUs: number;
  readonly instance: number;
  readonly voltageV: number | null;
  readonly currentA: number | null;
  readonly remainingPct: number | null;
  readonly consumedMah: number | null;
  readonly cellsV: readonly (number | null)[] | null;
  readonly temperatureC: number | null;
}

export interface Discharge {
  /** Null: its autopilot does not tell. */
  readonly usedMah: number | null;
  readonly usedPct: number | null;
  /** Lowest of a single cell; null: no cell was measured by itself. */
  readonly minCellV: number | null;
  readonly minV: number | null;
  readonly maxTemperatureC: number | null;
  /** Of the whole pack with its leads up to where it is measured; null: the current changed too little to tell. */
  readonly milliohm: number | null;
}

/** A cell, not a pack that is reported as one. */
const CELL_MAX_V = 5;
/** Between two samples so near to one another the charge does not change, the current may: their quotient is a resistance. */
const PAIR_US = 2.5e6;
const STEP_A = 3;
/** Fewer steps than this tell nothing. */
const MIN_STEPS = 20;

/** By instance. @param samples of one flight, by time */
export function dischargeOf(samples: readonly BatteryAt[]): Readonly<Record<string, Discharge>> {
  const byInstance = new Map<number, BatteryAt[]>();
  for (const sample of samples) {
    const own = byInstance.get(sample.instance);
    if (own === undefined) byInstance.set(sample.instance, [sample]);
    else own.push(sample);
  }
  return Object.fromEntries([...byInstance].map(([instance, own]) => [String(instance), oneOf(own)]));
}

function oneOf(samples: readonly BatteryAt[]): Discharge {
  const cells = samples.flatMap(({ cellsV }) => known(cellsV ?? []).filter((volts) => volts > 0 && volts < CELL_MAX_V));
  return {
    usedMah: moved(samples.map(({ consumedMah }) => consumedMah)),
    // It falls; a rise is an autopilot that has restarted, and counts 100 % again.
    usedPct: moved(samples.map(({ remainingPct }) => (remainingPct === null ? null : -remainingPct))),
    minCellV: least(cells),
    minV: least(known(samples.map(({ voltageV }) => voltageV)).filter((volts) => volts > 0)),
    maxTemperatureC: most(known(samples.map(({ temperatureC }) => temperatureC))),
    milliohm: resistanceOf(samples),
  };
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value): value is number => value !== null && Number.isFinite(value));
}

/** What a counter went up by, its restarts left out. */
function moved(values: readonly (number | null)[]): number | null {
  const told = known(values);
  if (told.length === 0) return null;
  const sum = told.reduce((total, value, i) => total + Math.max(0, value - (told[i - 1] ?? value)), 0);
  return Math.round(sum * 10) / 10;
}

function least(values: readonly number[]): number | null {
  return values.reduce<number | null>((found, value) => (found === null || value < found ? value : found), null);
}

function most(values: readonly number[]): number | null {
  return values.reduce<number | null>((found, value) => (found === null || value > found ? value : found), null);
}

/** The middle of all steps: one that fell between two measurements of voltage and current does not matter. */
function resistanceOf(samples: readonly BatteryAt[]): number | null {
  const steps: number[] = [];
  for (const [i, { atUtcUs, voltageV, currentA }] of samples.entries()) {
    const next = samples[i + 1];
    if (next === undefined || next.atUtcUs - atUtcUs > PAIR_US) continue;
    if (voltageV === null || currentA === null || next.voltageV === null || next.currentA === null) continue;
    const stepA = next.currentA - currentA;
    if (Math.abs(stepA) >= STEP_A) steps.push((-1000 * (next.voltageV - voltageV)) / stepA);
  }
  if (steps.length < MIN_STEPS) return null;
  const middle = steps.sort((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0;
  return middle > 0 ? Math.round(middle * 10) / 10 : null;
}
