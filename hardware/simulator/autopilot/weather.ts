import { calm, type Wind } from '../vehicle/wind.ts';
import type { Parameters } from './parameters.ts';

/** The wind of the simulation can be read and set as parameters, named as in ArduPilot's own simulator. */
export function showWind(parameters: Parameters, wind: Wind): void {
  parameters.set('SIM_WIND_SPD', wind.speedMS);
  parameters.set('SIM_WIND_DIR', wind.fromDeg);
  parameters.set('SIM_WIND_TURB', wind.turbulence);
}

export const windOf = (parameters: Parameters): Wind =>
  calm(parameters.value('SIM_WIND_DIR'), parameters.value('SIM_WIND_SPD'), parameters.value('SIM_WIND_TURB'));
