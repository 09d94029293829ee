/**
 * An alert as it is kept: a JSON document, changed by events of `alert:<ulid>` and by nothing else.
 *
 *   raised ─► acknowledged ─┐          a proposal: open ─► accepted | dismissed | lapsed | acted
 *     │ ▲ ─► silenced ──────┼─► cleared               └── refused: may be accepted again
 *     ▼ └── its time is over┘
 */
import type { AlertSeverity, Values } from './verdict.ts';

export const ALERT_STATES = ['raised', 'acknowledged', 'silenced', 'cleared'] as const;
export type AlertState = (typeof ALERT_STATES)[number];

/** What an operator may have done with one word; `lapsed`: somebody else flies it by now, or it stands. */
export interface Proposal {
  readonly type: 'hold' | 'return' | 'land';
  readonly params: Readonly<Record<string, unknown>>;
  readonly words: string;
  readonly state: 'open' | 'accepted' | 'dismissed' | 'lapsed' | 'acted';
  readonly by?: string;
  /** Id of the command. */
  readonly command?: string;
}

export interface Alert {
  readonly class: string;
  readonly severity: AlertSeverity;
  readonly drone?: string;
  readonly base?: string;
  readonly order?: string;
  /** It tells of many: these are still so. */
  readonly drones?: readonly string[];
  readonly words: string;
  readonly whatToDo: string;
  readonly evidence: Values;
  readonly state: AlertState;
  readonly raisedUtcUs: number;
  readonly acknowledged?: { readonly by: string; readonly atUtcUs: number };
  readonly silenced?: { readonly by: string; readonly untilUtcUs: number };
  readonly cleared?: { readonly by: string; readonly atUtcUs: number };
  /** Dismissed, and these have not been well since. */
  readonly stillSo?: readonly string[];
  /** Id of the alert that tells of it now, with others. */
  readonly gathered?: string;
  readonly proposal?: Proposal;
}

/** Whom it is about: of one class one alert is open about each. */
export interface About {
  readonly drone?: string;
  readonly base?: string;
  readonly order?: string;
}

export function keyOf(name: string, { drone = '', base = '', order = '' }: About): string {
  return `${name}/${drone}/${base}/${order}`;
}

export interface Raise extends About {
  readonly class: string;
  readonly severity: AlertSeverity;
  readonly words: string;
  readonly whatToDo: string;
  readonly values: Values;
  readonly drones?: readonly string[];
}

/** What is said of an open one anew. */
export type Retold = Pick<Raise, 'words' | 'values' | 'drones'>;
