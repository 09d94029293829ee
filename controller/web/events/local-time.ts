/** Times in the fields of a form: in the reader's zone, as `datetime-local` has them. Pure. */
import { type Face, zoned } from '@skein/protocol/time';

/** `2026-11-21T20:14`; empty: none. */
export function fieldOf(utcMs: number | null, face: Face): string {
  if (utcMs === null) return '';
  const { date, minute } = zoned(utcMs, { zone: face.zone, hours: '24h' });
  return `${date}T${minute}`;
}

/** The instant at which clocks in that zone show it; null: none is given. Where clocks skip it, an hour beside. */
export function instantOf(field: string, face: Face): number | null {
  const wantedMs = Date.parse(`${field}:00Z`);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(field) || !Number.isFinite(wantedMs)) return null;
  let utcMs = wantedMs;
  // The first step may land on the other side of a change of the clocks.
  for (let round = 0; round < 2; round += 1) utcMs += wantedMs - Date.parse(`${fieldOf(utcMs, face)}:00Z`);
  return utcMs;
}
