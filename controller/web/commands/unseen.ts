/** Commands sent from this browser whose end has not been looked at: they stay on the page, also across a reload. */
import { signal } from '@preact/signals';
import { listOf, objectOf, textOf } from '../shell/json.ts';
import { keep, keptJson } from '../shell/kept.ts';

export interface Unseen {
  readonly id: string;
  readonly type: string;
  /** The one drone it went to; null: to several. */
  readonly drone: string | null;
}

const KEY = 'skein.unseen';
const MOST = 50;

export const unseen = signal<readonly Unseen[]>(readUnseen(keptJson(KEY)));

export function readUnseen(value: unknown): readonly Unseen[] {
  return listOf(value)
    .flatMap((one) => {
      const { id, type, drone } = objectOf(one);
      return typeof id === 'string' && typeof type === 'string' ? [{ id, type, drone: textOf(drone) }] : [];
    })
    .slice(0, MOST);
}

function put(next: readonly Unseen[]): void {
  unseen.value = next.slice(0, MOST);
  keep(KEY, JSON.stringify(unseen.value));
}

export function addUnseen(one: Unseen): void {
  put([one, ...unseen.value.filter(({ id }) => id !== one.id)]);
}

export function markSeen(ids: readonly string[]): void {
  if (unseen.value.some(({ id }) => ids.includes(id))) put(unseen.value.filter(({ id }) => !ids.includes(id)));
}
