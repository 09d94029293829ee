/** Which drones the list shows and in what order. Pure; unknown values sort last either way. */
import type { FreshnessState } from '../../live/messages.ts';
import { compareIds } from '../live/ids.ts';
import { modeWords, type Summary } from './summary.ts';

export const SORT_KEYS = ['id', 'mode', 'battery', 'speed', 'height', 'backlog', 'age'] as const;
export type SortKey = (typeof SORT_KEYS)[number];
export interface SortOrder {
  readonly key: SortKey;
  readonly descending: boolean;
}
export const STATES = ['all', 'fresh', 'stale', 'lost'] as const;
export type StateFilter = (typeof STATES)[number];

export interface Listed {
  readonly summary: Summary;
  readonly freshness: FreshnessState;
}

/** Does it match the text (id, mode, control; every word must occur) and the state? Never heard counts as lost. */
export function matches(one: Listed, text: string, state: StateFilter): boolean {
  if (state !== 'all' && (one.freshness === 'never' ? 'lost' : one.freshness) !== state) return false;
  const hay = `${one.summary.id} ${modeWords(one.summary, '')} ${one.summary.control} ${one.freshness}`.toLowerCase();
  return text
    .toLowerCase()
    .split(/\s+/)
    .every((word) => hay.includes(word));
}

/** A new array; ties by id, so that the order is total and rows do not swap without cause. */
export function inOrder(all: readonly Listed[], order: SortOrder): Listed[] {
  const sign = order.descending ? -1 : 1;
  return [...all].sort((a, b) => {
    const x = sortValue(a.summary, order.key);
    const y = sortValue(b.summary, order.key);
    if (x !== y) {
      if (x === null) return 1;
      if (y === null) return -1;
      if (typeof x === 'string' && typeof y === 'string') return sign * compareIds(x, y);
      return sign * (Number(x) - Number(y));
    }
    return compareIds(a.summary.id, b.summary.id);
  });
}

function sortValue(summary: Summary, key: SortKey): string | number | null {
  switch (key) {
    case 'id':
      return summary.id;
    case 'mode':
      return summary.mode === null ? null : modeWords(summary);
    case 'battery':
      return summary.batteryPct;
    case 'speed':
      return summary.speedMps;
    case 'height':
      return summary.heightM;
    case 'backlog':
      return summary.backlog;
    case 'age':
      // Rising age means falling instant.
      return summary.sampledUtcUs === null ? null : -summary.sampledUtcUs;
  }
}
