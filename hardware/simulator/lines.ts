import type { Autopilot } from './autopilot/autopilot.ts';
import type { Port } from './port.ts';
import type { Service } from './service.ts';

const MAVLINK1 = 1;

/**
 * Which MAVLink each line speaks: SERIALn_PROTOCOL of the nth line, read at boot and only then. On a line of version 1 the autopilot's own
 * frames are v1, without extensions and without ids over 255; what is passed on stays as it came.
 */
export class Lines implements Service {
  readonly #autopilot: Autopilot;
  readonly #ports: Port[] = [];
  readonly nextDueMs = Number.POSITIVE_INFINITY;

  constructor(autopilot: Autopilot) {
    this.#autopilot = autopilot;
  }

  /** The next line, from SERIAL0 on. */
  add(port: Port): void {
    this.#set(port, this.#ports.length);
    this.#ports.push(port);
  }

  #set(port: Port, number: number): void {
    const protocol = this.#autopilot.parameters.get(`SERIAL${number}_PROTOCOL`)?.value;
    port.version = protocol === MAVLINK1 ? 1 : 2;
  }

  restart(): void {
    for (const [number, port] of this.#ports.entries()) this.#set(port, number);
  }

  take(): boolean {
    return false;
  }

  tick(): void {}
}
