/** A moment as a person names it. */
import { type Face, parseTime, zoned } from '@skein/protocol/time';

const AGO = /^(\d{1,6}(?:\.\d+)?)\s*(s|m|min|h|d)$/;
const UNIT_MS: Readonly<Record<string, number>> = { s: 1e3, m: 60e3, min: 60e3, h: 3600e3, d: 86_400e3 };
const CLOCK = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/;
const LOCAL = /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{1,2}:\d{2}(?::\d{2})?))?$/;
const DAY_MS = 86_400e3;

export const SINCE_WORDS =
  '10m (s, m, h, d ago), 14:30 (today here), 2026-11-21, 2026-11-21T14:30, or 2026-11-21T13:30:00Z';

/** What a clock on the wall of that zone shows, as if it were UTC. */
function wallMs(utcMs: number, face: Face): number {
  const { date, time } = zoned(utcMs, { zone: face.zone, hours: '24h' });
  return Date.parse(`${date}T${time}Z`);
}

/** When a clock there shows this. In the hour that a change of the clock takes away or gives twice, within an hour of it. */
function utcOf(wall: number, face: Face): number {
  const near = wall - (wallMs(wall, face) - wall);
  return near + (wall - wallMs(near, face));
}

/** Milliseconds since 1970, or null when it is none of SINCE_WORDS. */
export function parseSince(text: string, nowMs: number, face: Face): number | null {
  const ago = AGO.exec(text);
  if (ago !== null) return nowMs - Number(ago[1]) * (UNIT_MS[ago[2] ?? ''] ?? 0);
  const clock = CLOCK.exec(text);
  if (clock !== null) {
    const [hours, minutes, seconds] = clock.slice(1).map((part) => Number(part ?? 0));
    if ((hours ?? 24) > 23 || (minutes ?? 60) > 59 || (seconds ?? 60) > 59) return null;
    const midnight = Math.floor(wallMs(nowMs, face) / DAY_MS) * DAY_MS;
    const wall = midnight + ((hours ?? 0) * 3600 + (minutes ?? 0) * 60 + (seconds ?? 0)) * 1000;
    const today = utcOf(wall, face);
    // What is still to come today was meant yesterday.
    return today <= nowMs ? today : utcOf(wall - DAY_MS, face);
  }
  const local = LOCAL.exec(text);
  if (local !== null) {
    const wall = Date.parse(`${local[1]}T${(local[2] ?? '00:00').padStart(5, '0')}Z`);
    return Number.isNaN(wall) ? null : utcOf(wall, face);
  }
  const utcUs = /^\d+$/.test(text) ? null : parseTime(text);
  return utcUs === null ? null : utcUs / 1000;
}
