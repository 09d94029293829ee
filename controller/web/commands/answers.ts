/**
 * Commands as the controller tells them (`/api/v1/commands`), read tolerantly: what is missing or strange is left out,
 * never a crash of the page. And the live stream folded in, which is quicker but says only the newest state.
 */
import { type DeliveryState, isFinal } from '@skein/protocol/fleet';
import type { CommandEntry } from '../../live/messages.ts';

export type Detail = Readonly<Record<string, unknown>>;

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
  const command = asObject(value);
  if (command === null || typeof command.id !== 'string' || typeof command.type !== 'string') return null;
  const deliveries = Array.isArray(command.deliveries) ? command.deliveries.flatMap(readDelivery) : [];
  return {
    id: command.id,
    type: command.type,
    params: asObject(command.params) ?? {},
    issuedAtMs: timeMs(command.issuedAt),
    expiresAtMs: timeMs(command.expiresAt),
    issuedBy: typeof command.issuedBy === 'string' ? command.issuedBy : '',
    deliveries,
  };
}

/** A list of commands: bare, or under `commands`. */
export function readCommands(value: unknown): readonly Command[] {
  const list = Array.isArray(value) ? value : asObject(value)?.commands;
  if (!Array.isArray(list)) return [];
  return list.flatMap((one) => readCommand(one) ?? []);
}

function readDelivery(value: unknown): Delivery[] {
  const delivery = asObject(value);
  const now = readStep(delivery);
  if (delivery === null || now === null || typeof delivery.drone !== 'string') return [];
  const told = Array.isArray(delivery.steps) ? delivery.steps.flatMap((one) => readStep(asObject(one)) ?? []) : [];
  const steps = told.at(-1)?.state === now.state ? told : [...told, now];
  // The detail of the last step is the proof; a controller may put it in either place.
  const detail = now.detail ?? steps.at(-1)?.detail ?? null;
  return [{ ...now, detail, drone: delivery.drone, steps }];
}

function readStep(step: Readonly<Record<string, unknown>> | null): Step | null {
  if (step === null || typeof step.state !== 'string') return null;
  return {
    state: step.state as DeliveryState,
    reason: textOf(step.reason),
    words: textOf(step.words),
    atMs: timeMs(step.at),
    detail: detailOf(step.detail),
    byDrone: typeof step.by === 'string' ? step.by === 'drone' : null,
  };
}

function detailOf(value: unknown): Detail | null {
  if (typeof value !== 'string') return asObject(value);
  try {
    return asObject(JSON.parse(value));
  } catch {
    return null;
  }
}

function asObject(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** RFC 3339, with microseconds or without, as ms. */
function timeMs(value: unknown): number | null {
  if (typeof value !== 'string') return null;
  const ms = Date.parse(value.replace(/(\.\d{3})\d+/, '$1'));
  return Number.isNaN(ms) ? null : ms;
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
  const atMs = timeMs(entry.at);
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
