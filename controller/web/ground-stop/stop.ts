/** A ground stop as people set and lift it: whom it holds, until when, and what it means. */
import { signal } from '@preact/signals';
import type { GroundStopEntry } from '../../live/messages.ts';
import { listOf, objectOf, textOf } from '../shell/json.ts';

export type Reach = GroundStopEntry['reach'];

/** What is asked. Its key stays for as long as it is: said twice, it counts once. */
export type StopQuestion =
  | { readonly deed: 'set'; readonly key: string }
  | { readonly deed: 'lift'; readonly id: string };
export const stopQuestion = signal<StopQuestion | null>(null);

/** null: until somebody lifts it. */
export const FOR_HOURS: readonly (number | null)[] = [null, 0.5, 1, 2, 4, 8];

export function whom(reach: Reach): string {
  if (reach === 'fleet') return 'the whole fleet';
  return 'group' in reach ? `group ${reach.group}` : `base ${reach.base}`;
}

/** `fleet`, `group:NAME` or `base:ID`, as the form names them; null: none of these. */
export function reachOf(choice: string): Reach | null {
  if (choice === 'fleet') return 'fleet';
  const [, kind, name] = /^(group|base):(.+)$/.exec(choice) ?? [];
  if (name === undefined) return null;
  return kind === 'group' ? { group: name } : { base: name };
}

export function hoursWords(hours: number | null): string {
  if (hours === null) return 'until it is lifted';
  if (hours < 1) return `for ${hours * 60} minutes`;
  return hours === 1 ? 'for an hour' : `for ${hours} hours`;
}

export interface Wish {
  readonly reach: Reach;
  readonly reason: string;
  readonly hours: number | null;
}

/** As it is sent; `nowMs` is the controller's time, for a browser whose clock is wrong would set another end. */
export function requestOf({ reach, reason, hours }: Wish, nowMs: number): object {
  const until = hours === null ? {} : { until: new Date(nowMs + hours * 3_600_000).toISOString() };
  return { reach, reason: reason.trim(), ...until };
}

/** Names of groups in the controller's answer. */
export function groupNames(answer: unknown): readonly string[] {
  return listOf(objectOf(answer).groups).flatMap((one) => textOf(objectOf(one).name) ?? []);
}
