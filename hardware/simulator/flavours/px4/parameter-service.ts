import { MavParamType, MavSeverity, type Message } from '@skein/protocol/mavlink';
import type { Autopilot } from '../../autopilot/autopilot.ts';
import type { Port } from '../../port.ts';
import { fromWire, type Px4Parameters, toWire } from './parameters.ts';

const TICK_MS = 10;
/** Index of a value that is not one of the list. */
const NO_INDEX = 65_535;
const HASH = '_HASH_CHECK';
/** A hash of the list, as bits of a float. */
const HASH_VALUE = 1.25;

/** PX4's side of the parameter protocol. */
export class Px4ParameterService {
  readonly #autopilot: Autopilot;
  readonly #parameters: Px4Parameters;
  readonly #say: (text: string, severity: number, port: Port) => void;
  readonly #lists = new Map<Port, number>();
  #dueMs = Number.POSITIVE_INFINITY;

  constructor(options: {
    readonly autopilot: Autopilot;
    readonly parameters: Px4Parameters;
    readonly say: (text: string, severity: number, port: Port) => void;
  }) {
    this.#autopilot = options.autopilot;
    this.#parameters = options.parameters;
    this.#say = options.say;
  }

  get nextDueMs(): number {
    return this.#dueMs;
  }

  restart(): void {
    this.#lists.clear();
    this.#dueMs = Number.POSITIVE_INFINITY;
  }

  take(message: Message, port: Port): boolean {
    switch (message.name) {
      case 'PARAM_REQUEST_LIST':
        port.send('PARAM_VALUE', {
          param_id: HASH,
          param_value: HASH_VALUE,
          param_type: MavParamType.UINT32,
          param_count: this.#parameters.list.length,
          param_index: NO_INDEX,
        });
        this.#lists.set(port, 0);
        this.#dueMs = this.#autopilot.nowMs;
        return true;
      case 'PARAM_REQUEST_READ': {
        const { param_id, param_index } = message.fields;
        const index = param_index >= 0 ? param_index : this.#parameters.indexOf(param_id);
        if (this.#parameters.list[index] === undefined) this.#unknown(param_id, port);
        else this.#tell(index, port);
        return true;
      }
      case 'PARAM_SET':
        this.#set(message.fields, port);
        return true;
      default:
        return false;
    }
  }

  #unknown(name: string, port: Port): void {
    this.#say(`unknown param: ${name}`, MavSeverity.INFO, port);
  }

  #set(
    set: { readonly param_id: string; readonly param_value: number; readonly param_type: number },
    port: Port,
  ): void {
    const index = this.#parameters.indexOf(set.param_id);
    const parameter = this.#parameters.list[index];
    if (parameter === undefined) {
      this.#unknown(set.param_id, port);
      return;
    }
    const value = fromWire(parameter, set.param_value, set.param_type);
    if (value === null) {
      this.#say(`param types mismatch param: ${set.param_id}`, MavSeverity.CRITICAL, port);
      return;
    }
    parameter.value = value;
    for (const each of this.#autopilot.ports) this.#tell(index, each);
  }

  #tell(index: number, port: Port): void {
    const parameter = this.#parameters.list[index];
    if (parameter === undefined) return;
    const param_count = this.#parameters.list.length;
    port.send('PARAM_VALUE', { param_id: parameter.name, ...toWire(parameter), param_count, param_index: index });
  }

  /** As much of the lists as the lines take in 10 ms. */
  tick(nowMs: number): void {
    if (nowMs < this.#dueMs) return;
    for (const [port, at] of this.#lists) {
      const until = Math.min(this.#parameters.list.length, at + Math.ceil((port.parametersPerS * TICK_MS) / 1_000));
      for (let index = at; index < until; index += 1) this.#tell(index, port);
      if (until >= this.#parameters.list.length) this.#lists.delete(port);
      else this.#lists.set(port, until);
    }
    this.#dueMs = this.#lists.size === 0 ? Number.POSITIVE_INFINITY : nowMs + TICK_MS;
  }
}
