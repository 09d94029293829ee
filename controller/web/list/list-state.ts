/** What the operator asked the list to show. */
import { effect, signal } from '@preact/signals';
import { listOf, objectOf, textOf } from '../shell/json.ts';
import { keep, keptJson } from '../shell/kept.ts';
import { GROUPINGS, type Grouping } from './groups.ts';
import { SORT_KEYS, type SortKey, type SortOrder, STATES, type StateFilter } from './order.ts';

/** A page that is loaded again shows the same list; another tab begins anew. */
const KEY = 'skein.list';
const before = objectOf(keptJson(KEY, 'sessionStorage'));

export const filterText = signal(textOf(before.text) ?? '');
export const stateFilter = signal<StateFilter>(STATES.find((one) => one === before.state) ?? 'all');
export const sortOrder = signal<SortOrder>({
  key: SORT_KEYS.find((one) => one === before.key) ?? 'id',
  descending: before.descending === true,
});
export const groupBy = signal<Grouping>(GROUPINGS.find((one) => one === before.by) ?? '');
/** The group of each drone, the first where it is in several; null: not known yet. */
export const groups = signal<ReadonlyMap<string, string> | null>(null);

effect(() => {
  const list = { text: filterText.value, state: stateFilter.value, ...sortOrder.value, by: groupBy.value };
  keep(KEY, JSON.stringify(list), 'sessionStorage');
});

/** As `GET /api/v1/groups` tells them. */
export function readGroups(answer: unknown): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const one of listOf(objectOf(answer).groups)) {
    const { name, drones } = objectOf(one);
    for (const drone of listOf(drones)) {
      if (typeof drone === 'string' && typeof name === 'string' && !found.has(drone)) found.set(drone, name);
    }
  }
  return found;
}
/** The row the keyboard is on. */
export const cursorId = signal<string | null>(null);

/** What one wants to see first when a column is clicked: the emptiest battery, the fastest, the oldest. */
const FIRST_DESCENDING: ReadonlySet<SortKey> = new Set<SortKey>(['speed', 'height', 'backlog', 'age']);

export function sortBy(key: SortKey): void {
  const now = sortOrder.value;
  const descending = now.key === key ? !now.descending : FIRST_DESCENDING.has(key);
  sortOrder.value = { key, descending };
}

export function toggleState(state: StateFilter): void {
  stateFilter.value = stateFilter.value === state ? 'all' : state;
}
