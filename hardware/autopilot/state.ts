/** What is known of the vehicle right now: the one picture that commands, interlocks and pre-flight look at. */

export type Landed = 'unknown' | 'on-ground' | 'in-air' | 'taking-off' | 'landing';
export type FlavourName = 'ardupilot' | 'px4' | 'other';

export interface HeardText {
  readonly atMs: number;
  /** MAV_SEVERITY: 0 emergency … 7 debug. */
  readonly severity: number;
  readonly text: string;
}

export interface OtherWriter {
  readonly sysid: number;
  readonly compid: number;
  readonly role: 'station' | 'companion' | 'autopilot' | 'unknown';
  /** MAV_TYPE of its heartbeat; null when it sent none. */
  readonly type: number | null;
  readonly lastHeardAgeMs: number;
  /** Frames heard from it that change something: missions, parameters, commands. */
  readonly writes: number;
  readonly lastWriteAgeMs: number | null;
}

export interface VehicleState {
  readonly sysid: number | null;
  readonly compid: number | null;
  /** A heartbeat within the last 5 s. */
  readonly alive: boolean;
  readonly lastHeartbeatAgeMs: number | null;
  /** As of the last heartbeat, however old: look at `alive` too. Null also right after our own order to arm. */
  readonly armed: boolean | null;
  readonly mode: string | null;
  readonly customMode: number | null;
  /** MAV_STATE; 5 (critical) means a failsafe acts. */
  readonly systemStatus: number | null;
  readonly landed: Landed;
  readonly landedAgeMs: number | null;
  /** Our own random name for this boot of the autopilot, new at each proved reboot; null until its age is known. */
  readonly bootId: string | null;
  /** Time since its boot as of now, ms. */
  readonly bootMs: number | null;
  readonly reboots: number;
  readonly uid2: string | null;
  readonly flavour: FlavourName | null;
  readonly version: string | null;
  readonly speedMps: number | null;
  /** Up positive. */
  readonly climbMps: number | null;
  readonly altRelM: number | null;
  readonly position: Place | null;
  /** Another object with each HOME_POSITION, so that one can see that it was said anew. */
  readonly home: Omit<Place, 'ageMs'> | null;
  readonly preArmOk: boolean | null;
  readonly rc: RcState | null;
  readonly missionCurrent: number | null;
  /** Items, home left out. */
  readonly missionTotal: number | null;
  /** MISSION_STATE. */
  readonly missionState: number | null;
  readonly batteryPct: number | null;
  readonly batteryV: number | null;
  /** Status 5 or 6 while armed, or a failsafe's text still acting. */
  readonly failsafe: boolean;
  /** The last 50. */
  readonly texts: readonly HeardText[];
  readonly otherWriters: readonly OtherWriter[];
}

export interface Place {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly altAmslM: number;
  readonly ageMs: number;
}

export interface RcState {
  readonly healthy: boolean | null;
  readonly channelsUs: readonly (number | null)[];
  readonly ageMs: number;
}
