/** The events on screen as CSV: times in UTC. Pure. */
import { csvRow } from '@skein/protocol/export';
import type { LoggedEvent } from './event.ts';

const COLUMNS = ['at', 'entity', 'version', 'type', 'byKind', 'by', 'words', 'cause', 'why', 'data', 'hash'] as const;

export function csvOf(events: readonly LoggedEvent[]): string {
  const rows = events.map((event) => {
    const { entity, version, type, by, words, cause, why, data, raw } = event;
    const who = [by?.kind ?? null, by?.name ?? null];
    return [raw.at, entity, version, type, ...who, words, cause, why, data, raw.hash];
  });
  return [COLUMNS, ...rows].map(csvRow).join('');
}
