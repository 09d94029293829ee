/** The drones as the list shows them now. */
import type { Fleet } from '../live/fleet.ts';
import { freshnessOf } from '../live/record.ts';
import { inParts, type Part } from './groups.ts';
import { filterText, groupBy, groups, sortOrder, stateFilter } from './list-state.ts';
import { inOrder, type Listed, matches } from './order.ts';
import { summarise } from './summary.ts';

/** Ids in the order shown. */
export function listOf(fleet: Fleet): readonly string[] {
  return partsOf(fleet).flatMap(({ ids }) => ids);
}

/**
 * The list as it is shown. Depends on values only as far as filter and sort do, and then looks once a second, so that
 * rows do not jump at every message.
 */
export function partsOf(fleet: Fleet): readonly Part[] {
  const text = filterText.value.trim();
  const state = stateFilter.value;
  const order = sortOrder.value;
  const ids = fleet.ids.value;
  const by = groupBy.value;
  const byValue = order.key !== 'id' || state !== 'all' || text !== '' || by !== '';
  if (!byValue) return [{ head: '', ids: order.descending ? ids.toReversed() : ids }];
  void fleet.second.value;
  const nowMs = fleet.nowMs.peek();
  const records = fleet.all();
  const all: Listed[] = [];
  for (const id of ids) {
    const record = records.get(id);
    if (!record) continue;
    const one = { summary: summarise(record), freshness: freshnessOf(record, nowMs, fleet.limits.peek()) };
    if (matches(one, text, state)) all.push(one);
  }
  return inParts(inOrder(all, order), by, groups.value);
}
