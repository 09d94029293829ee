/** The instant that is replayed, put together from all that was read: for the map, the values and the words. */
import { computed, signal } from '@preact/signals';
import { marksOf, planAt } from './marks.ts';
import { atMs, span } from './moment.ts';
import { commands, pasts, track } from './past.ts';
import { covers, readingAt } from './table.ts';
import { inAirAt, type Where, whereAt } from './track.ts';

const MARKS: Readonly<Record<string, string>> = {
  skein: 'skein',
  pilot: 'pilot',
  'autopilot-failsafe': 'failsafe',
  'other-station': 'other',
};

/** Null: that instant has not been read yet. */
export const where = computed<Where | null>(() => {
  const [way, { table }] = [track.value, pasts.position.value];
  const at = atMs.value;
  return way === null || table === null || !covers(table, at) ? null : whereAt(way, table, at);
});

export const marks = computed(() => {
  const one = span.value;
  if (one === null) return [];
  const [status, control] = [pasts.status.value.table, pasts.control.value.table];
  const [texts, itinerary] = [pasts.text.value.table, pasts.itinerary.value.table];
  return marksOf({ status, control, texts, itinerary, commands: commands.value }, one);
});

/** The itinerary of that instant is not on the map: the controller has another version of it now, or none. */
export const planMissing = signal(false);

export const plan = computed(() => planAt(pasts.itinerary.value.table, atMs.value));

/** The mark that the fleet's map and list draw for such a drone (shell/marks.ts): hollow where nothing is known. */
export const sprite = computed(() => {
  const at = atMs.value;
  const state = where.value?.kind === 'there' ? 'fresh' : 'stale';
  const place = inAirAt(pasts.status.value.table, at) ? 'air' : 'ground';
  const control = MARKS[String(readingAt(pasts.control.value.table, 'state', at)?.value)] ?? 'unknown';
  return { state, place, control } as const;
});
