/** What reaches a simulated autopilot from outside: everything that writes or orders, and the ground-link heartbeats. */
import type { Simulator } from '@skein/hardware/simulator';
import { MavCmd } from '@skein/protocol/mavlink';

/** Component of the ground-link heartbeat. */
const GROUND_LINK = 190;
const ASKING: readonly number[] = [
  MavCmd.REQUEST_MESSAGE,
  MavCmd.SET_MESSAGE_INTERVAL,
  MavCmd.GET_HOME_POSITION,
  MavCmd.GET_MESSAGE_INTERVAL,
];
const WRITING = /^(MISSION_(COUNT|ITEM|ITEM_INT|CLEAR_ALL|SET_CURRENT|WRITE_PARTIAL_LIST)|PARAM_SET|SET_(?!GPS)\w+)$/;

export interface Seen {
  /** `COMMAND 183`, `MISSION_COUNT` … */
  readonly what: string;
  readonly atMs: number;
}

export class Witness {
  readonly seen: Seen[] = [];
  groundLinkAtMs: number | null = null;

  constructor(simulator: Simulator) {
    simulator.stage('observer').stage.meddle({
      received: (message, frame) => {
        if (message === null) return false;
        const atMs = performance.now();
        if (message.name === 'HEARTBEAT' && frame.compid === GROUND_LINK) this.groundLinkAtMs = atMs;
        if (message.name === 'COMMAND_LONG' || message.name === 'COMMAND_INT') {
          const { command } = message.fields;
          if (!ASKING.includes(command)) this.seen.push({ what: `COMMAND ${command}`, atMs });
        } else if (WRITING.test(message.name)) this.seen.push({ what: message.name, atMs });
        return false;
      },
    });
  }

  /** Orders and writes since then, `performance.now()`. */
  since(atMs: number): readonly string[] {
    return this.seen.filter((one) => one.atMs >= atMs).map(({ what }) => what);
  }
}
