/** One drone as the page holds it, and how to ask it for values and ages. */
import type { KindName, Values } from '@skein/protocol/telemetry';
import type { DroneEntry, FreshnessState, LiveKinds, LiveValue, Move } from '../../live/messages.ts';
import { classify, type FreshnessLimits, isDim } from './freshness.ts';

export interface DroneRecord {
  readonly entry: DroneEntry;
  /** Known from before the controller restarted and not named by it since. */
  readonly unreported: boolean;
  /** Only of one of which what came last is that it moved (moved.ts): its `entry`, which knows that too, is made when it is asked for. */
  readonly moved?: Moved;
}

export interface Moved {
  /** All of it but where it is, how fast and how fresh. */
  readonly still: DroneEntry;
  readonly move: Move;
  readonly serverUtcUs: number;
  readonly sampledUtcUs: number;
  readonly position: LiveKinds['position'];
  readonly velocity: LiveKinds['velocity'];
}

/** What of it thousands do not say all the time: for those who look at all of them, and not at where they are. */
export function stillOf(record: DroneRecord): DroneEntry {
  return record.moved?.still ?? record.entry;
}

export function sampledUtcUsOf(record: DroneRecord): number | null {
  return record.moved?.sampledUtcUs ?? record.entry.freshness.sampledUtcUs;
}

/** Age of the drone's newest vehicle sample, ms; null: never heard. Never negative. */
export function ageOf(record: DroneRecord, nowMs: number | null): number | null {
  const at = sampledUtcUsOf(record);
  return at === null || nowMs === null ? null : Math.max(0, nowMs - at / 1000);
}

export function freshnessOf(record: DroneRecord, nowMs: number | null, limits: FreshnessLimits): FreshnessState {
  return classify(ageOf(record, nowMs), limits);
}

/** The newest of one kind. */
export function liveOf<K extends KindName>(record: DroneRecord, kind: K): LiveValue<K> | undefined {
  const isMoved = record.moved && (kind === 'position' || kind === 'velocity');
  const kinds = (isMoved ? record.moved : stillOf(record).kinds) as LiveKinds;
  return kinds[kind] as LiveValue<K> | undefined;
}

/** Age of one kind, ms; null when the drone never sent it. */
export function kindAgeMs(record: DroneRecord, kind: KindName, nowMs: number | null): number | null {
  const value = liveOf(record, kind);
  return !value || nowMs === null ? null : Math.max(0, nowMs - value.atUtcUs / 1000);
}

/** The values of one kind, or null. */
export function valuesOf<K extends KindName>(record: DroneRecord, kind: K): Values<K> | null {
  return liveOf(record, kind)?.values ?? null;
}

/** Is this kind older than its kind allows (freshness.ts), or missing? */
export function isOld(record: DroneRecord, kind: KindName, nowMs: number | null): boolean {
  return isDim(kind, kindAgeMs(record, kind, nowMs));
}
