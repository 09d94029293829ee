/**
 * In which zone and manner times are shown here: what the reader chose, kept in this browser; at first the local zone, 24 hours.
 * UTC always stands in the title of a time, and in the bar. Whatever reads these draws itself anew when it is changed.
 */

import { signal } from '@preact/signals';
import { type Face, HOUR_STYLES, knowsZone, zoned } from '@skein/protocol/time';
import { keep, kept } from '../shell/kept.ts';

const KEY = 'skein.clock';
const FIRST: Face = { zone: 'local', hours: '24h' };

export const face = signal<Face>(readFace(kept(KEY)) ?? FIRST);

/** Null: nothing is kept, or a zone that this browser does not know. */
export function readFace(text: string | null): Face | null {
  try {
    const read: unknown = JSON.parse(text ?? 'null');
    if (typeof read !== 'object' || read === null) return null;
    const { zone, hours } = read as { readonly zone?: unknown; readonly hours?: unknown };
    const style = HOUR_STYLES.find((one) => one === hours);
    return typeof zone === 'string' && knowsZone(zone) && style !== undefined ? { zone, hours: style } : null;
  } catch {
    return null;
  }
}

export function chooseFace(next: Face): void {
  face.value = next;
  keep(KEY, JSON.stringify(next));
}

/** `20:14:07`, in the chosen zone and manner. */
export function clockTime(utcMs: number): string {
  return zoned(utcMs, face.value).time;
}

/** `20:14`. */
export function clockMinute(utcMs: number): string {
  return zoned(utcMs, face.value).minute;
}

/** `2026-11-28`, the day in the chosen zone. */
export function clockDate(utcMs: number): string {
  return zoned(utcMs, face.value).date;
}

/** What the chosen zone is off UTC then: `UTC+1`, `UTC`. Beside every time, or above its column. */
export function zoneWord(utcMs: number): string {
  return zoned(utcMs, face.value).offset;
}
