/**
 * Commands as the controller tells them (`/api/v1/commands`), read tolerantly: what is missing or strange is left out,
 * never a crash of the page. And the live stream folded in, which is quicker but says only the newest state.
 */
import { type DeliveryState, isFinal } from '@skein/protocol/fleet';
import type { CommandEntry } from '../../live/messages.ts';
import { isObject, type Json, listOf, objectOf, textOf, timeOf } from '../shell/json.ts';

export type Detail = Json;

export interface Step {
  readonly state: DeliveryState;
  readonly reason: string | null;
  readonly words: string | null;
  readonly atMs: number | null;
  readonly detail: Detail | null;
  /** Said by the drone itself, not by the controller; null: not told. */
  readonly byDrone: boolean | null;
}

export interface Delivery extends Step {
  readonly drone: string;
  /** Oldest first; the last one is the present state. */
  readonly steps: readonly Step[];
}

export interface Command {
  readonly id: string;
  readonly type: string;
  readonly params: Detail;
  readonly issuedAtMs: number | null;
  readonly expiresAtMs: number | null;
  readonly issuedBy: string;
  readonly deliveries: readonly Delivery[];
}

/** One command, or null when it is none. */
export function readCommand(value: unknown): Command | null {
  const { id, type, params, issuedAt, expiresAt, issuedBy, deliveries } = objectOf(value);
  if (typeof id !== 'string' || typeof type !== 'string') return null;
  return {
    ...{ id, type, params: objectOf(params), issuedAtMs: timeOf(issuedAt), expiresAtMs: timeOf(expiresAt) },
    issuedBy: textOf(issuedBy) ?? '',
    deliveries: listOf(deliveries).flatMap(readDelivery),
  };
}

/** A list of commands: bare, or under `commands`. */
export function readCommands(value: unknown): readonly Command[] {
  const list = listOf(Array.isArray(value) ? value : objectOf(value).commands);
  return list.flatMap((one) => readCommand(one) ?? []);
}

function readDelivery(value: unknown): Delivery[] {
  const { drone, steps: all } = objectOf(value);
  const now = readStep(value);
  if (now === null || typeof drone !== 'string') return [];
  const told = listOf(all).flatMap((one) => readStep(one) ?? []);
  const steps = told.at(-1)?.state === now.state ? told : [...told, now];
  // The detail of the last step is the proof; a controller may put it in either place.
  const detail = now.detail ?? steps.at(-1)?.detail ?? null;
  return [{ ...now, detail, drone, steps }];
}

function readStep(value: unknown): Step | null {
  const { state, reason, words, at, detail, by } = objectOf(value);
  if (typeof state !== 'string') return null;
  return {
    state: state as DeliveryState,
    ...{ reason: textOf(reason) || null, words: textOf(words) || null },
    ...{ atMs: timeOf(at), detail: detailOf(detail) },
    byDrone: typeof by === 'string' ? by === 'drone' : null,
  };
}

function detailOf(value: unknown): Detail | null {
  let told = value;
  try {
    if (typeof value === 'string') told = JSON.parse(value);
  } catch {
    // It is no object then.
  }
  return isObject(told) ? told : null;
}

/** The code of its reason, of several the first. Words come with each reason: the page has no table of them. */
export function codeOf({ reason }: Step): string | undefined {
  return reason?.split(/[:;]/, 1)[0];
}

export function deliveryTo(command: Command, drone: string): Delivery | null {
  return command.deliveries.find((one) => one.drone === drone) ?? null;
}

export function isOpen(command: Command): boolean {
  return command.deliveries.some((one) => !isFinal(one.state));
}

/** What the live stream says of one delivery: applied when it is newer than what is held; same command if it is not. */
export function withLive(command: Command, drone: string, entry: CommandEntry): Command {
  const held = deliveryTo(command, drone);
  const atMs = timeOf(entry.at);
  if (held === null || !isNewer(held, entry, atMs)) return command;
  const step = { state: entry.state, reason: entry.reason, words: entry.words, atMs, detail: null, byDrone: null };
  const next = { ...held, ...step, steps: [...held.steps, step] };
  return { ...command, deliveries: command.deliveries.map((one) => (one === held ? next : one)) };
}

function isNewer(held: Delivery, entry: CommandEntry, atMs: number | null): boolean {
  if (held.state === entry.state) return false;
  if (held.atMs !== null && atMs !== null && atMs !== held.atMs) return atMs > held.atMs;
  return ORDER.indexOf(entry.state) > ORDER.indexOf(held.state);
}

const ORDER: readonly DeliveryState[] = ['queued', 'delivered', 'accepted', 'executing', 'unknown'];

/** Counts by state, of all deliveries. */
export function countStates(command: Command): ReadonlyMap<DeliveryState, number> {
  const counts = new Map<DeliveryState, number>();
  for (const { state } of command.deliveries) counts.set(state, (counts.get(state) ?? 0) + 1);
  return counts;
}
