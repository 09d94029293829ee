/** What a class of evidence says of a drone at one moment, and what a class is. */
import type { Past } from './past.ts';
import type { Seen } from './seen.ts';

export const ALERT_SEVERITIES = ['info', 'warning', 'critical'] as const;
export type AlertSeverity = (typeof ALERT_SEVERITIES)[number];
export type Values = Readonly<Record<string, number | string | boolean | null>>;

/**
 * `bad`: past the threshold of onset; `good`: past that of clearing; `unclear`: between them, or nothing is known: whatever
 * was so stays so.
 */
export type Verdict =
  | { readonly level: 'good' | 'unclear' }
  | {
      readonly level: 'bad';
      readonly words: string;
      readonly values: Values;
      /** Left out: that of the class. */
      readonly severity?: AlertSeverity;
    };

export interface FindingClass {
  readonly name: string;
  readonly severity: AlertSeverity;
  /** Words of docs/alerts.md. */
  readonly when: string;
  readonly over: string;
  /** Bad for so long before it is raised, good for so long before it is over, s. */
  readonly onsetS: number;
  readonly clearS: number;
  readonly whatToDo: string;
  /** An open one keeps orders off the drone. */
  readonly holds: boolean;
  /** Proposed to an operator, only to a drone that is heard, armed, and flown by Skein. */
  readonly proposes: 'hold' | 'return' | 'land' | null;
  /** Of many drones at once one alert is made, which says this of them; null: each has its own. */
  readonly gathers: { readonly words: string; readonly whatToDo: string } | null;
  judge(seen: Seen, past: Past): Verdict;
}

export const GOOD: Verdict = { level: 'good' };
export const UNCLEAR: Verdict = { level: 'unclear' };

export function bad(words: string, values: Values = {}, severity?: AlertSeverity): Verdict {
  return { level: 'bad', words, values, ...(severity === undefined ? {} : { severity }) };
}

export function isWorse(severity: AlertSeverity, than: AlertSeverity): boolean {
  return ALERT_SEVERITIES.indexOf(severity) > ALERT_SEVERITIES.indexOf(than);
}
