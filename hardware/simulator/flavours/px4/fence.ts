import { MavSeverity } from '@skein/protocol/mavlink';
import type { Autopilot } from '../../autopilot/autopilot.ts';
import { type Px4Mode, px4Modes } from './modes.ts';
import type { Px4Parameters } from './parameters.ts';
import type { Pilotage } from './pilotage.ts';

/** GF_ACTION; 0 and 1 change nothing, 4 would end the flight and is not simulated. */
const actions: Readonly<Record<number, Px4Mode>> = { 2: px4Modes.hold, 3: px4Modes.return, 5: px4Modes.land };

export interface Px4FenceOptions {
  readonly autopilot: Autopilot;
  readonly parameters: Px4Parameters;
  readonly pilotage: Pilotage;
  readonly say: (text: string, severity: number) => void;
}

/** PX4's geofence: what was uploaded, and GF_MAX_HOR_DIST and GF_MAX_VER_DIST around home where they are not 0. */
export class Px4Fence {
  readonly #options: Px4FenceOptions;
  #breached = false;

  constructor(options: Px4FenceOptions) {
    this.#options = options;
  }

  /** Ten times a second. */
  step(): void {
    const { autopilot, parameters, pilotage, say } = this.#options;
    const { body } = autopilot.vehicle;
    const { aboveHomeM, fromHomeM } = autopilot.flight.steering.fromHome(body);
    const beyond = (name: string, value: number): boolean =>
      parameters.value(name) > 0 && value > parameters.value(name);
    const breached =
      autopilot.flight.failsafes.fence.isOutside(body, autopilot.parameters) ||
      beyond('GF_MAX_HOR_DIST', fromHomeM) ||
      beyond('GF_MAX_VER_DIST', aboveHomeM);
    if (breached === this.#breached) return;
    this.#breached = breached;
    if (!breached || !pilotage.armed || pilotage.landed) return;
    const action = parameters.value('GF_ACTION');
    if (action > 0) say('Geofence violation', MavSeverity.CRITICAL);
    const mode = actions[action];
    if (mode !== undefined) pilotage.setMode(mode);
  }
}
