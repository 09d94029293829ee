/**
 * The charge to count on: what the autopilot reports, or what its agent remembers of before a restart of it, which refills the
 * battery on paper; the lower of the two, as dispatch and the drone itself have it.
 */
import { rememberedIn } from '@skein/protocol/fleet';
import { type DroneRecord, valuesOf } from './record.ts';

export interface Charge {
  /** To count on. */
  readonly pct: number | null;
  readonly reportedPct: number | null;
  /** It is what was remembered, as of when the pre-flight list came, each minute. */
  readonly remembered: boolean;
}

/** Each list is read once: rows and marks ask for thousands of drones, again and again. */
const read = new WeakMap<object, number | null>();

export function chargeOf(record: DroneRecord): Charge {
  const reportedPct = valuesOf(record, 'battery')?.remainingPct ?? null;
  const list = valuesOf(record, 'preflight');
  let said: number | null | undefined = null;
  if (list !== null) {
    said = read.get(list);
    if (said === undefined) {
      said = rememberedIn(list.items ?? '');
      read.set(list, said);
    }
  }
  const remembered = said !== null && (reportedPct === null || said < reportedPct);
  return { pct: remembered ? said : reportedPct, reportedPct, remembered };
}
