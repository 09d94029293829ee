/** A command as the API shows it, and a delivery as the live view does. */
import { isCommandType, isFinal, outcomeWords } from '@skein/protocol/fleet';
import { formatUtc } from '@skein/protocol/time';
import type { Command, DeliveryRecord, Detail, Step, Targets } from './command.ts';
import type { Brief } from './ports.ts';

export interface StepView {
  readonly state: string;
  readonly reason: string | null;
  readonly words: string | null;
  readonly at: string;
  readonly detail: Detail | null;
  readonly by: string;
}

export interface DeliveryView extends Omit<StepView, 'by'> {
  readonly drone: string;
  readonly sentAt: string | null;
  /** What was sent in place of the command's type; null: that. */
  readonly sentAs: string | null;
  /** Parameters that the controller added for this drone. */
  readonly added: Detail;
  readonly steps: readonly StepView[];
}

export interface CommandView {
  readonly id: string;
  readonly type: string;
  readonly params: Detail;
  readonly issuedAt: string;
  readonly expiresAt: string;
  readonly issuedBy: string;
  readonly grants: readonly string[];
  readonly targets: Targets;
  readonly staggerMs: number;
  readonly maxFailures: number | null;
  readonly atATime: number | null;
  readonly session: string | null;
  readonly untargeted: boolean;
  /** Written down durably; false only for a moment, and while the database fails. */
  readonly stored: boolean;
  /** `open` while a delivery is not final. */
  readonly state: 'open' | 'done';
  /** Deliveries in each state there is one in. */
  readonly counts: Readonly<Record<string, number>>;
  readonly deliveries: readonly DeliveryView[];
}

/** `type` as it was sent: told to hold instead, a drone that succeeded holds. */
function words(type: string, { state, reason }: Pick<Step, 'state' | 'reason'>): string | null {
  return reason === null ? null : outcomeWords(type, state, reason);
}

const typeOf = ({ type }: Command, { instead }: DeliveryRecord): string => instead?.type ?? type;

function stepView(type: string, { state, reason, atUtcUs, detail, by }: Step): StepView {
  return { state, reason, words: words(type, { state, reason }), at: formatUtc(atUtcUs), detail, by };
}

export function commandView(command: Command, deliveries: readonly DeliveryRecord[], stored = true): CommandView {
  const { issuedAtUtcUs, expiresAtUtcUs, undecided: _, ...rest } = command;
  const counts: Record<string, number> = {};
  for (const { state } of deliveries) counts[state] = (counts[state] ?? 0) + 1;
  return {
    ...rest,
    issuedAt: formatUtc(issuedAtUtcUs),
    expiresAt: formatUtc(expiresAtUtcUs),
    stored,
    state: deliveries.every((one) => isFinal(one.state)) ? 'done' : 'open',
    counts,
    deliveries: deliveries.map((one) => ({
      ...{ drone: one.drone, state: one.state, reason: one.reason, words: words(typeOf(command, one), one) },
      ...{ at: formatUtc(one.atUtcUs), detail: one.detail },
      sentAt: one.sentUtcUs === null ? null : formatUtc(one.sentUtcUs),
      sentAs: one.instead?.type ?? null,
      added: { ...one.fill },
      steps: one.steps.map((step) => stepView(typeOf(command, one), step)),
    })),
  };
}

/** null: a type that this version does not know. */
export function briefOf(command: Command, d: DeliveryRecord): Brief | null {
  const { id, type, issuedBy } = command;
  if (!isCommandType(type)) return null;
  const { state, reason, atUtcUs } = d;
  return { id, type, state, reason, words: words(typeOf(command, d), d), at: formatUtc(atUtcUs), issuedBy };
}
