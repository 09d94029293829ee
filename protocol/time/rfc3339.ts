/** Times as people and APIs write them: RFC 3339 in UTC with microseconds. In memory they are µs since 1970. */

const RFC3339 = /^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+-]\d{2}:\d{2})$/;

/** `2026-11-21T20:14:07.000123Z`. */
export function formatUtc(utcUs: number): string {
  const micros = ((Math.round(utcUs) % 1e6) + 1e6) % 1e6;
  const seconds = (Math.round(utcUs) - micros) / 1e6;
  return `${new Date(seconds * 1e3).toISOString().slice(0, 19)}.${String(micros).padStart(6, '0')}Z`;
}

/** RFC 3339 text, or epoch milliseconds as a number or digits → µs since 1970; null when it is neither. */
export function parseTime(value: string | number): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? Math.round(value * 1e3) : null;
  if (/^-?\d{1,15}(\.\d{1,3})?$/.test(value)) return Math.round(Number(value) * 1e3);
  const match = RFC3339.exec(value);
  if (match === null) return null;
  const [, date, time, fraction = '', zone = 'Z'] = match;
  const ms = Date.parse(`${date}T${time}${zone.toUpperCase()}`);
  // The engine reads 30 February as 2 March.
  const isDay = new Date(`${date}T00:00:00Z`).getUTCDate() === Number(date?.slice(8));
  return Number.isNaN(ms) || !isDay ? null : ms * 1e3 + Number(fraction.padEnd(6, '0').slice(0, 6));
}
