/** A drone that stands at its base, well, and in our hands. */
import type { ControlSnapshot, VehicleState } from '@skein/hardware/autopilot';
import { BASE } from './plans.ts';

const HOME = { ...BASE, altAmslM: 10 };
export const STANDING: VehicleState = {
  sysid: 1,
  compid: 1,
  alive: true,
  lastHeartbeatAgeMs: 200,
  armed: false,
  mode: 'STABILIZE',
  customMode: 0,
  systemStatus: 3,
  landed: 'on-ground',
  landedAgeMs: 200,
  bootId: 'boot-1',
  bootMs: 100_000,
  reboots: 0,
  uid2: null,
  flavour: 'ardupilot',
  version: '4.7.0',
  speedMps: 0,
  climbMps: 0,
  altRelM: 0,
  position: { ...HOME, ageMs: 100 },
  home: HOME,
  preArmOk: true,
  rc: null,
  missionCurrent: 0,
  missionTotal: 0,
  missionState: 2,
  batteryPct: 90,
  batteryV: 12.4,
  failsafe: false,
  texts: [],
  otherWriters: [],
};

export const CONTROL: ControlSnapshot = {
  state: 'skein',
  why: '',
  sinceMs: 0,
  readOnly: false,
  adopted: false,
  taken: 0,
  failsafeSeen: false,
};
