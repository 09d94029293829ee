/** A release that is broken off: nothing is left that would pay line out on the way home. */
import t from 'tap';
import { atTheDoor, SEQ } from './testing/given.ts';

const signal = new AbortController().signal;

t.test('a drum that jams, the line still in: it is told to reel in all the same before it flies on', async (t) => {
  const b = await atTheDoor(t);
  await b.until(() => b.sent.includes(`jump ${SEQ.release}`), 20_000, 20);
  b.fly(SEQ.release + 1, { at: 'door', altM: 12 });
  b.it.winch({ lineM: 0, tension: 15 });
  await b.pass(500, 20);
  b.it.orders.held();
  const resumed = await b.it.orders.resume({
    signal,
    tookControl: false,
    send: async () => ({ ok: true, how: 'auto', detail: {} }) as const,
  });
  t.match(resumed, { state: 'succeeded' });
  t.ok(b.sent.includes('retract 0.1'), b.sent.join());
});

t.test('ordered home in a release: reeling in begins, and its end is not waited for', async (t) => {
  const b = await atTheDoor(t);
  await b.until(() => b.sent.includes(`jump ${SEQ.release}`), 20_000, 20);
  b.fly(SEQ.release + 1, { at: 'door', altM: 12 });
  b.it.winch({ lineM: 6, tension: 15 });
  await b.pass(500, 20);
  b.world.state.mode = 'RTL';
  b.it.orders.left('return');
  await b.pass(500, 20);
  const { nowMs } = b;
  t.equal(await b.it.orders.secureOnTheWay(signal), 'reeling in was ordered');
  t.equal(b.nowMs, nowMs);
  t.ok(b.sent.includes('retract 6'), b.sent.join());
});

t.test('ordered home beside a pilot or another station: the winch is told nothing, and that is said', async (t) => {
  for (const state of ['pilot', 'other-station'] as const) {
    const b = await atTheDoor(t);
    await b.until(() => b.sent.includes(`jump ${SEQ.release}`), 20_000, 20);
    b.fly(SEQ.release + 1, { at: 'door', altM: 12 });
    b.it.winch({ lineM: 6, tension: 15 });
    await b.pass(500, 20);
    Object.assign(b.world.control, { state, taken: 1 });
    t.equal(await b.it.orders.secureOnTheWay(signal), 'the line is left as it is', state);
    t.notOk(b.sent.some((one) => one.startsWith('retract')));
  }
});

t.test('ordered home with nothing out: the winch is told nothing', async (t) => {
  const b = await atTheDoor(t);
  t.equal(await b.it.orders.secureOnTheWay(signal), null);
  t.notOk(b.sent.some((one) => one.startsWith('retract')));
});
