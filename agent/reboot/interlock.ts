/**
 * What speaks against a restart of anything aboard, all of it, the gravest first (flight rules §5). Pure. `force` waives
 * an active leg, and after 30 s of silence an unknown state if the last one known was disarmed on the ground; nothing
 * waives `armed`.
 */
import type { ControlSnapshot, VehicleState } from '@skein/hardware/autopilot';
import { reason } from '@skein/protocol/fleet';

const SILENT_MS = 30_000;
const LANDED_FRESH_MS = 5_000;
const MISSION_ACTIVE = 3;
const MISSION_PAUSED = 4;

export interface InterlockInput {
  readonly state: VehicleState;
  readonly control: ControlSnapshot;
  readonly lock: { readonly reason: string } | null;
  readonly logTransfer: boolean;
  readonly force: boolean;
}

function stateUnknown({ state, force }: InterlockInput): string | null {
  const { alive, armed, landed, landedAgeMs, lastHeartbeatAgeMs } = state;
  if (alive) {
    if (armed === null) return reason('state-unknown', 'armed or not');
    const fresh = landedAgeMs !== null && landedAgeMs < LANDED_FRESH_MS;
    return landed === 'unknown' || !fresh ? reason('state-unknown', 'on the ground or not') : null;
  }
  const lastKnownSafe = armed === false && landed === 'on-ground';
  const silentMs = lastHeartbeatAgeMs ?? 0;
  return force && lastKnownSafe && silentMs >= SILENT_MS ? null : reason('state-unknown', 'no heartbeat');
}

export function reasonsAgainst(input: InterlockInput): readonly string[] {
  const { state, control, lock, logTransfer, force } = input;
  const unknown = stateUnknown(input);
  const inAir = ['in-air', 'taking-off', 'landing'].includes(state.landed);
  const leg = state.missionState === MISSION_ACTIVE || state.missionState === MISSION_PAUSED;
  return [
    ...(state.armed === true ? [reason('armed')] : []),
    ...(inAir ? [reason('in-air')] : []),
    ...(unknown === null ? [] : [unknown]),
    ...(control.state === 'pilot' ? [reason('pilot', control.why)] : []),
    ...(control.state === 'other-station' || control.readOnly ? [reason('other-station', control.why)] : []),
    ...(control.state === 'autopilot-failsafe' ? [reason('failsafe', control.why)] : []),
    ...(lock === null ? [] : [reason('ground-lock', lock.reason)]),
    ...(logTransfer ? [reason('log-transfer')] : []),
    ...(leg && !force ? [reason('active-leg')] : []),
  ];
}
