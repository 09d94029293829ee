/** A picture of a vehicle on the ground, for tests. */
import type { VehicleState } from '../state.ts';

export function aState(o: Partial<VehicleState> = {}): VehicleState {
  return {
    sysid: 7,
    compid: 1,
    alive: true,
    lastHeartbeatAgeMs: 100,
    armed: false,
    mode: 'GUIDED',
    customMode: 4,
    systemStatus: 3,
    landed: 'on-ground',
    landedAgeMs: 100,
    bootId: 'boot1',
    bootMs: 60_000,
    reboots: 0,
    uid2: null,
    flavour: 'ardupilot',
    version: null,
    speedMps: 0,
    climbMps: 0,
    altRelM: 0,
    position: { latDeg: 47, lonDeg: 8, altAmslM: 500, ageMs: 100 },
    home: null,
    preArmOk: true,
    rc: null,
    missionCurrent: 0,
    missionTotal: 0,
    missionState: 1,
    batteryPct: 90,
    batteryV: 12,
    failsafe: false,
    texts: [],
    otherWriters: [],
    ...o,
  };
}
