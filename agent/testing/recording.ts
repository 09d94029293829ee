/** A recording as the agent writes them, of an autopilot that says once a second how it stands and where. */
import { encode, encodeTlogRecord } from '@skein/protocol/mavlink';

const FROM = { sysid: 1, compid: 1 };
/** MAV_LANDED_STATE */
const [ON_GROUND, IN_AIR] = [1, 2];

export class Recording {
  readonly #fromUs: number;
  readonly #parts: Uint8Array[] = [];
  #seq = 0;
  /** What its clock is ahead, s. */
  aheadS = 0;

  constructor(fromUs: number) {
    this.#fromUs = fromUs;
  }

  #say(name: 'HEARTBEAT' | 'EXTENDED_SYS_STATE' | 'GLOBAL_POSITION_INT', s: number, fields: object): void {
    const from = { ...FROM, seq: this.#seq++ & 255 };
    this.#parts.push(encodeTlogRecord(this.#fromUs + (s + this.aheadS) * 1e6, encode(name, fields as never, from)));
  }

  /** From `fromS` to `toS`, 10 m further north each second in the air. */
  stand(fromS: number, toS: number, inAir: boolean): void {
    for (let s = fromS; s < toS; s++) {
      const armed = inAir ? 128 : 0;
      this.#say('HEARTBEAT', s, { type: 2, autopilot: 3, base_mode: 81 | armed, custom_mode: 3, system_status: 4 });
      this.#say('EXTENDED_SYS_STATE', s, { vtol_state: 0, landed_state: inAir ? IN_AIR : ON_GROUND });
      const lat = Math.round((43.6 + (inAir ? s * 10 : 0) / 111_195) * 1e7);
      const rest = { alt: 50_000, relative_alt: inAir ? 30_000 : 0, vx: 0, vy: 0, vz: 0, hdg: 0 };
      this.#say('GLOBAL_POSITION_INT', s, { time_boot_ms: (s + 100) * 1000, lat, lon: 7e7, ...rest });
    }
  }

  bytes(): Buffer {
    return Buffer.concat(this.#parts);
  }
}
