/** What is looked at once more before the motors turn: which boot was read, what the gripper is told. */
import t from 'tap';
import { verified } from './testing/given.ts';
import { plan } from './testing/plans.ts';

t.test('restarted while it is read back: what was read before it proves nothing', async (t) => {
  for (const how of ['said with its age', 'not said'] as const) {
    const b = await verified(t);
    b.world.meanwhile = (asked) => {
      if (asked !== 'boot age') return;
      b.world.meanwhile = null;
      if (how === 'not said') b.world.silent = true;
      else {
        Object.assign(b.world.state, { bootId: 'boot-2', bootMs: 200 });
        b.it.void('rebooted', { foreign: false });
      }
    };
    t.match(await b.start(), { state: 'failed', reason: how === 'not said' ? /^state-unknown/ : /^rebooted/ }, how);
    t.equal(b.world.state.armed, false, how);
    t.notOk(b.sent.includes('start'), how);
    b.world.silent = false;
    await b.pass(30_000);
    t.equal(b.last('itinerary')?.state, 'verified', `${how}: read again`);
  }
});

t.test('a gripper that is told to be open holds by its jam alone: it does not start', async (t) => {
  const b = await verified(t, plan({ how: 'gripper' }));
  b.it.gripper('closed');
  const starting = b.start();
  b.it.gripper('open');
  t.match(await starting, { state: 'failed', reason: /^preflight: the gripper/ });
  t.notOk(b.sent.includes('start'));
  t.equal(b.last('itinerary')?.state, 'verified');
  t.match(
    await b.start(),
    { state: 'failed', reason: /^preflight: the gripper/ },
    'nor when nothing more is heard of it',
  );
  b.it.gripper('closed');
  t.match(await b.start(), { state: 'succeeded' });
});

t.test('of a gripper that does not tell, and of a winch, nothing is asked', async (t) => {
  const silent = await verified(t, plan({ how: 'drop' }));
  t.match(await silent.start(), { state: 'succeeded' });
  const winch = await verified(t);
  winch.it.gripper('open');
  t.match(await winch.start(), { state: 'succeeded' });
});
