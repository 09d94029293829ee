import type { Autopilot } from '../autopilot/autopilot.ts';
import type { Meddler } from '../meddler.ts';
import type { Port, PortOptions } from '../port.ts';
import type { Random } from '../random.ts';

/** What a behaviour acts on. All that is begun through it ends with the behaviour; randomness is its own and follows from the seed. */
export interface Stage {
  readonly autopilot: Autopilot;
  readonly random: Random;
  readonly nowMs: number;
  /** Once, `ms` of virtual time from now. */
  after(ms: number, run: () => void): void;
  /** Again and again, the first time `ms` from now. */
  every(ms: number, run: () => void): void;
  meddle(meddler: Meddler): void;
  /** A further link of the autopilot's, for somebody else who talks to it. Gone with the behaviour. */
  attach(options: PortOptions): Port;
  /** Runs when the behaviour ends. */
  onEnd(run: () => void): void;
  /** Restarts the autopilot as a power dip does. */
  reboot(): void;
}

export interface NumberSetting {
  readonly kind: 'number';
  readonly words: string;
  readonly otherwise: number;
  readonly least: number;
  readonly most: number;
}

export interface TextSetting {
  readonly kind: 'text';
  readonly words: string;
  readonly otherwise: string;
  /** Why it is not a value; null: it is one. */
  check(value: string): string | null;
}

export type Setting = NumberSetting | TextSetting;
export type Settings = Readonly<Record<string, Setting>>;
type Values<S extends Settings> = { readonly [K in keyof S]: S[K] extends NumberSetting ? number : string };

export interface Fault {
  readonly name: string;
  /** One line for `--help`. */
  readonly words: string;
  /** The first is the one that a bare argument means: `lose:5`. */
  readonly settings: Settings;
  begin(stage: Stage, values: Readonly<Record<string, number | string>>): void;
}

export const number = (words: string, otherwise: number, least = 0, most = 1e9): NumberSetting => ({
  kind: 'number',
  words,
  otherwise,
  least,
  most,
});

export const text = (
  words: string,
  otherwise = '',
  check: (value: string) => string | null = () => null,
): TextSetting => ({ kind: 'text', words, otherwise, check });

/** One of these words. */
export const choice = (words: string, otherwise: string, choices: readonly string[]): TextSetting =>
  text(words, otherwise, (value) => (choices.includes(value) ? null : `${value} is none of ${choices.join(', ')}`));

export function fault<const S extends Settings>(made: {
  readonly name: string;
  readonly words: string;
  readonly settings: S;
  begin(stage: Stage, values: Values<S>): void;
}): Fault {
  // The values come from `readFault`, which holds each to its setting, so they have the settings' types.
  return { ...made, begin: (stage, values) => made.begin(stage, values as Values<S>) };
}
