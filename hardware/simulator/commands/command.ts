import type { MavResult } from '@skein/protocol/mavlink';
import type { Autopilot } from '../autopilot/autopilot.ts';
import type { Port } from '../port.ts';

export type Answer = (typeof MavResult)[keyof typeof MavResult];

/** A command as COMMAND_LONG and COMMAND_INT both give it. */
export interface Command {
  readonly id: number;
  /** param1 … param7; of a COMMAND_INT, 5 and 6 are in 1e-7 degrees. */
  readonly params: readonly [number, number, number, number, number, number, number];
  readonly frame: number;
  /** It came as COMMAND_INT: the only way that positions are taken. */
  readonly int: boolean;
  readonly from: { readonly sysid: number; readonly compid: number };
}

/** What comes of a command. `after` runs after the acknowledgement was sent. */
export interface Outcome {
  readonly result: Answer;
  readonly after?: () => void;
  /** The acknowledgement comes so much later. */
  readonly lateMs?: number;
}

export type Handler = (autopilot: Autopilot, command: Command, port: Port) => Outcome;
