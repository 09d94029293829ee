import { decode, encode, type FieldsIn, FrameParser, type Message, type MessageName } from '@skein/protocol/mavlink';
import type { Port } from '../port.ts';
import type { Stage } from './fault.ts';

export interface OtherOptions {
  readonly sysid: number;
  readonly compid: number;
  /** MAV_TYPE and MAV_AUTOPILOT of its heartbeats. */
  readonly type: number;
  readonly autopilot?: number;
  /** Name of the port it shares, as behind a router on that line; none: it has a link of its own to the autopilot. */
  readonly on?: string;
}

const HEARD_MAX = 1_000;
const INVALID = 8;

/** Somebody else who talks to the autopilot: heartbeats each second from the start on, until the behaviour ends. */
export class Other {
  readonly #options: OtherOptions;
  readonly #port: Port;
  readonly #parser = new FrameParser();
  /** The last messages it got, on a link of its own. */
  readonly heard: Message[] = [];
  #seq = 0;
  /** Of the autopilot it talks to. */
  readonly #target: () => { readonly target_system: number; readonly target_component: number };

  constructor(stage: Stage, options: OtherOptions) {
    this.#options = options;
    const shared = stage.autopilot.ports.find(({ name }) => name === options.on);
    if (options.on !== undefined && options.on !== '' && shared === undefined) {
      throw new RangeError(`no port is called ${options.on}`);
    }
    this.#port = shared ?? stage.attach({ name: `${options.sysid}/${options.compid}`, carrier: this.#carrier() });
    this.#target = () => ({ target_system: stage.autopilot.sysid, target_component: 1 });
    this.heartbeat();
    stage.every(1_000, () => this.heartbeat());
  }

  #carrier() {
    return {
      send: (chunks: readonly Uint8Array[]): number => {
        for (const chunk of chunks) {
          this.#parser.push(chunk, (frame) => {
            const message = decode(frame);
            if (message === null) return;
            this.heard.push(message);
            if (this.heard.length > HEARD_MAX) this.heard.shift();
          });
        }
        return chunks.length;
      },
    };
  }

  send<N extends MessageName>(name: N, fields: FieldsIn<N>): void {
    const { sysid, compid } = this.#options;
    this.#seq = (this.#seq + 1) & 255;
    this.#port.receive(encode(name, fields, { sysid, compid, seq: this.#seq }));
  }

  heartbeat(): void {
    const { type, autopilot = INVALID } = this.#options;
    this.send('HEARTBEAT', { type, autopilot, base_mode: 0, custom_mode: 0, system_status: 4, mavlink_version: 3 });
  }

  command(command: number, ...params: readonly number[]): void {
    const [param1 = 0, param2 = 0, param3 = 0, param4 = 0, param5 = 0, param6 = 0, param7 = 0] = params;
    const values = { param1, param2, param3, param4, param5, param6, param7 };
    this.send('COMMAND_LONG', { ...this.#target(), command, confirmation: 0, ...values });
  }

  setParameter(param_id: string, param_value: number): void {
    this.send('PARAM_SET', { ...this.#target(), param_id, param_value, param_type: 9 });
  }

  /** Announces a mission of so many items, and sends none. */
  announceMission(count: number): void {
    this.send('MISSION_COUNT', { ...this.#target(), count, mission_type: 0 });
  }
}
