import { MavCmd, MavResult, type Message } from '@skein/protocol/mavlink';
import { fault, number, type Stage, text } from './fault.ts';

/** The number behind a name of the table, or the number itself; null for neither. */
function numberOf(table: Readonly<Record<string, number>>, name: string): number | null {
  const known = table[name.toUpperCase()];
  if (known !== undefined) return known;
  return /^[0-9]+$/.test(name) ? Number(name) : null;
}

const ANY = 'any';
const COMMAND = text('by name (COMPONENT_ARM_DISARM) or number; any: all', ANY, (name) =>
  name === ANY || numberOf(MavCmd, name) !== null ? null : `no command is called ${name}`,
);
const TIMES = number('how often; 0: always', 0);
const RESULT = text('MAV_RESULT by name or number', 'TEMPORARILY_REJECTED', (name) =>
  numberOf(MavResult, name) === null ? `no result is called ${name}` : null,
);

function idOf(table: Readonly<Record<string, number>>, name: string): number {
  const id = numberOf(table, name);
  if (id === null) throw new RangeError(`nothing is called ${name}`);
  return id;
}

const matches = (command: string): ((id: unknown) => boolean) => {
  if (command === ANY) return () => true;
  const wanted = idOf(MavCmd, command);
  return (id) => id === wanted;
};

/** True for the first `times` calls; 0: always. */
const forTimes = (times: number): (() => boolean) => {
  let left = times === 0 ? Number.POSITIVE_INFINITY : times;
  return () => {
    left -= 1;
    return left >= 0;
  };
};

const noAck = fault({
  name: 'no-ack',
  words: 'commands are carried out, their answer never comes',
  settings: { command: COMMAND, times: TIMES },
  begin(stage, { command, times }) {
    const [hit, still] = [matches(command), forTimes(times)];
    stage.meddle({
      sending: ({ name, fields }) => (name === 'COMMAND_ACK' && hit(fields.command) && still() ? 'drop' : 'send'),
    });
  },
});

const lateAck = fault({
  name: 'late-ack',
  words: 'commands are carried out at once, their answer comes late',
  settings: { ms: number('how late', 2_000, 0, 120_000), command: COMMAND, times: TIMES },
  begin(stage, { ms, command, times }) {
    const [hit, still] = [matches(command), forTimes(times)];
    stage.meddle({
      sending: ({ name, fields }) =>
        name === 'COMMAND_ACK' && hit(fields.command) && still() ? { afterMs: ms } : 'send',
    });
  },
});

const isCommand = (message: Message | null): message is Message & { readonly name: 'COMMAND_LONG' | 'COMMAND_INT' } =>
  message?.name === 'COMMAND_LONG' || message?.name === 'COMMAND_INT';

/** Answers a command in the autopilot's place. */
function answerInstead(stage: Stage, command: string, times: number, result: number): void {
  const [hit, still] = [matches(command), forTimes(times)];
  stage.meddle({
    received: (message, frame, port) => {
      if (!isCommand(message) || !hit(message.fields.command) || !still()) return false;
      port.send('COMMAND_ACK', {
        command: message.fields.command,
        result,
        progress: 0,
        result_param2: 0,
        target_system: frame.sysid,
        target_component: frame.compid,
      });
      return true;
    },
  });
}

const nack = fault({
  name: 'nack',
  words: 'commands are refused and not carried out',
  settings: { command: COMMAND, result: RESULT, times: TIMES },
  begin(stage, { command, result, times }) {
    answerInstead(stage, command, times, idOf(MavResult, result));
  },
});

const deaf = fault({
  name: 'deaf',
  words: 'commands are neither carried out nor answered',
  settings: { command: COMMAND, times: TIMES },
  begin(stage, { command, times }) {
    const [hit, still] = [matches(command), forTimes(times)];
    stage.meddle({ received: (message) => isCommand(message) && hit(message.fields.command) && still() });
  },
});

const hollowAck = fault({
  name: 'hollow-ack',
  words: 'commands are accepted and nothing happens',
  settings: { command: COMMAND, times: TIMES },
  begin(stage, { command, times }) {
    answerInstead(stage, command, times, MavResult.ACCEPTED);
  },
});

export const answerFaults = [noAck, lateAck, nack, deaf, hollowAck] as const;
