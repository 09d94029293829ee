/** What the event log is asked for now, and the one looked at. */
import { computed, signal } from '@preact/signals';
import { replaceRoute, route } from '../shell/route.ts';
import { type Filter, readFilter, writeFilter } from './filter.ts';

export const filter = computed<Filter>(() => readFilter(route.value.view === 'events' ? route.value.query : ''));

/** Its cursor; null: none. */
export const chosen = signal<string | null>(null);

/** As the reader types: the way back leads out of the log, not through every letter. */
export function ask(more: Partial<Filter>): void {
  replaceRoute({ view: 'events', query: writeFilter({ ...filter.peek(), ...more }) });
}
