import t from 'tap';
import { KnownCommands } from './known.ts';
import { takenReason } from './permission.ts';

t.test('what is known is bounded; what is under way is never forgotten', async (t) => {
  const known = new KnownCommands();
  const say = (command: string, state: 'delivered' | 'executing' | 'succeeded') =>
    known.set({ command, type: 'hold', state, reason: '', detail: {}, step: 1 });
  say('first', 'executing');
  for (let n = 0; n < 2_500; n++) say(`waits ${n}`, 'delivered');
  t.ok(known.size <= 2_000, `${known.size}`);
  t.match(known.get('first'), { state: 'executing' });
  say('done', 'succeeded');
  t.match(known.get('done'), { state: 'succeeded' });
});

t.test('what was taken and is ours again at once was a pilot’s doing', async (t) => {
  t.equal(takenReason('skein'), 'pilot');
  t.equal(takenReason('autopilot-failsafe'), 'failsafe');
  t.equal(takenReason('unknown'), 'state-unknown');
});
