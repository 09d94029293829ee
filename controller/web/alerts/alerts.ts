/** Open alerts as the page shows them: read from what the controller answers, nothing is made up. */
import type { AlertTally } from '../../live/messages.ts';
import { isObject, listOf, objectOf, textOf, textsOf } from '../shell/json.ts';

export const SEVERITIES = ['critical', 'warning', 'info'] as const;
export type Severity = (typeof SEVERITIES)[number];

export interface AlertShown {
  readonly id: string;
  readonly class: string;
  readonly severity: Severity;
  readonly state: string;
  readonly drone: string | null;
  readonly order: string | null;
  /** It tells of many at once. */
  readonly drones: readonly string[];
  readonly words: string;
  readonly whatToDo: string;
  readonly raisedAt: string;
  readonly acknowledgedBy: string | null;
  /** While it is open no order is given to the drone. */
  readonly staysDown: boolean;
  readonly proposal: { readonly type: string; readonly words: string; readonly state: string } | null;
}

const wordsOf = (value: unknown): string => textOf(value) ?? '';

/** Newest first, as they come; what is no alert is left out. */
export function readAlerts(answer: unknown): readonly AlertShown[] {
  return listOf(objectOf(answer).alerts).flatMap((one): AlertShown[] => {
    if (!isObject(one) || typeof one.id !== 'string') return [];
    const { acknowledged, proposal } = one;
    return [
      {
        ...{ id: one.id, class: wordsOf(one.class), state: wordsOf(one.state) },
        severity: SEVERITIES.find((severity) => severity === one.severity) ?? 'warning',
        ...{ drone: textOf(one.drone), order: textOf(one.order), raisedAt: wordsOf(one.raisedAt) },
        drones: textsOf(one.drones),
        ...{ words: wordsOf(one.words), whatToDo: wordsOf(one.whatToDo) },
        staysDown: one.staysDown === true,
        acknowledgedBy: textOf(objectOf(acknowledged).by),
        proposal: isObject(proposal)
          ? { type: wordsOf(proposal.type), words: wordsOf(proposal.words), state: wordsOf(proposal.state) }
          : null,
      },
    ];
  });
}

/** The most severe that is open; null: none. */
export function worstOf(tally: AlertTally | null): Severity | null {
  return tally === null ? null : (SEVERITIES.find((severity) => tally[severity] > 0) ?? null);
}

export function countOf({ critical, warning, info }: AlertTally): number {
  return critical + warning + info;
}

/** What an operator says by dismissing it. */
export function dismissalWords({ drone, drones, staysDown, proposal }: AlertShown): string {
  const whom = drone ?? (drones.length > 0 ? `${drones.length} drones` : null);
  return [
    'It is over, you say: it is not raised again before it was well and happens anew.',
    ...(staysDown && whom !== null ? [`${whom} may be given orders again.`] : []),
    ...(proposal?.state === 'open' ? [`What is proposed is not done: ${proposal.words.toLowerCase()}.`] : []),
  ].join(' ');
}
