import type { Message } from '@skein/protocol/mavlink';
import type { Flyer } from './flyer.ts';

/** Resolves when the first message like this is about to reach the autopilot of this drone; that one never does. */
export function onItsWay({ drone }: Flyer, isIt: (message: Message) => boolean): Promise<void> {
  const { stage, end } = drone.simulator.simulator.stage('on its way');
  return new Promise((resolve) => {
    let caught = false;
    stage.meddle({
      received: (message: Message | null) => {
        if (caught || message === null || !isIt(message)) return false;
        caught = true;
        resolve();
        queueMicrotask(end);
        return true;
      },
    });
  });
}

export const isCommand = (message: Message, command: number): boolean =>
  (message.name === 'COMMAND_LONG' || message.name === 'COMMAND_INT') && message.fields.command === command;
