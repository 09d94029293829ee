/** What is said of an instant of the past, and of the span around it. */
import { clockDate, clockTime, zoneWord } from '../format/face.ts';
import { ageExact, utcFull } from '../format/times.ts';
import type { Flight } from './flights.ts';
import type { Span } from './span.ts';
import type { Where } from './track.ts';

/** `2026-11-28 14:03:07 UTC+1`, in the reader's zone. */
export function whenWords(utcMs: number): string {
  return `${clockDate(utcMs)} ${clockTime(utcMs)} ${zoneWord(utcMs)}`;
}

export function spanTitle({ fromMs, toMs }: Span): string {
  return `${utcFull(fromMs)} – ${utcFull(toMs)}`;
}

/** `2026-11-28 14:00:07 – 14:15:07 UTC+1 (15 min 00 s)`. */
export function spanLine(one: Span): string {
  const { fromMs, toMs } = one;
  const day = clockDate(toMs) === clockDate(fromMs) ? '' : `${clockDate(toMs)} `;
  const length = ageExact(toMs - fromMs);
  return `${clockDate(fromMs)} ${clockTime(fromMs)} – ${day}${clockTime(toMs)} ${zoneWord(toMs)} (${length})`;
}

/** Why there is no data: what a gap record says, in words. */
export function reasonWords(reason: string | null): string {
  return reason === null ? '' : ` (lost for good: ${reason.replaceAll('-', ' ')})`;
}

/** Null: the place of that instant is known. `why`: with the reason where one is known. */
export function holeWords(where: Where | null, why = true): string | null {
  if (where === null || where.kind === 'there') return null;
  const { nextMs, last, reason } = where;
  if (nextMs !== null) return `no data until ${clockTime(nextMs)}${why ? reasonWords(reason) : ''}`;
  return last === null ? 'no position in this span' : `no data since ${clockTime(last.atMs)}`;
}

/** Where it was, as a sentence beside the slider. */
export function placeWords(where: Where | null, loading = true): string {
  if (where === null) return loading ? 'reading…' : 'not read';
  const hole = holeWords(where);
  if (hole !== null) return hole;
  return where.kind === 'there' ? `position ${ageExact(where.ageMs)} old` : '';
}

export function flightWords({ fromMs, toMs, end, flew }: Flight): string {
  const length = ageExact(toMs - fromMs);
  const tail = { seen: '', about: '', open: ' so far', lost: ', then silence' }[end];
  return `${end === 'about' ? '≈ ' : ''}${length}${tail}${flew === false ? ', stayed on the ground' : ''}`;
}

export function beginWords({ fromMs, begin }: Flight): string {
  const time = `${clockDate(fromMs)} ${clockTime(fromMs)}`;
  return begin === 'seen' ? time : begin === 'about' ? `≈ ${time}` : `before ${time}`;
}
