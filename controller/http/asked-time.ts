/** A time as a request gives it. */
import { parseTime } from '@skein/protocol/time';
import { Problem } from './errors.ts';

/** UTC, µs. */
export function askedTime(text: string): number {
  const utcUs = parseTime(text);
  // Beyond the year 2255 there are no whole µs, and what is answered would be no RFC 3339.
  if (utcUs === null || !Number.isSafeInteger(utcUs)) throw new Problem('bad-time', `"${text}"`);
  return utcUs;
}
