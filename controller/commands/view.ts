/** A command as the API shows it, and a delivery as the live view does. */
import { isCommandType, isFinal, reasonWords } from '@skein/protocol/fleet';
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

function words(reason: string | null): string | null {
  return reason === null ? null : reasonWords(reason);
}

function stepView({ state, reason, atUtcUs, detail, by }: Step): StepView {
  return { state, reason, words: words(reason), at: formatUtc(atUtcUs), detail, by };
}

export function commandView(command: Command, deliveries: readonly DeliveryRecord[], stored = true): CommandView {
  const { issuedAtUtcUs, expiresAtUtcUs, ...rest } = command;
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
      ...{ drone: one.drone, state: one.state, reason: one.reason, words: words(one.reason) },
      ...{ at: formatUtc(one.atUtcUs), detail: one.detail },
      sentAt: one.sentUtcUs === null ? null : formatUtc(one.sentUtcUs),
      steps: one.steps.map(stepView),
    })),
  };
}

/** null: a type that this version does not know. */
export function briefOf(command: Command, d: DeliveryRecord): Brief | null {
  const { id, type, issuedBy } = command;
  if (!isCommandType(type)) return null;
  const { state, reason, atUtcUs } = d;
  return { id, type, state, reason, words: words(reason), at: formatUtc(atUtcUs), issuedBy };
}
