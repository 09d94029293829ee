import { COMMAND_TYPES, COMMANDS, nameOfCommand } from '@skein/protocol/fleet';
import t from 'tap';
import { RULES } from './rules.ts';

t.test('the page and the drones go by the same rules', async (t) => {
  t.same(Object.keys(RULES).sort(), [...COMMAND_TYPES].sort());
  for (const type of COMMAND_TYPES) {
    const { lifetimeS, queued, broadcast, flight, safe } = COMMANDS[type];
    t.same(RULES[type], { lifetimeS, queued, broadcast, flight, safe }, type);
  }
});

t.test('names', async (t) => {
  t.equal(nameOfCommand('reboot', { target: 'companion' }), 'Reboot companion');
  t.equal(nameOfCommand('set-parameter', { name: 'ANGLE_MAX', value: 1 }), 'Set ANGLE_MAX');
  t.equal(nameOfCommand('set-parameter', { undo: 'x' }), 'Undo parameter');
  t.equal(nameOfCommand('somersault'), 'somersault');
});
