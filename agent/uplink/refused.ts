/** How loud a change of the uplink's state is: out of reach is usual in flight, refused by the broker is for somebody to see to. */
import type { UplinkState } from './status.ts';

export interface SaidOfUplink {
  readonly level: 'info' | 'warn';
  readonly words: string;
}

/** A CONNACK that says no, as MQTT.js words it; or a topic that may not be read (connection.ts). */
const REFUSED = /^(Connection refused: |the broker lets )/;

/** Warns of each refusal once, however often the broker repeats it, until the broker has taken the agent. */
export class Refusals {
  #told: string | null = null;

  say(state: UplinkState, detail: string): SaidOfUplink {
    const words = detail === '' ? `uplink ${state}` : `uplink ${state}: ${detail}`;
    if (state === 'up' && this.#told !== null) {
      this.#told = null;
      return { level: 'info', words: `${words}: the broker takes this drone now` };
    }
    if (!REFUSED.test(detail) || detail === this.#told) return { level: 'info', words };
    this.#told = detail;
    return { level: 'warn', words };
  }
}
