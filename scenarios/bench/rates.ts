/** What a bench asks the autopilot to send. */
import { encode, MavCmd, messageByName } from '@skein/protocol/mavlink';
import type { Wire } from '../kit/wire.ts';

/** Rates that add up to 250 a second: what a flight with everything on looks like, scaled. */
const RATES = {
  ATTITUDE: 50,
  GLOBAL_POSITION_INT: 40,
  LOCAL_POSITION_NED: 40,
  VFR_HUD: 25,
  SYS_STATUS: 15,
  BATTERY_STATUS: 15,
  GPS_RAW_INT: 10,
  NAV_CONTROLLER_OUTPUT: 10,
  RC_CHANNELS: 10,
  VIBRATION: 10,
  EKF_STATUS_REPORT: 10,
  SCALED_PRESSURE: 10,
  WIND: 4,
} as const;

/** Asks the autopilot for this share of these rates in the agent's place: intervals belong to the link, whoever asks. */
export function askForRates(wire: Wire, share = 1): void {
  Object.entries(RATES).forEach(([name, hz], i) => {
    const message = messageByName(name);
    if (message === undefined) throw new Error(`no message ${name}`);
    wire.toServer(
      encode(
        'COMMAND_LONG',
        {
          target_system: 1,
          target_component: 1,
          command: MavCmd.SET_MESSAGE_INTERVAL,
          confirmation: 0,
          param1: message.id,
          param2: 1e6 / (hz * share),
          param3: 0,
          param4: 0,
          param5: 0,
          param6: 0,
          param7: 0,
        },
        { sysid: 1, compid: 190, seq: i },
      ),
    );
  });
}
