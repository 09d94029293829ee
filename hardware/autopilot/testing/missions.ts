/** A MissionClient on a line to a far end, and lists to send. */
import { MavCmd, type MissionItem } from '@skein/protocol/mavlink';
import { HOME_ITEM } from '../mission/commands.ts';
import { MissionClient } from '../mission/missions.ts';
import { MissionProgress } from '../mission/progress.ts';
import type { MissionFlavour } from '../mission/stored.ts';
import { type MissionChange, MissionWatch } from '../mission/watch.ts';
import { FarMissions } from './far-missions.ts';
import { type Faults, Line } from './line.ts';

export interface MissionBench {
  readonly far: FarMissions;
  readonly line: Line;
  readonly missions: MissionClient;
  readonly changes: MissionChange[];
  readonly vehicle: { armed: boolean | null; mode: string | null };
  /** Control is taken from us. */
  readonly take: (reason: unknown) => void;
}

export function missionBench(flavour: MissionFlavour, faults: Faults = {}, seed = 1): MissionBench {
  const far = new FarMissions(flavour);
  const line = new Line(far, faults, seed);
  far.runOn(() => line.nowMs);
  const control = new AbortController();
  const vehicle: MissionBench['vehicle'] = { armed: false, mode: flavour === 'px4' ? 'AUTO.LOITER' : 'GUIDED' };
  const watch = new MissionWatch();
  const changes: MissionChange[] = [];
  watch.listen((change) => changes.push(change));
  const client = new MissionClient({
    ...line.options,
    flavour: () => flavour,
    vehicle: () => vehicle,
    guard: (signal) => (signal === undefined ? control.signal : AbortSignal.any([signal, control.signal])),
    readOnly: () => false,
    roundTripMs: () => null,
    watch,
    progress: new MissionProgress(),
  });
  line.connect({
    take: (message, nowMs) => {
      if (message.name === 'STATUSTEXT') client.text(message.fields.text);
      client.take(message, nowMs);
    },
    tick: (nowMs) => client.tick(nowMs),
  });
  return { far, line, missions: client, changes, vehicle, take: (reason) => control.abort(reason) };
}

export const waypoint = (index: number, o: Partial<MissionItem> = {}): MissionItem => ({
  frame: 3,
  command: MavCmd.NAV_WAYPOINT,
  params: [0, 0, 0, 0],
  x: 470_000_000 + index * 1_000,
  y: 80_000_000 + index * 1_000,
  z: 20 + index,
  ...o,
});

/** Take-off, so many waypoints, return; for ArduPilot with its placeholder for home. */
export function aMission(flavour: MissionFlavour, waypoints = 4): MissionItem[] {
  const frame = flavour === 'px4' ? 2 : 0;
  return [
    ...(flavour === 'ardupilot' ? [HOME_ITEM] : []),
    waypoint(0, { command: MavCmd.NAV_TAKEOFF, z: 10 }),
    ...Array.from({ length: waypoints }, (_, index) => waypoint(index + 1)),
    { frame, command: MavCmd.NAV_RETURN_TO_LAUNCH, params: [0, 0, 0, 0], x: 0, y: 0, z: 0 },
  ];
}
