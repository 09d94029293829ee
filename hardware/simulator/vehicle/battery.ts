/** A lithium-polymer pack. Charge in mAh, voltage in volts, current in amperes, temperature in °C. */
export interface Battery {
  readonly capacityMah: number;
  /** Really left in the pack. An autopilot that restarts does not know it. */
  readonly chargeMah: number;
  readonly currentA: number;
  readonly temperatureC: number;
  /** Each cell under load. */
  readonly cellsV: readonly number[];
  /** How far each cell stands from the mean, volts. */
  readonly imbalanceV: readonly number[];
}

const CELL_OHM = 0.0026;
const AMBIENT_C = 21;
/** Current with the motors off, and in hover. */
const IDLE_A = 0.6;
const HOVER_A = 23;
const HOVER_THROTTLE = 0.38;
/** Heating per ampere squared, °C/s, and cooling time constant, s: some 20 °C over ambient in a long hover. */
const HEAT = 6e-5;
const COOL_S = 620;

/** Open-circuit volts of a cell by charge, from 0 to 100 % in steps of 10. */
const OPEN_V = [3.27, 3.61, 3.69, 3.73, 3.77, 3.8, 3.84, 3.91, 3.98, 4.08, 4.2] as const;

export function openCircuitV(fraction: number): number {
  const at = Math.max(0, Math.min(1, fraction)) * 10;
  const below = Math.min(9, Math.floor(at));
  const low = OPEN_V[below] ?? 3.27;
  return low + ((OPEN_V[below + 1] ?? 4.2) - low) * (at - below);
}

export function pack(
  capacityMah: number,
  fraction: number,
  imbalanceV: readonly number[],
  temperatureC: number,
): Battery {
  return {
    capacityMah,
    chargeMah: capacityMah * fraction,
    currentA: IDLE_A,
    temperatureC,
    imbalanceV,
    cellsV: imbalanceV.map((by) => openCircuitV(fraction) + by),
  };
}

export interface BatteryTrouble {
  /** Taken off the voltage of the whole pack. */
  readonly batterySagV: number;
  /** The voltage of the whole pack, whatever is in it; null: what it is. */
  readonly batteryV: number | null;
}

/** Speed of the air through the rotors in hover, m/s. */
const INDUCED_MS = 5;

/** What a climb costs more, and a descent less, than hovering with the same thrust (momentum theory). */
export function climbFactor(upMS: number): number {
  const half = Math.max(-INDUCED_MS, upMS) / 2;
  return (half + Math.sqrt(half * half + INDUCED_MS * INDUCED_MS)) / INDUCED_MS;
}

/** What the rotors do: their throttle, and how fast they climb. */
export interface Effort {
  readonly throttle: number;
  readonly upMS: number;
}

/** Draws what the rotors ask for, sags by it and warms from it. */
export function stepBattery(
  battery: Battery,
  { throttle, upMS }: Effort,
  dtS: number,
  trouble: BatteryTrouble,
): Battery {
  const { batterySagV: sagV, batteryV } = trouble;
  const cells = battery.imbalanceV.length;
  // Power of a rotor grows with thrust to the power of 1.5.
  const wantedA = IDLE_A + HOVER_A * (throttle / HOVER_THROTTLE) ** 1.5 * climbFactor(upMS);
  const currentA = battery.currentA + (wantedA - battery.currentA) * Math.min(1, dtS / 0.4);
  const chargeMah = Math.max(0, battery.chargeMah - (currentA * dtS) / 3.6);
  const openV = openCircuitV(chargeMah / battery.capacityMah);
  const temperatureC =
    battery.temperatureC + (HEAT * currentA * currentA - (battery.temperatureC - AMBIENT_C) / COOL_S) * dtS;
  const cellSagV = sagV / Math.max(1, cells);
  return {
    ...battery,
    chargeMah,
    currentA,
    temperatureC,
    cellsV: battery.imbalanceV.map((by) =>
      batteryV === null ? Math.max(0, openV + by - currentA * CELL_OHM - cellSagV) : batteryV / cells,
    ),
  };
}

export const packVolts = (battery: Battery): number => battery.cellsV.reduce((sum, volts) => sum + volts, 0);
