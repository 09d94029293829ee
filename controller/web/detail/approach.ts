/**
 * May people walk up to it? Only when it is disarmed, landed, locked, and all that is known now: under 2 s old. Anything
 * less is not an answer.
 */
import { ageOf, type DroneRecord, kindAgeMs, valuesOf } from '../live/record.ts';
import type { View } from './view.ts';

const NOW_MS = 2_000;
/** Older than this nothing says that it still holds. Heartbeats make `status` each second; the lock is said at once when it changes, and each minute. */
const HELD_MS = { status: 15_000, safety: 75_000 } as const;

export interface Approach {
  readonly safe: boolean;
  /** What is missing, in words; empty when safe. */
  readonly missing: readonly string[];
}

export function approachOf({ record, nowMs, pageLive }: Pick<View, 'record' | 'nowMs' | 'pageLive'>): Approach {
  const missing: string[] = [];
  const status = valuesOf(record, 'status');
  const age = ageOf(record, nowMs);
  if (!pageLive) missing.push('this page is not live');
  if (!record.entry.online || record.unreported) missing.push('not connected');
  if (age === null || age >= NOW_MS) missing.push('not heard within 2 s');
  if (status?.armed !== false || !holds(record, 'status', nowMs)) missing.push('not known to be disarmed');
  if (status?.landed !== 'on-ground') missing.push('not known to be on the ground');
  if (lockedOf(record) !== true || !holds(record, 'safety', nowMs)) missing.push('not locked');
  return { safe: missing.length === 0, missing };
}

function lockedOf(record: DroneRecord): boolean | null {
  return valuesOf(record, 'safety')?.locked ?? null;
}

function holds(record: DroneRecord, kind: 'status' | 'safety', nowMs: number | null): boolean {
  const age = kindAgeMs(record, kind, nowMs);
  return age !== null && age < HELD_MS[kind];
}
