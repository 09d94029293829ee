/** For this folder's tests: a simulator on a port held by the test, in virtual time. */
import { decode, encode, type FieldsIn, FrameParser, type Message, type MessageName } from '@skein/protocol/mavlink';
import type { Port } from '../port.ts';
import { createSimulator, type Simulator, type SimulatorOptions } from '../simulator.ts';

export type Heard = Message & { readonly atMs: number; readonly seq: number };

export class Station {
  readonly simulator: Simulator;
  readonly port: Port;
  readonly heard: Heard[] = [];
  readonly raw: Uint8Array[] = [];
  reboots = 0;
  readonly parser = new FrameParser();
  #seq = 0;

  constructor(options: SimulatorOptions | Simulator) {
    this.simulator = 'attach' in options ? options : createSimulator(options);
    this.port = this.simulator.attach({
      name: 'test',
      carrier: {
        send: (chunks) => {
          for (const chunk of chunks) this.#take(chunk);
          return chunks.length;
        },
        onReboot: () => {
          this.reboots += 1;
        },
      },
    });
    this.port.connected = true;
  }

  #take(chunk: Uint8Array): void {
    this.raw.push(chunk);
    this.parser.push(chunk, (frame) => {
      const message = decode(frame);
      if (message !== null) this.heard.push({ ...message, atMs: this.simulator.nowMs, seq: frame.seq });
    });
  }

  send<N extends MessageName>(name: N, fields: FieldsIn<N>, from = { sysid: 255, compid: 190 }): void {
    this.port.receive(encode(name, fields, { ...from, seq: this.#seq++ & 255 }));
  }

  /** COMMAND_LONG to the autopilot; gives the result of its answer, null if there was none. */
  command(id: number, ...params: readonly number[]): number | null {
    const [param1 = 0, param2 = 0, param3 = 0, param4 = 0, param5 = 0, param6 = 0, param7 = 0] = params;
    const before = this.heard.length;
    const target = { target_system: 1, target_component: 1, confirmation: 0 };
    this.send('COMMAND_LONG', { ...target, command: id, param1, param2, param3, param4, param5, param6, param7 });
    const answer = this.heard.slice(before).find((one) => one.name === 'COMMAND_ACK' && one.fields.command === id);
    return answer?.name === 'COMMAND_ACK' ? answer.fields.result : null;
  }

  /** COMMAND_INT; `params` are the first four, `at` x, y in 1e-7 degrees and z. */
  commandInt(
    id: number,
    frame: number,
    params: readonly number[],
    at: readonly [x: number, y: number, z: number],
  ): number | null {
    const [param1 = 0, param2 = 0, param3 = 0, param4 = 0] = params;
    const [x, y, z] = at;
    const before = this.heard.length;
    const target = { target_system: 1, target_component: 1, current: 0, autocontinue: 0 };
    this.send('COMMAND_INT', { ...target, command: id, frame, param1, param2, param3, param4, x, y, z });
    const answer = this.heard.slice(before).find((one) => one.name === 'COMMAND_ACK' && one.fields.command === id);
    return answer?.name === 'COMMAND_ACK' ? answer.fields.result : null;
  }

  /** Lets time pass and gives what came meanwhile. */
  pass(seconds: number): Heard[] {
    const before = this.heard.length;
    this.simulator.advanceTo(this.simulator.nowMs + seconds * 1_000);
    return this.heard.slice(before);
  }

  of<N extends MessageName>(name: N): (Heard & { readonly name: N })[] {
    return this.heard.filter((one): one is Heard & { readonly name: N } => one.name === name);
  }

  get texts(): string[] {
    return this.of('STATUSTEXT').map((one) => one.fields.text);
  }
}
