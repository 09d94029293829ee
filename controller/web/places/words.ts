/** Zones and weather, in words. Pure. */
import { clockMinute, zoneWord } from '../format/face.ts';
import { compassPoint, fixed, withUnit } from '../format/numbers.ts';
import { ageWords } from '../format/times.ts';
import type { WeatherAnswer, ZoneAnswer, ZoneKind } from './answers.ts';

export const ZONE_WORDS: Readonly<Record<ZoneKind, string>> = {
  'no-fly': 'no fly',
  'keep-in': 'keep in',
  slow: 'slow',
  caution: 'caution',
};

/** What it means for a flight. */
export const ZONE_MEANS: Readonly<Record<ZoneKind, string>> = {
  'no-fly': 'Planned flights go round it.',
  'keep-in': 'Planned flights that begin inside stay inside.',
  slow: 'Planned flights go slowly inside.',
  caution: 'Planned flights go round it where that is less than half as long again.',
};

export type InForce = 'now' | 'later' | 'over';

export function inForce(zone: ZoneAnswer, nowMs: number): InForce {
  if (zone.validToMs !== null && zone.validToMs <= nowMs) return 'over';
  return zone.validFromMs !== null && zone.validFromMs > nowMs ? 'later' : 'now';
}

/** `from 20 m to 80 m above home`; null: from the ground without end. */
export function bandWords({ fromM, toM, frame }: ZoneAnswer): string | null {
  if (fromM === null && toM === null) return null;
  const above = frame === 'amsl' ? 'above mean sea level' : 'above home';
  if (toM === null) return `from ${withUnit(fromM, 'm')} ${above} up`;
  return fromM === null
    ? `up to ${withUnit(toM, 'm')} ${above}`
    : `from ${withUnit(fromM, 'm')} to ${withUnit(toM, 'm')} ${above}`;
}

export function timesWords({ validFromMs, validToMs }: ZoneAnswer): string | null {
  const at = (ms: number): string => `${clockMinute(ms)} ${zoneWord(ms)}`;
  if (validFromMs === null) return validToMs === null ? null : `until ${at(validToMs)}`;
  return validToMs === null ? `from ${at(validFromMs)}` : `from ${at(validFromMs)} until ${at(validToMs)}`;
}

/** `wind 3 m/s from W, gusts 5 m/s, 12 °C`. */
export function weatherWords({ windFromDeg, windMps, gustMps, temperatureC }: WeatherAnswer): string {
  const wind = windMps < 0.5 ? 'no wind' : `wind ${withUnit(windMps, 'm/s')} from ${compassPoint(windFromDeg)}`;
  const gusts = gustMps === null ? 'gusts not told' : `gusts ${withUnit(gustMps, 'm/s')}`;
  return `${wind}, ${gusts}${temperatureC === null ? '' : `, ${fixed(temperatureC)}\u202f°C`}`;
}

/** How old it is, and whether it should have been told anew. */
export function weatherAge({ changedMs, nextMs }: WeatherAnswer, nowMs: number): string {
  const told = changedMs === null ? 'when it was told is not known' : `told ${ageWords(nowMs - changedMs)} ago`;
  return nextMs !== null && nextMs < nowMs ? `${told}; it should have been told anew by now` : told;
}
