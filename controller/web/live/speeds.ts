/**
 * Speed over ground and climb: as the autopilot's VFR_HUD has them (`air`), else from the fused velocity, with the kind that
 * each was taken from, since its age is the value's. Of a drone that nobody looks at `air` comes seldom, and velocity is newer.
 */
import type { KindName } from '@skein/protocol/telemetry';
import { type DroneRecord, liveOf, valuesOf } from './record.ts';

export interface Speed {
  readonly mps: number | null;
  readonly kind: KindName;
}

/** On a drone that sends both they are never so far apart, µs. */
const NEWER_US = 1.5e6;

/** What VFR_HUD says, while it is not far older than the velocity. */
function airOf(record: DroneRecord) {
  const [air, velocity] = [liveOf(record, 'air'), liveOf(record, 'velocity')];
  return air && velocity && velocity.atUtcUs - air.atUtcUs > NEWER_US ? null : (air?.values ?? null);
}

export function groundSpeed(record: DroneRecord): Speed {
  const said = airOf(record)?.groundSpeedMps ?? null;
  const velocity = valuesOf(record, 'velocity');
  if (said !== null || velocity === null) return { mps: said, kind: 'air' };
  const { northMps, eastMps } = velocity;
  return { mps: northMps === null || eastMps === null ? null : Math.hypot(northMps, eastMps), kind: 'velocity' };
}

export function climb(record: DroneRecord): Speed {
  const said = airOf(record)?.climbMps ?? null;
  const downMps = valuesOf(record, 'velocity')?.downMps ?? null;
  if (said !== null || downMps === null) return { mps: said, kind: 'air' };
  return { mps: 0 - downMps, kind: 'velocity' };
}
