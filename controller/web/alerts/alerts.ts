/** Open alerts as the page shows them: read from what the controller answers, nothing is made up. */
import type { AlertTally } from '../../live/messages.ts';

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

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');
const maybe = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** Newest first, as they come; what is no alert is left out. */
export function readAlerts(answer: unknown): readonly AlertShown[] {
  if (!isObject(answer) || !Array.isArray(answer.alerts)) return [];
  return answer.alerts.flatMap((one: unknown): AlertShown[] => {
    if (!isObject(one) || typeof one.id !== 'string') return [];
    const { acknowledged, proposal } = one;
    return [
      {
        ...{ id: one.id, class: textOf(one.class), state: textOf(one.state) },
        severity: SEVERITIES.find((severity) => severity === one.severity) ?? 'warning',
        ...{ drone: maybe(one.drone), order: maybe(one.order), raisedAt: textOf(one.raisedAt) },
        drones: Array.isArray(one.drones) ? one.drones.filter((name) => typeof name === 'string') : [],
        ...{ words: textOf(one.words), whatToDo: textOf(one.whatToDo) },
        staysDown: one.staysDown === true,
        acknowledgedBy: isObject(acknowledged) ? maybe(acknowledged.by) : null,
        proposal: isObject(proposal)
          ? { type: textOf(proposal.type), words: textOf(proposal.words), state: textOf(proposal.state) }
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
