/** Times where people read them: in their zone and manner. Storage, wire and API know UTC only (rfc3339.ts). */

export const HOUR_STYLES = ['24h', '12h'] as const;
export type HourStyle = (typeof HOUR_STYLES)[number];

export interface Face {
  /** `local` (where this program runs), `UTC`, or a name of the time zone database: `Europe/Paris`. */
  readonly zone: string;
  readonly hours: HourStyle;
}

export const UTC_FACE: Face = { zone: 'UTC', hours: '24h' };

/** Making one is slow; a page draws many times a second. */
const made = new Map<string, Intl.DateTimeFormat>();
const MAX_MADE = 32;

function formatter(face: Face): Intl.DateTimeFormat {
  const key = `${face.zone} ${face.hours}`;
  let format = made.get(key);
  if (format === undefined) {
    if (made.size >= MAX_MADE) made.clear();
    format = new Intl.DateTimeFormat('en-GB', {
      ...{ year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', minute: '2-digit', second: '2-digit' },
      ...(face.zone === 'local' ? {} : { timeZone: face.zone }),
      hourCycle: face.hours === '12h' ? 'h12' : 'h23',
      timeZoneName: 'shortOffset',
    });
    made.set(key, format);
  }
  return format;
}

/** Does this machine know the zone? */
export function knowsZone(zone: string): boolean {
  try {
    formatter({ zone, hours: '24h' });
    return true;
  } catch {
    return false;
  }
}

export interface ZonedTime {
  /** `2026-11-21`. */
  readonly date: string;
  /** `20:14:07`, `08:14:07 pm`. */
  readonly time: string;
  /** The same without seconds. */
  readonly minute: string;
  /** `UTC`, `UTC+1`, `UTC−3:30`. */
  readonly offset: string;
}

/** Throws for a zone that this machine does not know: ask `knowsZone` at the border. */
export function zoned(utcMs: number, face: Face): ZonedTime {
  const parts = formatter(face).formatToParts(utcMs);
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.find((part) => part.type === type)?.value ?? '';
  const half = face.hours === '12h' ? ` ${of('dayPeriod')}` : '';
  return {
    date: `${of('year')}-${of('month')}-${of('day')}`,
    time: `${of('hour')}:${of('minute')}:${of('second')}${half}`,
    minute: `${of('hour')}:${of('minute')}${half}`,
    offset: of('timeZoneName').replace('GMT', 'UTC').replace(/\+0$/, '').replace('-', '\u2212'),
  };
}
