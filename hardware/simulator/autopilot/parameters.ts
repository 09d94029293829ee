import { MavParamType } from '@skein/protocol/mavlink';
import data from './parameters.json' with { type: 'json' };

export interface Parameter {
  readonly name: string;
  readonly type: number;
  value: number;
}

export interface ParametersOptions {
  /** By name, in place of the values of a new autopilot. */
  readonly values?: Readonly<Record<string, number>>;
  /** The names that ArduCopter had before 4.7 (SYSID_THISMAV, SR0_POSITION); the new ones are unknown to it then. */
  readonly olderNames?: boolean;
}

/** Known by name at once, and listed only while the parameter before them in the list is not 0 (AP_Param's "enable" groups). */
const hidden: Readonly<Record<string, readonly (readonly [name: string, value: number, type: number])[]>> = {
  WINCH_TYPE: [
    ['WINCH_RATE_MAX', 1, MavParamType.REAL32],
    ['WINCH_POS_P', 1, MavParamType.REAL32],
    ['WINCH_OPTIONS', 7, MavParamType.INT16],
  ],
  GRIP_ENABLE: [
    ['GRIP_TYPE', 0, MavParamType.INT8],
    ['GRIP_GRAB', 1_900, MavParamType.INT16],
    ['GRIP_RELEASE', 1_100, MavParamType.INT16],
    ['GRIP_NEUTRAL', 1_500, MavParamType.INT16],
    ['GRIP_REGRAB', 0, MavParamType.INT8],
    ['GRIP_CAN_ID', 0, MavParamType.INT8],
    ['GRIP_AUTOCLOSE', 0, MavParamType.REAL32],
  ],
};

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

const renamed: Readonly<Record<string, string>> = {
  MAV_SYSID: 'SYSID_THISMAV',
  MAV_GCS_SYSID: 'SYSID_MYGCS',
  MAV_TELEM_DELAY: 'TELEM_DELAY',
};

/** What a parameter of 4.7 was called before; MAV1 was SR0. */
export function olderName(name: string): string {
  const stream = /^MAV([1-9])_(.+)$/.exec(name);
  return stream === null ? (renamed[name] ?? name) : `SR${Number(stream[1]) - 1}_${stream[2]}`;
}

/**
 * The parameters of a real ArduCopter 4.7, with its indexes, types and default values. They live in its flash: a reboot keeps them.
 * The simulator itself asks by the names of 4.7; `find` is for names that came over the wire.
 */
export class Parameters {
  #list: readonly Parameter[] = [];
  readonly #all: readonly { readonly parameter: Parameter; readonly behind: string | null }[];
  readonly #own: Map<string, Parameter>;
  readonly #told: Map<string, Parameter>;

  constructor({ values = {}, olderNames = false }: ParametersOptions = {}) {
    const rows = (data as [string, number, number][]).flatMap(([name, value, type]) => [
      { name, value, type, behind: null },
      ...(hidden[name] ?? []).map(([one, otherwise, kind]) => ({
        name: one,
        value: otherwise,
        type: kind,
        behind: name,
      })),
    ]);
    this.#all = rows.map(({ name, value, type, behind }) => ({
      behind,
      parameter: { name: olderNames ? olderName(name) : name, type, value: stored(type, values[name] ?? value) },
    }));
    this.#own = new Map(this.#all.map(({ parameter }, index) => [rows[index]?.name ?? parameter.name, parameter]));
    this.#told = new Map(this.#all.map(({ parameter }) => [parameter.name, parameter]));
    this.#show();
  }

  #show(): void {
    const seen = ({ behind }: { readonly behind: string | null }): boolean =>
      behind === null || this.value(behind) !== 0;
    this.#list = this.#all.filter(seen).map(({ parameter }) => parameter);
  }

  get count(): number {
    return this.#list.length;
  }

  at(index: number): Parameter | undefined {
    return this.#list[index];
  }

  get(name: string): Parameter | undefined {
    return this.#own.get(name);
  }

  /** By the name it tells; a real one does not tell small letters from capitals (measured). */
  find(name: string): Parameter | undefined {
    return this.#told.get(name.toUpperCase());
  }

  /** The value of a parameter that this simulator itself relies on. */
  value(name: string): number {
    const found = this.get(name);
    if (found === undefined) throw new RangeError(`no parameter ${name}`);
    return found.value;
  }

  /** Undefined: no such parameter, or not a number; the autopilot stays silent then. */
  set(name: string, value: number): Parameter | undefined {
    return this.#put(this.get(name), value);
  }

  /** The same by a name that came over the wire. */
  setTold(name: string, value: number): Parameter | undefined {
    return this.#put(this.find(name), value);
  }

  #put(parameter: Parameter | undefined, value: number): Parameter | undefined {
    if (parameter === undefined || !Number.isFinite(value)) return undefined;
    parameter.value = stored(parameter.type, value);
    if (hidden[parameter.name] !== undefined) this.#show();
    return parameter;
  }
}
