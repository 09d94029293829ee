/**
 * What is written down of a command: events of the entity `command:<id>`. The store keeps a projection of them by these
 * rules (store/command-projection.ts), so that nothing needs to be read from the start:
 *
 *   issued    {command, deliveries, key?}      the whole command, its deliveries as they begin
 *   decided   {}                               it was posted in time: from now on it outlives this process
 *   delivery  {drone, by, cause, set}          fields of one delivery that have changed; with a `state`, one step more
 */
import { actorOf } from '@skein/protocol/fleet';
import type { Command, Delivery, DeliveryRecord } from './command.ts';
import type { CommandEvent } from './ports.ts';

export interface KeyUse {
  readonly key: string;
  /** Of the request it was used with. */
  readonly hash: string;
}

/** Why a delivery changed. */
export type Cause =
  | 'answer'
  | 'presence'
  | 'time'
  | 'rollout'
  | 'cancel'
  | 'max-failures'
  | 'not-stored'
  | 'untargeted';

export function recordOf(d: Delivery): DeliveryRecord {
  const { sends: _sends, dueMonoUs: _due, giveUpMonoUs: _giveUp, ...record } = d;
  return record;
}

export function issuedEvent(command: Command, deliveries: readonly Delivery[], key: KeyUse | null): CommandEvent {
  const { id, ...about } = command;
  return {
    entity: `command:${id}`,
    type: 'issued',
    atUtcUs: command.issuedAtUtcUs,
    by: command.untargeted
      ? { kind: 'drone', name: deliveries[0]?.drone ?? 'unknown' }
      : { kind: 'operator', name: command.issuedBy },
    cause: command.untargeted ? 'untargeted' : 'request',
    data: { command: about, deliveries: deliveries.map(recordOf), ...(key === null ? {} : { key }) },
  };
}

export function decidedEvent(id: string, utcUs: number): CommandEvent {
  return {
    entity: `command:${id}`,
    type: 'decided',
    atUtcUs: utcUs,
    by: { kind: 'controller', name: 'commands' },
    cause: 'stored',
    data: {},
  };
}

/** Fields besides the steps, which the projection adds by itself. */
const FIELDS = [
  ...(['state', 'reason', 'detail', 'atUtcUs', 'answered', 'sentUtcUs'] as const),
  ...(['session', 'journal', 'fill', 'cancel'] as const),
];

/** null: nothing that is written down has changed. */
export function deliveryEvent(
  id: string,
  before: Delivery,
  after: Delivery,
  o: { readonly cause: Cause; readonly utcUs: number },
): CommandEvent | null {
  const moved = after.steps.at(-1) !== before.steps.at(-1) && stepChanged(before, after);
  const changed = FIELDS.filter((field) => after[field] !== before[field] && field !== 'answered');
  if (changed.length === 0 && !moved) return null;
  const set: Record<string, unknown> = Object.fromEntries(changed.map((field) => [field, after[field]]));
  if (after.answered !== before.answered) set.answered = after.answered;
  // A step is whole, also where only one part of it differs from the one before.
  if (moved)
    Object.assign(set, { state: after.state, reason: after.reason, detail: after.detail, atUtcUs: after.atUtcUs });
  const by = after.steps.at(-1)?.by ?? 'controller';
  return {
    entity: `command:${id}`,
    type: 'delivery',
    atUtcUs: o.utcUs,
    by: actorOf(by, after.drone),
    cause: o.cause,
    data: { drone: after.drone, by, cause: o.cause, set },
  };
}

function stepChanged(before: Delivery, after: Delivery): boolean {
  return before.state !== after.state || before.reason !== after.reason;
}
