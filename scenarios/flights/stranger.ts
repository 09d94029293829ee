/** Another station that uploads a mission of its own over its own port of the autopilot, whole or torn. */
import type { Port, Simulator } from '@skein/hardware/simulator';
import { decode, encode, type FieldsIn, FrameParser, MavCmd, type MessageName } from '@skein/protocol/mavlink';

const FROM = { sysid: 250, compid: 190 } as const;
const HOME_AT = { x: 436_155_000, y: 70_719_000 } as const;

export class Stranger {
  readonly #port: Port;
  readonly #parser = new FrameParser();
  readonly #onDone: () => void;
  #left = 0;
  #seq = 0;
  uploads = 0;

  /** `onDone`: the autopilot holds something else now. */
  constructor(simulator: Simulator, onDone: () => void) {
    this.#onDone = onDone;
    this.#port = simulator.attach({
      name: 'stranger',
      carrier: {
        send: (chunks) => {
          for (const chunk of chunks) this.#take(chunk);
          return chunks.length;
        },
      },
    });
    this.#port.connected = true;
  }

  #send<N extends MessageName>(name: N, fields: FieldsIn<N>): void {
    this.#seq = (this.#seq + 1) & 255;
    this.#port.receive(encode(name, fields, { ...FROM, seq: this.#seq }));
  }

  /** Of so many items, of which it sends only `sent`. */
  upload(count: number, sent = count): void {
    this.uploads++;
    this.#left = sent;
    this.#send('MISSION_COUNT', { target_system: 1, target_component: 1, count, mission_type: 0 });
    this.#onDone();
  }

  #take(chunk: Uint8Array): void {
    this.#parser.push(chunk, (frame) => {
      const message = decode(frame);
      if (message === null || this.#left <= 0) return;
      if (message.name !== 'MISSION_REQUEST' && message.name !== 'MISSION_REQUEST_INT') return;
      const { seq, target_system: to } = message.fields;
      if (to !== FROM.sysid) return;
      this.#left--;
      const rest = { param1: 0, param2: 0, param3: 0, param4: 0, ...HOME_AT, z: 30 + seq };
      this.#send('MISSION_ITEM_INT', {
        ...{ target_system: 1, target_component: 1, seq, frame: 3, mission_type: 0, current: 0, autocontinue: 1 },
        command: seq === 1 ? MavCmd.NAV_TAKEOFF : MavCmd.NAV_WAYPOINT,
        ...rest,
      });
      this.#onDone();
    });
  }
}
