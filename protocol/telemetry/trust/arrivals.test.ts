/** What was held back and came at last, what is said again and again, what a slow clock has lost: of when is the newest position? */
import t from 'tap';
import { given } from './testing/given.ts';

t.test('a stamp that stands still: after 2 s there is no position of now, whatever came since', async (t) => {
  const { fly, step, position, now, trust, said } = given();
  fly(4);
  const bootMs = Math.round(now.bootS * 1e3);
  const newestS = now.s;
  for (let i = 0; i < 4; i++) {
    step();
    position({ bootMs });
  }
  // The line holds its breath before it has lasted long enough to be called stale.
  t.match(said(), { state: 'trusted' });
  t.match(trust.at((newestS + 2.05) * 1e6), { state: 'suspect', reason: 'late' });
});

t.test('a stall of 6 s whose reports all came at last: nothing has to settle', async (t) => {
  const { fly, step, position, gps, now, said } = given();
  fly(6);
  const from = now.s;
  const resumed = now.s + 6;
  // What was said within the stall comes in one moment at its end.
  for (let i = 0; i < 30; i++) {
    step();
    now.s = resumed;
    position();
    if (i === 0) t.match(said(), { state: 'suspect', reason: 'late' });
    if (i % 5 === 0) gps();
  }
  t.equal(now.s - from, 6);
  t.match(said(), { state: 'trusted' });
});

t.test('an autopilot that stands still for 6 s with its clock: neither', async (t) => {
  const { fly, position, gps, now, trust, said } = given();
  fly(6);
  now.s += 6;
  now.bootS += 0.2;
  now.north += 0.2 * now.mps;
  position();
  t.match(said(), { state: 'suspect', reason: 'late' });
  trust.clock(Math.round(now.bootS * 1e3), Math.round(now.s * 1e6));
  t.match(said(), { state: 'suspect', reason: 'unproved' }, 'the newest position is of now, as its clock says');
  gps();
  t.match(said(), { state: 'trusted' });
});

t.test('a receiver that was silent while positions came has to settle', async (t) => {
  const { fly, step, position, gps, said } = given();
  fly(6);
  for (let i = 0; i < 30; i++) {
    step();
    position();
  }
  t.match(said(), { state: 'suspect', reason: 'unproved' });
  gps();
  t.match(said(), { state: 'suspect', reason: 'settling' });
  fly(3.2);
  t.match(said(), { state: 'trusted' });
});
