import { MavParamType } from '@skein/protocol/mavlink';
import data from './parameters.json' with { type: 'json' };

export interface Parameter {
  readonly name: string;
  readonly type: number;
  value: number;
}

const ranges: Readonly<Record<number, readonly [least: number, most: number]>> = {
  [MavParamType.INT8]: [-128, 127],
  [MavParamType.INT16]: [-32_768, 32_767],
  [MavParamType.INT32]: [-2_147_483_648, 2_147_483_647],
};

/** What the parameter's own width makes of a float. ArduPilot adds 0.01 and cuts: PARAM_VALUE is a C cast. */
function stored(type: number, value: number): number {
  const range = ranges[type];
  if (range === undefined) return Math.fround(value);
  const whole = Math.trunc(value + (value < 0 ? -0.01 : 0.01));
  return Math.max(range[0], Math.min(range[1], whole));
}

/** The parameters, a part of a real ArduCopter's. They live in its flash: a reboot keeps them. */
export class Parameters {
  readonly #list: Parameter[];
  readonly #byName: Map<string, number>;

  constructor(overrides: Readonly<Record<string, number>> = {}) {
    this.#list = (data as [string, number, number][]).map(([name, value, type]) => ({
      name,
      type,
      value: overrides[name] ?? value,
    }));
    this.#byName = new Map(this.#list.map((parameter, index) => [parameter.name, index]));
  }

  get count(): number {
    return this.#list.length;
  }

  at(index: number): Parameter | undefined {
    return this.#list[index];
  }

  get(name: string): Parameter | undefined {
    const index = this.#byName.get(name);
    return index === undefined ? undefined : this.#list[index];
  }

  /** The value of a parameter that this simulator itself relies on. */
  value(name: string): number {
    const found = this.get(name);
    if (found === undefined) throw new RangeError(`no parameter ${name}`);
    return found.value;
  }

  /** Undefined: no such parameter, or not a number; the autopilot stays silent then. */
  set(name: string, value: number): Parameter | undefined {
    const parameter = this.get(name);
    if (parameter === undefined || !Number.isFinite(value)) return undefined;
    parameter.value = stored(parameter.type, value);
    return parameter;
  }
}
