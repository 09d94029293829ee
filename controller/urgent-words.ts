/** Committed urgent batches → what commands and itineraries wait for. */
import { expandBatch, type KindName, type Sample } from '@skein/protocol/telemetry';
import { ITINERARY_KINDS } from './stored-words.ts';

/** An agent seals 100 rows at most (agent/outbox/sealer.ts); a hundred bytes, well made, ask for 65 535. */
const MOST_ROWS = 1024;
const KINDS: readonly KindName[] = ['answer', ...ITINERARY_KINDS];

export const URGENT_COUNTERS = {
  unread:
    'urgent batches whose words were not taken at once: more rows than any agent seals, or damaged; they are stored',
} as const;

/** What is not read now stands in the store, and is read there after a restart. */
export function urgentReader(
  count: (name: keyof typeof URGENT_COUNTERS) => void,
): (bytes: Uint8Array) => readonly Sample[] {
  return (bytes) => {
    const expanded = expandBatch(bytes, KINDS, MOST_ROWS);
    if (expanded.ok) return expanded.samples;
    count('unread');
    return [];
  };
}
