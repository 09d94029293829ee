/** One drone as the page holds it, and how to ask it for values and ages. */
import type { KindName, Values } from '@skein/protocol/telemetry';
import type { DroneEntry, FreshnessState, LiveValue } from '../../live/messages.ts';
import { classify, type FreshnessLimits, isDim } from './freshness.ts';

export interface DroneRecord {
  readonly entry: DroneEntry;
  /** Known from before the controller restarted and not named by it since. */
  readonly unreported: boolean;
}

/** Age of the drone's newest vehicle sample, ms; null: never heard. Never negative. */
export function ageOf(record: DroneRecord, nowMs: number | null): number | null {
  const at = record.entry.freshness.sampledUtcUs;
  return at === null || nowMs === null ? null : Math.max(0, nowMs - at / 1000);
}

export function freshnessOf(record: DroneRecord, nowMs: number | null, limits: FreshnessLimits): FreshnessState {
  return classify(ageOf(record, nowMs), limits);
}

/** Age of one kind, ms; null when the drone never sent it. */
export function kindAgeMs(record: DroneRecord, kind: KindName, nowMs: number | null): number | null {
  const value = record.entry.kinds[kind];
  return !value || nowMs === null ? null : Math.max(0, nowMs - value.atUtcUs / 1000);
}

/** The values of one kind, or null. */
export function valuesOf<K extends KindName>(record: DroneRecord, kind: K): Values<K> | null {
  const value = record.entry.kinds[kind] as LiveValue<K> | undefined;
  return value?.values ?? null;
}

/** Is this kind older than its kind allows (freshness.ts), or missing? */
export function isOld(record: DroneRecord, kind: KindName, nowMs: number | null): boolean {
  return isDim(kind, kindAgeMs(record, kind, nowMs));
}
