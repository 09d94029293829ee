/** Drones as map features, and the smallest change from what the map has to what it should have. Pure. */

import type { FreshnessState } from '../../live/messages.ts';
import { fixed } from '../format/numbers.ts';
import { ageWords } from '../format/times.ts';
import { type Summary, summarise } from '../list/summary.ts';
import { type FreshnessLimits, strength } from '../live/freshness.ts';
import { ageOf, type DroneRecord, freshnessOf } from '../live/record.ts';
import type { Side } from './labels.ts';
import { ringPx0, uncertaintyM } from './uncertainty.ts';

export interface DroneProperties {
  readonly id: string;
  readonly icon: string;
  readonly state: string;
  readonly headingDeg: number;
  readonly opacity: number;
  /** Second line of the label (`secondLine`); empty where there is no label. */
  readonly sub: string;
  readonly selected: boolean;
  /** Lower is drawn first and loses its label last: those that need looking at come first. */
  readonly rank: number;
  /** Radius of the ring about it at zoom 0, pixels (uncertainty.ts); 0: none. */
  readonly uncertainPx0: number;
  /** Where the label goes (labels.ts), or `none`. */
  readonly side: Side | 'none';
}

export interface DroneFeature {
  readonly lonDeg: number;
  readonly latDeg: number;
  readonly properties: DroneProperties;
}

/** Null while the drone has no position. */
export function featureOf(
  record: DroneRecord,
  nowMs: number | null,
  limits: FreshnessLimits,
  selected: boolean,
  side: Side | 'none',
): DroneFeature | null {
  const one = summarise(record);
  if (one.lonDeg === null || one.latDeg === null) return null;
  const ageMs = ageOf(record, nowMs);
  const state = freshnessOf(record, nowMs, limits);
  const place = one.inAir ? 'air' : 'ground';
  return {
    lonDeg: one.lonDeg,
    latDeg: one.latDeg,
    properties: {
      id: one.id,
      icon: `${state}-${place}-${one.control}`,
      state,
      headingDeg: Math.round(one.headingDeg ?? 0),
      opacity: Math.round(strength(ageMs, limits) * 10) / 10,
      sub: side === 'none' ? '' : wordsOf(one, state, ageMs),
      selected,
      rank: selected ? 0 : one.control === 'failsafe' ? 1 : state === 'fresh' ? 3 : 2,
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

export interface FeatureChange {
  readonly id: string;
  readonly newGeometry?: GeoJSON.Point;
  readonly addOrUpdateProperties?: { key: string; value: unknown }[];
}

/** What differs between the two, or null when the map is right already. */
export function changeOf(before: DroneFeature, after: DroneFeature): FeatureChange | null {
  const moved = before.lonDeg !== after.lonDeg || before.latDeg !== after.latDeg;
  const properties: { key: string; value: unknown }[] = [];
  for (const key in after.properties) {
    const value = after.properties[key as keyof DroneProperties];
    if (before.properties[key as keyof DroneProperties] !== value) properties.push({ key, value });
  }
  if (!moved && properties.length === 0) return null;
  return {
    id: after.properties.id,
    ...(moved ? { newGeometry: { type: 'Point' as const, coordinates: [after.lonDeg, after.latDeg] } } : {}),
    ...(properties.length > 0 ? { addOrUpdateProperties: properties } : {}),
  };
}

export function geoFeature(feature: DroneFeature): GeoJSON.Feature {
  return {
    type: 'Feature',
    id: feature.properties.id,
    geometry: { type: 'Point', coordinates: [feature.lonDeg, feature.latDeg] },
    properties: { ...feature.properties },
  };
}
