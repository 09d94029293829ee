import type { Autopilot } from './autopilot/autopilot.ts';
import { offset } from './geo.ts';
import { type Load, loaded, REACH_M } from './vehicle/payload.ts';

/** Where something was let go: degrees, and the height of its underside over the ground, metres. */
export interface ReleasePlace {
  readonly lat: number;
  readonly lon: number;
  readonly heightM: number;
  readonly atMs: number;
}

/** The truth about the load, whatever the autopilot says: for whoever checks what was delivered. */
export class PayloadTruth {
  readonly #autopilot: Autopilot;

  constructor(autopilot: Autopilot) {
    this.#autopilot = autopilot;
  }

  get onBoard(): boolean {
    return this.#autopilot.vehicle.payload.load !== null;
  }

  get massKg(): number {
    return this.#autopilot.vehicle.payload.load?.massKg ?? 0;
  }

  /** Line that is out, metres. */
  get lineM(): number {
    return this.#autopilot.vehicle.payload.lineM;
  }

  /** How often something was let go. */
  get releases(): number {
    return this.#autopilot.vehicle.payload.releases;
  }

  /** The last time; null: never. */
  get releasedAt(): ReleasePlace | null {
    const { released } = this.#autopilot.vehicle.payload;
    if (released === null) return null;
    const { latE7, lonE7 } = offset(this.#autopilot.world, released);
    return { lat: latE7 / 1e7, lon: lonE7 / 1e7, heightM: released.heightM, atMs: released.atMs };
  }

  /** Somebody puts something on: on the winch's line where there is a winch, else in the gripper, which closes. 0 takes off what is there. */
  load(massKg: number, { by, reachM = REACH_M }: Partial<Pick<Load, 'by' | 'reachM'>> = {}): void {
    const autopilot = this.#autopilot;
    const { vehicle } = autopilot;
    const held = by ?? (autopilot.cargo.winch.enabled ? 'winch' : 'gripper');
    if (massKg <= 0) autopilot.vehicle = { ...vehicle, payload: { ...vehicle.payload, load: null } };
    else autopilot.vehicle = { ...vehicle, payload: loaded(vehicle.payload, { massKg, reachM, by: held }) };
    if (massKg > 0 && held === 'gripper') autopilot.cargo.gripper.close();
  }
}
