/** protocol/fleet knows no dialect: the few numbers it needs are compared with the generated one. */
import { CMD, FRAME } from '@skein/protocol/fleet';
import { MavCmd, MavFrame } from '@skein/protocol/mavlink';
import t from 'tap';

t.test('commands and frames of itineraries are those of MAVLink', async (t) => {
  const commands: Readonly<Record<string, unknown>> = MavCmd;
  for (const [name, id] of Object.entries(CMD)) t.equal(commands[name], id, name);
  const frames: Readonly<Record<string, unknown>> = MavFrame;
  for (const [name, id] of Object.entries(FRAME)) t.equal(frames[name], id, name);
});
