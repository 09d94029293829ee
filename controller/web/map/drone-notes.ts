/** What is written and drawn about a mark, as a map feature. Pure. */
import type { FreshnessState } from '../../live/messages.ts';
import { fixed } from '../format/numbers.ts';
import { ageWords } from '../format/times.ts';
import { type Summary, summarise } from '../list/summary.ts';
import type { FreshnessLimits } from '../live/freshness.ts';
import { ageOf, type DroneRecord, freshnessOf } from '../live/record.ts';
import type { Side } from './labels.ts';
import { ringPx0, uncertaintyM } from './uncertainty.ts';

export interface NoteProperties {
  readonly id: string;
  readonly state: string;
  /** Second line of the label (`secondLine`); empty where there is no label. */
  readonly sub: string;
  readonly selected: boolean;
  /** Radius of the ring about it at zoom 0, pixels (uncertainty.ts); 0: none. */
  readonly uncertainPx0: number;
  /** Where the label goes (labels.ts), or `none`. */
  readonly side: Side | 'none';
}

/** Null while the drone has no position. */
export function noteOf(
  record: DroneRecord,
  nowMs: number | null,
  limits: FreshnessLimits,
  selected: boolean,
  side: Side | 'none',
): GeoJSON.Feature<GeoJSON.Point, NoteProperties> | null {
  const one = summarise(record);
  if (one.lonDeg === null || one.latDeg === null) return null;
  const ageMs = ageOf(record, nowMs);
  const state = freshnessOf(record, nowMs, limits);
  return {
    type: 'Feature',
    geometry: { type: 'Point', coordinates: [one.lonDeg, one.latDeg] },
    properties: {
      id: one.id,
      state,
      sub: side === 'none' ? '' : wordsOf(one, state, ageMs),
      selected,
      uncertainPx0: ringPx0(one.latDeg, uncertaintyM(record, nowMs)),
      side,
    },
  };
}

/** Second line of a label: height and speed while fresh, the age after. */
export function secondLine(record: DroneRecord, nowMs: number | null, limits: FreshnessLimits): string {
  return wordsOf(summarise(record), freshnessOf(record, nowMs, limits), ageOf(record, nowMs));
}

function wordsOf(one: Summary, state: FreshnessState, ageMs: number | null): string {
  if (state !== 'fresh') return `${state} ${ageWords(stepped(ageMs))}`;
  return one.inAir ? `${fixed(one.heightM)} m · ${fixed(one.speedMps)} m/s` : (one.mode ?? '');
}

/** Past 10 s in steps of 5 s, rounded up: every change of a label is work for the map, and none may look too young. */
function stepped(ageMs: number | null): number | null {
  return ageMs === null || ageMs < 10_000 ? ageMs : Math.ceil(ageMs / 5_000) * 5_000;
}
