/** What comes at the wrong moment: others write while it is read, it is taken back while it starts, it is begun anew. */
import t from 'tap';
import { bench } from './testing/bench.ts';
import { atTheDoor, SEQ, verified } from './testing/given.ts';
import { givenAgain, message, plan, tour } from './testing/plans.ts';

const signal = new AbortController().signal;
const takenBack = { ...message(plan()), itinerary: null };

t.test('what a stranger writes while it is read back is not believed, and read again before it counts', async (t) => {
  const b = await bench(t);
  b.world.meanwhile = (asked) => {
    if (asked !== 'download mission') return;
    b.world.meanwhile = null;
    // The fence was read already: nobody compares it again.
    b.held.fence = [...b.held.mission];
    b.it.void('foreign-writer', { foreign: true });
  };
  b.it.receive(message(plan()));
  await b.pass(5_000);
  t.equal(b.it.fact?.verified, false);
  t.not(b.last('itinerary')?.state, 'verified');
  await b.pass(30_000);
  t.match(b.last('itinerary'), { state: 'void', reason: /^foreign-writer/ });
});

t.test('a stranger who writes during the start: it is not armed', async (t) => {
  for (const moment of ['download mission', 'start']) {
    const b = await verified(t);
    b.world.meanwhile = (asked) => {
      if (asked === moment) b.it.void('foreign-writer', { foreign: true });
    };
    t.match(await b.start(), { state: /failed|rejected/ }, moment);
    b.world.meanwhile = null;
    t.equal(b.world.state.armed, false, moment);
    t.not(b.last('itinerary')?.state, 'verified', moment);
    await b.pass(30_000);
    t.equal(b.last('itinerary')?.state, 'verified', `${moment}: read again, nothing was changed`);
  }
});

t.test(
  'a stranger who writes into an upload of ours, or before it: not written over until it is given again',
  async (t) => {
    const why = 'foreign-writer: 255/190 sent MISSION_COUNT';
    const theirs = (b: Awaited<ReturnType<typeof bench>>) => {
      b.held.mission = [{ frame: 3, command: 16, params: [0, 0, 0, 0], x: 1, y: 1, z: 9 }];
      b.it.void(why, { foreign: true });
    };
    for (const when of ['during', 'before', 'after it failed'] as const) {
      const b = await bench(t);
      if (when === 'before') b.world.lock = 'propellers off';
      else b.world.tear = 3;
      b.world.meanwhile = (asked) => {
        if (asked !== 'upload mission' || when !== 'during') return;
        b.world.meanwhile = null;
        // What the tear leaves is his.
        theirs(b);
      };
      b.it.receive(message(plan()));
      await b.pass(1_000);
      if (when !== 'during') theirs(b);
      b.world.lock = null;
      await b.pass(1_000);
      t.match(b.last('itinerary'), { state: 'void', reason: why }, when);
      b.sent.length = 0;
      for (const _ of [1, 2]) {
        await b.pass(60_000);
        t.match(b.last('itinerary'), { state: 'void', reason: new RegExp(`^${why}; read-back: `) }, when);
        await b.restart();
      }
      t.notOk(
        b.sent.some((one) => one.startsWith('upload')),
        when,
      );
      b.it.receive(givenAgain(plan()));
      t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'), when);
    }
  },
);

t.test('taken back while it starts: it does not fly, and never will', async (t) => {
  for (const moment of ['download fence', 'start']) {
    const b = await verified(t);
    b.world.meanwhile = (asked) => {
      if (asked === moment) b.it.receive(takenBack);
    };
    t.match(await b.start(), { state: /failed|rejected/ }, moment);
    b.world.meanwhile = null;
    t.equal(b.world.state.armed, false, moment);
    t.match(b.last('itinerary'), { itinerary: 'it-1', state: 'cancelled' }, moment);
    await b.pass(10_000);
    t.match(b.it.orders.againstStart(), ['no-itinerary'], moment);
  }
});

t.test('aborted while it starts: cancelled, not verified once more', async (t) => {
  const b = await verified(t);
  const starting = new AbortController();
  b.world.meanwhile = (asked) => {
    if (asked !== 'download mission') return;
    b.world.meanwhile = null;
    starting.abort();
    void b.it.orders.abort({ by: 'Ann', signal });
  };
  t.match(await b.it.orders.start({ by: 'Ann', signal: starting.signal }), { state: /failed|cancelled|rejected/ });
  await b.pass(20_000);
  t.equal(b.world.state.armed, false);
  t.match(b.last('itinerary'), { itinerary: 'it-1', state: 'cancelled' });
});

t.test('a start called off half-way is undone, unless another flies it by then', async (t) => {
  for (const state of ['skein', 'pilot', 'other-station', 'autopilot-failsafe'] as const) {
    const b = await verified(t);
    b.world.startOutcome = { ok: false, code: 'cancelled', detail: '', sent: true };
    b.world.beforeMotors = () => {
      b.world.state.armed = true;
      // While its own side undid it: that it was called off is what it ends with all the same.
      Object.assign(b.world.control, { state, taken: state === 'skein' ? 0 : 1 });
    };
    await b.start();
    t.equal(b.sent.includes('disarm'), state === 'skein', state);
    t.equal(b.world.state.armed, state !== 'skein', state);
    t.equal(b.last('itinerary')?.state, state === 'skein' ? 'verified' : 'interrupted', state);
  }
});

t.test('another itinerary during a transfer: what came of the first says nothing of the second', async (t) => {
  const b = await bench(t);
  b.world.tear = 3;
  b.world.meanwhile = (asked) => {
    if (asked !== 'upload mission') return;
    b.world.meanwhile = null;
    b.it.receive(message(tour()));
  };
  b.it.receive(message(plan()));
  t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'));
  t.same(b.said().slice(-3), ['received', 'uploading', 'verified'], b.said().join());
});

t.test('found in flight, then held: it goes on where the autopilot is, not where this agent last saw it', async (t) => {
  const b = await verified(t);
  await b.start();
  b.fly(1);
  await b.pass(500);
  await b.restart();
  b.fly(2);
  await b.pass(500);
  b.fly(SEQ.home);
  b.world.state.mode = 'GUIDED';
  await b.pass(500);
  Object.assign(b.world.control, { state: 'skein', adopted: false });
  const sent: number[] = [];
  const send = async (seq: number) => {
    sent.push(seq);
    return { ok: true, how: 'auto', detail: {} } as const;
  };
  t.match(await b.it.orders.resume({ signal, tookControl: true, send }), { state: 'succeeded' });
  t.same(sent, [SEQ.home]);
});

t.test('the power went between the end of it and its being put away: it is over all the same', async (t) => {
  const b = await verified(t);
  await b.restart({ state: 'cancelled', reason: 'cancelled: Ann' });
  t.equal(b.it.fact, null);
  b.it.receive(message(plan({ version: 7 })));
  t.match(b.last('itinerary'), { state: 'refused', reason: /^taken-back/ });
});

t.test('taken out by people and flown again by another version: it is aboard again', async (t) => {
  const b = await atTheDoor(t);
  b.world.chargePct = 10;
  await b.pass(2_000, 20);
  b.fly(SEQ.home, { at: 'base' });
  await b.pass(500);
  b.land();
  await b.pass(500);
  t.match(b.it.orders.settle({ itinerary: 'it-1', item: 2, released: false, by: 'Ann' }), { state: 'succeeded' });
  t.equal(b.it.status().custody, 'none');
  b.world.chargePct = 90;
  b.world.state.mode = 'STABILIZE';
  b.it.receive(message(plan({ version: 2 })));
  t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'));
  t.match(await b.start(), { state: 'succeeded' });
  t.equal(b.it.status().custody, 'aboard');
  t.match(b.last('delivery'), { state: 'aboard', reason: '', version: 2 });
});

t.test('called back between the gate’s opening and the order to release: it is not sent', async (t) => {
  for (const what of ['return', 'hold'] as const) {
    const b = await atTheDoor(t);
    b.world.meanwhile = (asked) => {
      if (!asked.startsWith('jump')) return;
      b.world.meanwhile = null;
      if (what === 'return') b.it.orders.left('return');
      else b.it.orders.held();
    };
    await b.until(() => b.world.meanwhile === null, 20_000, 20);
    t.notOk(
      b.sent.some((one) => one.startsWith('jump')),
      what,
    );
    t.not(b.it.status().custody, 'releasing', what);
  }
});

t.test('a pilot takes it with the parcel on a hook that is stuck, and lands: unproved, not released', async (t) => {
  const b = await atTheDoor(t);
  await b.pass(200, 20);
  b.it.winch({ lineM: 0, tension: 15 });
  t.ok(await b.until(() => b.sent.includes(`jump ${SEQ.release}`), 20_000, 20));
  b.fly(SEQ.lastWait, { at: 'door', altM: 12 });
  await b.pass(4_000, 20);
  b.it.winch({ lineM: 0, tension: 15 });
  Object.assign(b.world.control, { state: 'pilot', taken: 1 });
  b.world.state.mode = 'STABILIZE';
  await b.pass(3_000, 8);
  b.it.winch({ lineM: 0, tension: 0 });
  b.land();
  b.world.control.state = 'skein';
  await b.pass(500);
  t.match(b.last('delivery'), { state: 'unproved', reason: /^not-seen/ });
});
