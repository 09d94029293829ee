/** The few numbers of a drone that the list, the map and the sort order need. */
import { UNKNOWN } from '../format/numbers.ts';
import { chargeOf } from '../live/charge.ts';
import { type DroneRecord, sampledUtcUsOf, stillOf, valuesOf } from '../live/record.ts';
import { groundSpeed } from '../live/speeds.ts';
import { isHeld } from './held.ts';

export type Control = 'skein' | 'pilot' | 'other' | 'failsafe' | 'unknown';

export interface Summary {
  readonly id: string;
  readonly mode: string | null;
  /** It stands in the air because an operator said so; the mode does not tell. */
  readonly held: boolean;
  readonly armed: boolean | null;
  readonly inAir: boolean | null;
  readonly control: Control;
  readonly batteryPct: number | null;
  readonly speedMps: number | null;
  readonly heightM: number | null;
  readonly latDeg: number | null;
  readonly lonDeg: number | null;
  readonly headingDeg: number | null;
  /** Batches not yet committed, both lanes. */
  readonly backlog: number;
  readonly oldestUnsentS: number | null;
  readonly online: boolean;
  readonly sampledUtcUs: number | null;
}

export function summarise(record: DroneRecord): Summary {
  const entry = stillOf(record);
  const position = valuesOf(record, 'position');
  const status = valuesOf(record, 'status');
  const attitude = valuesOf(record, 'attitude');
  const { urgent, history } = entry.backlog;
  const landed = status?.landed ?? null;
  const mode = status?.mode ?? null;
  const inAir = landed === null || landed === 'unknown' ? (status?.armed ?? null) : landed !== 'on-ground';
  const speedMps = groundSpeed(record).mps;
  return {
    id: entry.id,
    mode,
    held: isHeld(entry, { mode, inAir, speedMps }),
    armed: status?.armed ?? null,
    inAir,
    control: controlOf(entry.control.state),
    batteryPct: chargeOf(record).pct,
    speedMps,
    heightM: position?.altRelM ?? null,
    latDeg: position?.latDeg ?? null,
    lonDeg: position?.lonDeg ?? null,
    headingDeg: position?.headingDeg ?? yawDeg(attitude?.yawRad ?? null),
    backlog: urgent.batches + history.batches,
    oldestUnsentS: greatest(urgent.oldestS, history.oldestS),
    online: entry.online,
    sampledUtcUs: sampledUtcUsOf(record),
  };
}

function controlOf(state: string): Control {
  if (state === 'skein' || state === 'pilot') return state;
  if (state === 'autopilot-failsafe') return 'failsafe';
  return state === 'other-station' ? 'other' : 'unknown';
}

function greatest(a: number | null, b: number | null): number | null {
  if (a === null) return b;
  return b === null ? a : Math.max(a, b);
}

function yawDeg(yawRad: number | null): number | null {
  return yawRad === null ? null : ((yawRad * 180) / Math.PI + 360) % 360;
}

/** What it does first: `held (AUTO)`, else the mode as its community writes it. */
export function modeWords({ mode, held }: Pick<Summary, 'mode' | 'held'>, unknown: string = UNKNOWN): string {
  const plain = mode ?? unknown;
  return held ? `held (${plain})` : plain;
}

export function controlWords(control: string): string {
  switch (control) {
    case 'skein':
      return 'Skein in control';
    case 'pilot':
      return 'pilot in control';
    case 'failsafe':
      return 'autopilot failsafe';
    case 'other':
      return 'another station in control';
    default:
      return 'control unknown';
  }
}
