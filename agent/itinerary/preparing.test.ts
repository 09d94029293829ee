/** From received to verified, and to the start, on a drone that the test plays. */
import t from 'tap';
import { bench } from './testing/bench.ts';
import { verified } from './testing/given.ts';
import { givenAgain, message, plan, tour } from './testing/plans.ts';

t.test('received, written, read back, verified; each said with a rising number', async (t) => {
  const b = await verified(t);
  t.same(b.said(), ['received', 'uploading', 'verified']);
  t.same(b.steps(), [1, 2, 3]);
  t.same(b.sent, [
    'clear fence',
    'clear rally',
    'upload mission',
    'download fence',
    'download rally',
    'download mission',
  ]);
  t.same(b.it.fact, { id: 'it-1', verified: true });
});

t.test('judged on the drone: refused with every breach', async (t) => {
  const b = await bench(t);
  b.world.breaches = [{ item: 1, rule: 'ceiling', value: 200, limit: 120, words: 'item 1: 200 m, ceiling 120 m' }];
  b.it.receive(message(plan()));
  t.ok(await b.until(() => b.last('itinerary')?.state === 'refused'));
  t.match(b.last('itinerary'), { reason: /^bad-itinerary: item 1/, detail: /"rule":"ceiling"/ });
  t.same(b.sent, []);
  b.it.receive(message(plan()));
  t.match(b.last('itinerary'), { state: 'refused', step: 2 }, 'the same answer again');
});

t.test('FS_OPTIONS 32 refuses a delivery, and no other flight', async (t) => {
  const b = await bench(t);
  b.world.fsOptions = 32 + 16;
  b.it.receive(message(plan()));
  t.ok(await b.until(() => b.last('itinerary')?.state === 'refused'));
  t.match(b.last('itinerary')?.reason, /^fs-release/);
  b.it.receive(message(tour()));
  t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'));
});

t.test('a plan of another base does not even start the motors', async (t) => {
  const b = await verified(t);
  const { position } = b.world.state;
  if (position === null) throw new Error('no position');
  b.world.state.position = { ...position, latDeg: position.latDeg + 0.01 };
  t.match(b.it.orders.againstStart(), [/^home-moved: it stands 111\d m from the base/]);
  b.world.state.position = position;
  t.same(b.it.orders.againstStart(), []);
});

t.test('what is to be flown is named, and another one is on it: nothing starts', async (t) => {
  const b = await verified(t);
  const { id = '', version = 0 } = b.it.itinerary ?? {};
  const against = (meant: { id: string | null; version: number | null }) => b.it.orders.againstStart(meant);
  t.same(against({ id, version }), []);
  t.same(against({ id: null, version: null }), [], 'whatever there is');
  for (const meant of [
    { id: 'another', version },
    { id, version: version + 1 },
  ])
    t.match(against(meant), [new RegExp(`^not-verified: ${id}, version ${version}, is on it`)]);
});

t.test('a winch whose drum runs free after a boot refuses a delivery by winch, and no other', async (t) => {
  const b = await bench(t);
  b.world.winchOptions = 7;
  b.it.receive(message(plan()));
  t.ok(await b.until(() => b.last('itinerary')?.state === 'refused'));
  t.match(b.last('itinerary')?.reason, /^bad-itinerary: WINCH_OPTIONS is 7/);
  b.it.receive(message(plan({ id: 'it-2', how: 'drop' })));
  t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'));
});

t.test(
  'never written while armed, locked, in another’s hands or with a log on its way; said what it waits for',
  async (t) => {
    const b = await bench(t);
    b.world.lock = 'propellers off';
    b.it.receive(message(plan()));
    await b.pass(1_000);
    t.match(b.last('itinerary'), { state: 'received', reason: /^ground-lock: propellers off/ });
    b.world.lock = null;
    b.world.state.armed = true;
    await b.pass(1_000);
    t.match(b.last('itinerary'), { state: 'received', reason: 'armed' });
    b.world.state.armed = false;
    b.world.control.state = 'pilot';
    await b.pass(1_000);
    t.match(b.last('itinerary')?.reason, 'pilot');
    t.same(b.sent, []);
    b.world.control.state = 'skein';
    t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'));
  },
);

t.test('an upload torn at every item, over a shorter and a longer old list: never verified by its count', async (t) => {
  for (const old of [2, 40]) {
    for (let tear = 0; tear < 12; tear++) {
      const b = await bench(t);
      b.held.mission = Array.from({ length: old }, (_, n) => ({
        frame: 3,
        command: 16,
        params: [0, 0, 0, 0],
        x: n,
        y: n,
        z: 9,
      }));
      b.world.tear = tear;
      b.it.receive(message(plan()));
      await b.until(() => b.said().includes('failed: upload-failed'));
      t.match(await b.it.orders.againstStart(), [/^not-verified/], `torn at ${tear}`);
      t.notOk(b.it.fact?.verified);
    }
  }
});

t.test('a failed one is tried again by itself, with longer pauses, and not for ever', async (t) => {
  const b = await bench(t);
  const attempts = () => b.sent.filter((one) => one === 'upload mission').length;
  b.it.receive(message(plan()));
  for (let n = 0; n < 10; n++) {
    b.world.tear = 3;
    await b.until(() => attempts() > n, 130_000);
  }
  t.equal(attempts(), 5);
  t.match(b.last('itinerary'), { state: 'failed', detail: /"left":0/ });
  b.world.tear = null;
  b.it.receive(message(plan()));
  t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'), 'sent again it is tried again');
});

t.test('void after a restart of the autopilot, and verified again by itself without writing', async (t) => {
  const b = await verified(t);
  b.sent.length = 0;
  Object.assign(b.world.state, { bootId: 'boot-2', bootMs: 2_000 });
  await b.pass(200);
  t.match(b.last('itinerary'), { state: 'void', reason: 'rebooted' });
  t.match(b.it.orders.againstStart(), [/^not-verified/]);
  t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'));
  t.notOk(
    b.sent.some((one) => one.startsWith('upload')),
    'what was there was ours',
  );
});

t.test('a stamp that came late, or a clock that lost time, is no restart: what was verified holds', async (t) => {
  const b = await verified(t);
  // The board had no time for 5 s, and reads now what came meanwhile, the oldest first.
  b.world.state.bootMs = (b.world.state.bootMs ?? 0) - 5_000;
  await b.pass(1_000);
  t.match(b.last('itinerary'), { state: 'verified' });
  t.same(b.it.orders.againstStart(), []);
  t.same(b.it.fact, { id: 'it-1', verified: true });
});

t.test('void after a foreign writer; what he left there is his, until the itinerary is sent again', async (t) => {
  const b = await verified(t);
  b.held.mission = b.held.mission.slice(0, 5);
  b.it.void('foreign-writer: 255/190 sent MISSION_COUNT', { foreign: true });
  t.match(b.last('itinerary'), { state: 'void', reason: /^foreign-writer/ });
  b.sent.length = 0;
  await b.pass(60_000);
  t.equal(b.last('itinerary')?.state, 'void');
  t.notOk(b.sent.some((one) => one.startsWith('upload')));
  b.it.receive(message(plan()));
  await b.pass(6_000);
  t.notOk(
    b.sent.some((one) => one.startsWith('upload')),
    'the same message once more is nobody’s word',
  );
  b.it.receive(givenAgain(plan()));
  t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'));
  t.ok(b.sent.includes('upload mission'));
});

const writes = (sent: readonly string[]) => sent.filter((one) => /^(upload|clear)/.test(one));

t.test('a list of a stranger is not written over for a parameter that was not read, nor after a restart', async (t) => {
  const b = await verified(t);
  const why = () => b.last('itinerary')?.reason ?? '';
  b.held.mission = b.held.mission.slice(0, 5);
  b.it.void('foreign-writer: 255/190 sent MISSION_COUNT', { foreign: true });
  b.sent.length = 0;
  b.world.fsOptions = null;
  t.ok(await b.until(() => /; upload-failed: a parameter/.test(why())));
  b.world.fsOptions = 0;
  t.ok(await b.until(() => /^foreign-writer: 255.*; read-back/.test(why())));
  await b.restart({ state: 'failed', reason: 'upload-failed' });
  t.ok(await b.until(() => b.last('itinerary')?.state === 'void'));
  t.match(why(), /^foreign-writer: 255/);
  t.same(writes(b.sent), []);
});

t.test('what changed while the agent was away is left to people', async (t) => {
  for (const state of ['verified', 'void', 'starting'] as const) {
    const b = await verified(t);
    const why = () => b.last('itinerary')?.reason ?? '';
    b.sent.length = 0;
    b.held.mission = b.held.mission.slice(0, 5);
    b.world.fsOptions = null;
    await b.restart({ state, reason: state === 'void' ? 'restarted' : '' });
    t.ok(await b.until(() => /; upload-failed/.test(why())), state);
    b.world.fsOptions = 0;
    t.ok(await b.until(() => /^foreign-writer: not known who; read-back/.test(why())), state);
    t.same(writes(b.sent), [], state);
    b.it.receive(givenAgain(plan()));
    t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'), state);
  }
});

t.test('after a start of the agent what only comes again is no reason to write before it was read', async (t) => {
  const b = await verified(t);
  b.sent.length = 0;
  b.held.mission = b.held.mission.slice(0, 5);
  await b.restart();
  b.it.receive(message(plan()));
  t.ok(await b.until(() => /^foreign-writer: not known who; read-back/.test(b.last('itinerary')?.reason ?? '')));
  t.same(writes(b.sent), []);
});

t.test('an older one that comes again says nothing of when the one that is there was given', async (t) => {
  const b = await verified(t, tour('it-0'));
  b.it.receive(message(plan()));
  t.ok(await b.until(() => b.last('itinerary')?.itinerary === 'it-1' && b.last('itinerary')?.state === 'verified'));
  b.it.void('foreign-writer: 255/190 sent MISSION_COUNT', { foreign: true });
  b.held.mission = b.held.mission.slice(0, 5);
  b.it.receive(message(tour('it-0'), { givenAt: '2026-11-27T08:00:00.000000Z' }));
  b.it.receive(givenAgain(plan()));
  t.ok(await b.until(() => b.last('itinerary')?.itinerary === 'it-1' && b.last('itinerary')?.state === 'verified'));
});

t.test(
  'a stranger writes into an upload, then the power goes: left to people; a torn one of ours is ours',
  async (t) => {
    for (const foreign of [true, false]) {
      const b = await bench(t);
      b.world.tear = 3;
      b.world.meanwhile = (asked) => {
        if (asked !== 'upload mission' || !foreign) return;
        b.world.meanwhile = null;
        b.it.void('foreign-writer: 255/190 sent MISSION_COUNT', { foreign: true });
      };
      b.it.receive(message(plan()));
      await b.until(() => b.sent.includes('upload mission'));
      b.sent.length = 0;
      await b.restart({ state: 'uploading', reason: '' });
      t.ok(
        await b.until(() =>
          foreign ? /read-back/.test(b.last('itinerary')?.reason ?? '') : b.said().at(-1) === 'verified',
        ),
      );
      t.equal(writes(b.sent).length > 0, !foreign);
    }
  },
);

t.test('start reads back once more; what differs is void and nothing is armed', async (t) => {
  const b = await verified(t);
  b.held.mission = b.held.mission.map((item, n) => (n === 2 ? { ...item, z: 31 } : item));
  t.match(await b.start(), { state: 'failed', reason: /^read-back/ });
  await b.pass(60_000);
  t.match(b.last('itinerary'), { state: 'void' }, 'whoever changed it is not written over');
  t.notOk(b.sent.includes('start'));
});

t.test('a start that cannot read the lists accuses nobody; what differs after that is left to people', async (t) => {
  for (const changed of [false, true]) {
    const b = await verified(t);
    b.world.unread = 'timeout';
    t.match(await b.start(), { state: 'failed', reason: /timeout/ });
    b.sent.length = 0;
    await b.pass(40_000);
    t.match(b.last('itinerary'), { state: 'void', reason: /timeout/ });
    t.notMatch(b.last('itinerary')?.reason, /foreign-writer/);
    if (changed) b.held.mission = b.held.mission.slice(0, 5);
    b.world.unread = null;
    const wanted = changed ? /^foreign-writer: not known who; read-back/ : /^$/;
    t.ok(await b.until(() => wanted.test(b.last('itinerary')?.reason ?? ' '), 200_000), String(changed));
    t.equal(b.last('itinerary')?.state, changed ? 'void' : 'verified');
    t.same(writes(b.sent), [], 'nothing is written');
  }
});

t.test('a start that the autopilot refuses leaves it verified and standing', async (t) => {
  const b = await verified(t);
  b.world.startOutcome = { ok: false, code: 'refused', detail: 'Arm: EKF', sent: true };
  t.match(await b.start(), { state: 'failed', reason: /Arm: EKF/ });
  t.match(b.last('itinerary'), { state: 'verified', reason: /Arm: EKF/ });
  b.world.startOutcome = { ok: true, how: 'started', detail: {} };
  t.match(await b.start(), { state: 'succeeded' });
});
