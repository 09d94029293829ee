/** What an autopilot's parameters are, against what a profile expects. */
import type { Expectation } from './profiles.ts';
import { fits, wantWords } from './want.ts';

export interface Difference {
  readonly parameter: string;
  /** Null: the autopilot has no such parameter. */
  readonly value: number | null;
  readonly wanted: string;
  readonly why: string;
}

export interface Comparison {
  /** Null while something has not been read. */
  readonly ok: boolean | null;
  readonly differences: readonly Difference[];
  /** Parameters not yet known, by name. */
  readonly unread: readonly string[];
}

/** `values`: name → value, null where the autopilot has no such parameter, absent where it was not read. */
export function compare(expectations: readonly Expectation[], values: ReadonlyMap<string, number | null>): Comparison {
  const differences: Difference[] = [];
  const unread: string[] = [];
  const look = (expectation: Expectation): void => {
    const { names, want, why, instead, optional } = expectation;
    const name = names.find((candidate) => typeof values.get(candidate) === 'number');
    const value = name === undefined ? null : (values.get(name) ?? null);
    if (name !== undefined && value !== null) {
      if (!fits(want, value)) differences.push({ parameter: name, value, wanted: wantWords(want), why });
      return;
    }
    const unknown = names.filter((candidate) => !values.has(candidate));
    if (unknown.length > 0) unread.push(...unknown);
    else if (instead !== undefined) look(instead);
    else if (!optional) differences.push({ parameter: names[0] ?? '', value: null, wanted: wantWords(want), why });
  };
  for (const expectation of expectations) look(expectation);
  const ok = differences.length > 0 ? false : unread.length > 0 ? null : true;
  return { ok, differences, unread };
}

const shown = (value: number): string => String(Number(value.toPrecision(7)));

/** What an operator does about it; empty where the value depends on more. */
export function cureWords({ parameter, wanted }: Pick<Difference, 'parameter' | 'wanted'>): string {
  const [, first] = /^(-?[0-9.]+)(,| or |$)/.exec(wanted) ?? [];
  return first === undefined ? '' : ` (the command set-parameter ${parameter} ${first} cures it)`;
}

/** `FS_GCS_ENABLE is 0, wanted 1 or 3 or 4 or 6`. */
export function differenceWords({ parameter, value, wanted }: Omit<Difference, 'why'>): string {
  return value === null
    ? `${parameter} is missing, wanted ${wanted}`
    : `${parameter} is ${shown(value)}, wanted ${wanted}`;
}
