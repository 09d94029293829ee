/** The parameters of an ArduPilot as observed: silent about unknown names, index 65535 in answers by name and to sets. */
import { MavParamType, type Message } from '@skein/protocol/mavlink';
import { type FarEnd, messageOf, type Say } from './line.ts';

export interface FarParameter {
  readonly name: string;
  value: number;
  readonly type: number;
  readonly readOnly?: boolean;
}

export class FarParameters implements FarEnd {
  readonly all: FarParameter[];
  /** Writes heard. */
  writes = 0;
  /** Messages that the stream of a list still has to send before the count changes to that of `next`. */
  change: { afterMessages: number; next: FarParameter[] } | null = null;
  #said = 0;

  constructor(count: number) {
    this.all = Array.from({ length: count }, (_, index) => ({
      name: `P_${index}`,
      value: Math.fround(index / 3),
      type: MavParamType.REAL32,
    }));
  }

  add(parameter: FarParameter): FarParameter {
    this.all.push(parameter);
    return parameter;
  }

  hear(message: Message, say: Say): void {
    if (message.name === 'PARAM_REQUEST_LIST') {
      for (let index = 0; index < this.all.length; index++) say(this.#value(index, index), index);
    } else if (message.name === 'PARAM_REQUEST_READ') {
      const { param_id, param_index } = message.fields;
      const index = param_index >= 0 ? param_index : this.all.findIndex(({ name }) => name === param_id);
      if (this.all[index] !== undefined) say(this.#value(index, param_index >= 0 ? index : 65_535), 1);
    } else if (message.name === 'PARAM_SET') {
      this.writes++;
      const { param_id, param_value } = message.fields;
      const index = this.all.findIndex(({ name }) => name === param_id);
      const parameter = this.all[index];
      if (parameter === undefined) return;
      if (parameter.readOnly !== true) parameter.value = Math.fround(param_value);
      say(this.#value(index, 65_535));
    }
  }

  #value(index: number, told: number): Message {
    if (this.change !== null && this.#said++ >= this.change.afterMessages) {
      this.all.splice(0, this.all.length, ...this.change.next);
      this.change = null;
    }
    const { name, value, type } = this.all[index] ?? { name: '', value: 0, type: 9 };
    return messageOf('PARAM_VALUE', {
      param_id: name,
      param_value: value,
      param_type: type,
      param_count: this.all.length,
      param_index: told,
    });
  }
}
