import { MavResult } from '@skein/protocol/mavlink';
import type { Autopilot } from '../autopilot/autopilot.ts';
import type { Port } from '../port.ts';
import type { Command, Handler } from './command.ts';
import { flyingCommands } from './flying.ts';
import { messageCommands } from './messages.ts';
import { payloadCommands } from './payload.ts';
import { preflightCommands } from './preflight.ts';
import { rebootCommands } from './reboot.ts';

const handlers: ReadonlyMap<number, Handler> = new Map([
  ...messageCommands,
  ...flyingCommands,
  ...payloadCommands,
  ...preflightCommands,
  ...rebootCommands,
]);

/** Carries a command out and answers it. The same frame twice is carried out twice, as the real one does. */
export function carryOut(autopilot: Autopilot, command: Command, port: Port): void {
  const handler = handlers.get(command.id);
  const release = autopilot.voice.hold();
  const outcome = handler?.(autopilot, command, port) ?? { result: MavResult.UNSUPPORTED };
  const answer = (): void => {
    port.send('COMMAND_ACK', {
      command: command.id,
      result: outcome.result,
      progress: 0,
      result_param2: 0,
      target_system: command.from.sysid,
      target_component: command.from.compid,
    });
  };
  if (outcome.lateMs === undefined) answer();
  else autopilot.later(outcome.lateMs, answer);
  release();
  outcome.after?.();
}
