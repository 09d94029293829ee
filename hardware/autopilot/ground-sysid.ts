/** Finds out whose heartbeats the autopilot's ground-link failsafe counts: a parameter, under its new or its old name. */
import type { Flavour } from './flavours/flavour.ts';
import type { ReadOutcome } from './parameters.ts';

const AGAIN_MS = 5_000;

export interface GroundSysidOptions {
  readonly parameters: { ask(names: readonly string[]): Promise<ReadOutcome> };
  readonly onSysid: (sysid: number | null) => void;
}

export class GroundSysid {
  readonly #o: GroundSysidOptions;
  #known = false;
  /** As the autopilot said it, with its name. */
  #read: { readonly name: string; readonly value: number } | null = null;
  #asking = false;
  #nextMs = Number.NEGATIVE_INFINITY;

  constructor(o: GroundSysidOptions) {
    this.#o = o;
  }

  /** It may have changed: after a reboot, or when somebody set it. What was known is used until the answer. */
  forget(): void {
    this.#known = false;
    this.#nextMs = Number.NEGATIVE_INFINITY;
  }

  /** A PARAM_VALUE of whatever name: somebody may have set ours. */
  heard(name: string, value: number): void {
    if (this.#known && name === this.#read?.name && value !== this.#read.value) this.forget();
  }

  /** Call every 100 ms while it is wanted. `vehicle`: heartbeats of its own system do not count (observed). */
  tick(flavour: Flavour, vehicle: number, nowMs: number): void {
    if (this.#known || this.#asking || nowMs < this.#nextMs) return;
    this.#asking = true;
    this.#nextMs = nowMs + AGAIN_MS;
    void this.#ask(flavour, vehicle);
  }

  async #ask(flavour: Flavour, vehicle: number): Promise<void> {
    const read = await this.#o.parameters.ask(flavour.groundLinkParameter);
    this.#asking = false;
    const sysid = read.ok ? read.value : read.code === 'no-such-parameter' ? flavour.groundLinkDefault : undefined;
    if (sysid === undefined) return;
    this.#known = true;
    this.#read = read.ok ? read : null;
    this.#o.onSysid(sysid === vehicle ? null : sysid);
  }
}
