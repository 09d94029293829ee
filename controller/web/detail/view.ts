/** What every part of the panel is given: the drone and the instant it is looked at. */
import type { KindName } from '@skein/protocol/telemetry';
import { ageExact, utcFull } from '../format/times.ts';
import type { FreshnessLimits } from '../live/freshness.ts';
import { type DroneRecord, isOld, kindAgeMs } from '../live/record.ts';

export interface View {
  readonly record: DroneRecord;
  readonly nowMs: number | null;
  /** While the page is not live: when it was last, by the controller's clock; else null. */
  readonly asOfMs: number | null;
  readonly limits: FreshnessLimits;
  /** False: nothing can be said of the drone, only that this page hears nothing. */
  readonly pageLive: boolean;
}

/** ` as of 19 s ago`: when the page heard the controller last. */
export function asOf(nowMs: number | null, asOfMs: number | null): string {
  return nowMs === null || asOfMs === null ? ', as last known' : ` as of ${ageExact(nowMs - asOfMs)} ago`;
}

/** What is counted from and to, and as of when that is said: a page that is not live counts no further than it knew. */
export function counting({ nowMs, asOfMs, pageLive }: Pick<View, 'nowMs' | 'asOfMs' | 'pageLive'>): {
  readonly atMs: number | null;
  readonly when: string;
} {
  return pageLive ? { atMs: nowMs, when: '' } : { atMs: asOfMs, when: asOf(nowMs, asOfMs) };
}

/** Said on hovering a value: how old it is and when it was sampled. */
export function ageTitle({ record, nowMs }: View, kind: KindName): string {
  const value = record.entry.kinds[kind];
  if (!value) return 'never received';
  const old = isOld(record, kind, nowMs) ? ', older than it should be' : '';
  return `${ageExact(kindAgeMs(record, kind, nowMs))} old${old}; sampled ${utcFull(value.atUtcUs / 1000)}`;
}

export function isDimmed({ record, nowMs }: View, kind: KindName): boolean {
  return isOld(record, kind, nowMs);
}
