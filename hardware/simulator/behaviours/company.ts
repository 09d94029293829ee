import { encode, type FieldsIn, MavAutopilot, MavCmd, MavState, MavType } from '@skein/protocol/mavlink';
import { fault, number, type Stage, text } from './fault.ts';
import { Other } from './other.ts';

const CUSTOM_MODE = 1;
const IDLE_MODE = 81;
const ARMED_MODE = 209;
/** After its first heartbeat a station looks around before it does something. */
const LOOK_MS = 500;
const NOTHING = -1;

const pair = (words: string): readonly [string, number] | null => {
  const [name = '', value = ''] = words.split('=');
  return name === '' || value === '' ? null : [name, Number(value)];
};

const station = fault({
  name: 'station',
  words: 'a second ground station: heartbeats, and what else it is told to do, once',
  settings: {
    sysid: number('of the station', 255, 1, 255),
    compid: number('of the station', 190, 0, 255),
    type: number('MAV_TYPE of its heartbeat', MavType.GCS, 0, 255),
    on: text('port it shares (tcp:5760, pty); none: a link of its own'),
    mode: number('custom mode it sets', NOTHING, NOTHING),
    param: text('parameter it writes, NAME=VALUE'),
    mission: number('items of the mission it announces and never sends', NOTHING, NOTHING, 65_535),
    interval: text('message interval it asks for, ID=MICROSECONDS'),
    arm: number('1 arms, 0 disarms', NOTHING, NOTHING, 1),
    command: number('MAV_CMD it sends, without parameters', NOTHING, NOTHING, 65_535),
  },
  begin(stage, { sysid, compid, type, on, mode, param, mission, interval, arm, command }) {
    const other = new Other(stage, { sysid, compid, type, on });
    stage.after(LOOK_MS, () => {
      const [name, value] = pair(param) ?? [];
      if (name !== undefined && value !== undefined) other.setParameter(name, value);
      const [id, us] = pair(interval) ?? [];
      if (id !== undefined && us !== undefined) other.command(MavCmd.SET_MESSAGE_INTERVAL, Number(id), us);
      if (mission !== NOTHING) other.announceMission(mission);
      if (mode !== NOTHING) other.command(MavCmd.DO_SET_MODE, CUSTOM_MODE, mode);
      if (arm !== NOTHING) other.command(MavCmd.COMPONENT_ARM_DISARM, arm);
      if (command !== NOTHING) other.command(command);
    });
  },
});

/** Heartbeats each second that every client hears as if it stood on the same wire: the autopilot does not pass them on, and may not know. */
function onTheWire(
  stage: Stage,
  from: { readonly sysid: number; readonly compid: number },
  fields: FieldsIn<'HEARTBEAT'>,
): void {
  let seq = 128;
  const heartbeat = (): void => {
    seq = (seq + 1) & 255;
    const frame = encode('HEARTBEAT', fields, { ...from, seq });
    for (const port of stage.autopilot.ports) port.forward(frame);
  };
  heartbeat();
  stage.every(1_000, heartbeat);
}

const companion = fault({
  name: 'companion',
  words: "a second companion computer on the same wire, with the vehicle's own system id",
  settings: { compid: number('its component', 191, 0, 255) },
  begin(stage, { compid }) {
    const { sysid } = stage.autopilot;
    onTheWire(
      stage,
      { sysid, compid },
      {
        type: MavType.ONBOARD_CONTROLLER,
        autopilot: MavAutopilot.INVALID,
        base_mode: 0,
        custom_mode: 0,
        system_status: MavState.ACTIVE,
        mavlink_version: 3,
      },
    );
  },
});

const secondAutopilot = fault({
  name: 'second-autopilot',
  words: 'another autopilot on the same wire',
  settings: {
    sysid: number('its system id; 0: the same', 0, 0, 255),
    mode: number('its custom mode', 0),
    armed: number('1: armed', 0, 0, 1),
  },
  begin(stage, { sysid, mode, armed }) {
    const from = { sysid: sysid === 0 ? stage.autopilot.sysid : sysid, compid: 1 };
    onTheWire(stage, from, {
      type: MavType.QUADROTOR,
      autopilot: MavAutopilot.ARDUPILOTMEGA,
      base_mode: armed === 1 ? ARMED_MODE : IDLE_MODE,
      custom_mode: mode,
      system_status: armed === 1 ? MavState.ACTIVE : MavState.STANDBY,
      mavlink_version: 3,
    });
  },
});

export const companyFaults = [station, companion, secondAutopilot] as const;
