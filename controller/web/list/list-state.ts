/** What the operator asked the list to show. */
import { signal } from '@preact/signals';
import type { SortKey, SortOrder, StateFilter } from './order.ts';

export const filterText = signal('');
export const stateFilter = signal<StateFilter>('all');
export const sortOrder = signal<SortOrder>({ key: 'id', descending: false });
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
