import t from 'tap';
import { bench, FLYING } from './testing/bench.ts';

t.test('arm: every reason is named; with none it is sent once, after logs have let go', async (t) => {
  const b = bench();
  b.world.lock = { reason: 'propeller', by: 'drone', here: true };
  b.world.unfit = 'preflight: EKF';
  b.world.groundLinkMs = 9_000;
  const refused = await b.give(b.command('arm'));
  t.equal(refused?.reason, 'ground-lock: propeller; ground-link', 'what is unfit says the lock too');
  b.world.lock = null;
  t.equal((await b.give(b.command('arm')))?.reason, 'preflight: EKF; ground-link');
  b.world.lock = null;
  b.world.unfit = null;
  b.world.groundLinkMs = 10_000;
  t.match(await b.give(b.command('arm')), { state: 'succeeded' });
  t.equal(b.world.cleared, 1);
  b.world.reply = { ok: false, code: 'no-ack', detail: '', sent: true };
  t.match(await b.give(b.command('arm')), { state: 'unknown', reason: 'no-ack' }, 'unseen: unknown, never again');
  t.equal(b.intents.length, 2);
});

t.test('on the ground only: disarm; in the air only: return, land', async (t) => {
  const b = bench({ state: FLYING });
  t.match(await b.give(b.command('disarm')), { reason: 'in-air' });
  Object.assign(b.world.state, { landed: 'unknown' });
  t.match(await b.give(b.command('disarm')), { reason: 'state-unknown' });
  Object.assign(b.world.state, { landed: 'on-ground' });
  t.match(await b.give(b.command('disarm')), { state: 'succeeded' });
  t.match(await b.give(b.command('return')), { reason: 'already-on-ground' });
  Object.assign(b.world.state, { landedAgeMs: 6_000 });
  t.match(await b.give(b.command('disarm')), { reason: 'state-unknown' });
  t.match(await b.give(b.command('return')), { state: 'succeeded' }, 'an old word keeps nobody from being called back');
  t.match(await b.give(b.command('start')), { state: 'rejected', reason: 'no-itinerary' });
});

t.test(
  'an agent that has just started waits a moment for the first heartbeat, not for one that fell silent',
  async (t) => {
    for (const type of ['return', 'land', 'hold'] as const) {
      const b = bench({ state: { ...FLYING, sysid: null, alive: false } });
      const order = b.command(type);
      await b.give(order);
      t.equal(b.fate(order.id)?.state, 'accepted', type);
      await b.advance(1_000);
      t.equal(b.fate(order.id)?.state, 'accepted', 'not heard yet');
      Object.assign(b.world.state, { sysid: 1, alive: true });
      await b.advance(500);
      t.match(b.fate(order.id), { state: 'succeeded' }, type);
    }
    const never = bench({ state: { ...FLYING, sysid: null, alive: false } });
    const order = never.command('return');
    await never.give(order);
    await never.advance(3_500);
    t.match(never.fate(order.id), { state: 'rejected', reason: /^no-autopilot/ }, 'it is not waited for without end');
    const silent = bench({ state: { ...FLYING, alive: false } });
    t.match(await silent.give(silent.command('return')), { state: 'rejected', reason: /^no-autopilot/ });
  },
);

t.test(
  'a drone that lies crashed and is still armed takes any mode, which proves nothing; it is told all the same',
  async (t) => {
    for (const type of ['return', 'land', 'hold'] as const) {
      const b = bench({ state: FLYING });
      b.world.crashed = 'it FALLS, 8 m/s, 14 m up';
      t.match(await b.give(b.command(type)), { state: 'unknown', reason: /^crash: it FALLS/ }, type);
      t.equal(b.intents.length, 1, 'it may fly on');
      b.world.crashed = null;
      t.match(await b.give(b.command(type)), { state: 'succeeded' }, 'it has flown on');
      b.world.crashed = 'Crash: Disarming';
      Object.assign(b.world.state, { armed: false });
      if (type === 'hold')
        t.match(await b.give(b.command(type)), { state: 'succeeded', reason: 'already' }, 'its motors stand');
    }
  },
);

t.test('resume goes on with the item that was held, and with nothing else', async (t) => {
  const b = bench({ state: FLYING });
  t.match(await b.give(b.command('resume')), { state: 'rejected', reason: 'not-holding' });
  await b.give(b.command('hold'));
  Object.assign(b.world.state, { mode: 'GUIDED' });
  t.match(await b.give(b.command('resume')), { state: 'succeeded' });
  await b.give(b.command('hold'));
  Object.assign(b.world.state, { mode: 'AUTO' });
  await b.give(b.command('hold'));
  b.world.state.missionTotal = 9;
  t.match(await b.give(b.command('resume')), { reason: 'mission-changed' });
  b.world.state.missionTotal = 8;
  b.world.control.taken++;
  t.match(await b.give(b.command('resume')), { reason: 'not-holding' }, 'somebody flew in between');
});

t.test(
  'a mission that was flown before us: held by us, it flies on as control is taken; never held, nothing is sent',
  async (t) => {
    const take = { params: { takeControl: true } };
    const b = bench({ state: FLYING });
    b.world.control.state = 'unknown';
    const only = await b.give(b.command('resume', take));
    t.match(only, { state: 'succeeded', detail: { tookControl: true } }, 'it goes on as it did');
    t.same(b.intents, []);
    b.world.control.state = 'unknown';
    await b.give(b.command('hold'));
    Object.assign(b.world.state, { mode: 'GUIDED' });
    const flown = await b.give(b.command('resume', take));
    t.match(flown, { state: 'succeeded' });
    t.match(b.intents.at(-1), { name: 'resume', options: { missionSeq: b.world.state.missionCurrent } });
  },
);

t.test('resume goes on only where the position is trusted; control is taken all the same', async (t) => {
  const b = bench({ state: FLYING });
  await b.give(b.command('hold'));
  Object.assign(b.world.state, { mode: 'GUIDED' });
  b.world.distrusted = 'silent: no position arrives';
  t.match(await b.give(b.command('resume')), { state: 'rejected', reason: 'position: silent: no position arrives' });
  for (const type of ['return', 'land', 'hold'] as const) {
    t.match(await b.give(b.command(type)), { state: 'succeeded' }, `${type} is never held back by it`);
  }
  b.world.control.state = 'pilot';
  const took = await b.give(b.command('resume', { params: { takeControl: true } }));
  t.match(took, { state: 'succeeded', detail: { tookControl: true } });
});

t.test('goto: from a hold, inside fence and energy, at a place that is known', async (t) => {
  const b = bench({ state: { ...FLYING, mode: 'GUIDED' } });
  const to = { latDeg: 43.605, lonDeg: 7.07, altRelM: 40 };
  const go = async (params = {}) => (await b.give(b.command('goto', { params: { ...to, ...params } })))?.reason;
  t.equal(await go(), 'done');
  t.match(await go({ latDeg: 43.65 }), /^energy: 90 % left/);
  for (const [name, value] of Object.entries({
    FENCE_ENABLE: 1,
    FENCE_TYPE: 3,
    FENCE_ALT_MAX: 50,
    FENCE_RADIUS: 400,
    FENCE_MARGIN: 2,
  })) {
    b.parameters.set(name, value);
  }
  t.match(await go(), /^fence: 556 m from home/);
  t.match(await go({ latDeg: 43.602, altRelM: 49 }), /^fence: 49 m above home/);
  b.world.distrusted = 'drift: it moves away';
  t.equal(await go({ latDeg: 43.602 }), 'position: drift: it moves away');
  b.world.distrusted = null;
  t.equal(await go({ latDeg: 43.602 }), 'done');
  b.world.state.home = null;
  t.equal(await go(), 'position: no home is known');
  Object.assign(b.world.state, { mode: 'AUTO' });
  t.match(await go(), /^not-holding/);
  b.world.distrusted = 'drift: it moves away';
  t.equal(await go(), 'not-holding: AUTO; position: drift: it moves away', 'what holds seems to move while it drifts');
});

t.test('set-parameter: the old value is journalled first, undone by id; never while armed', async (t) => {
  const b = bench();
  const set = b.command('set-parameter', { params: { name: 'WPNAV_SPEED', value: 300 } });
  t.match(await b.give(set), { state: 'succeeded', detail: { before: 500, after: 300 } });
  t.match(b.written[0], { state: 'executing', act: { name: 'WPNAV_SPEED', before: 500, value: 300 } });
  const undo = b.command('set-parameter', { params: { name: 'X', value: 0, undo: set.id } });
  t.match(await b.give(undo), { state: 'succeeded', detail: { before: 300, after: 500 } });
  t.match(await b.give(b.command('set-parameter', { params: { name: 'NOPE', value: 1 } })), {
    reason: 'no-such-parameter: NOPE',
  });
  b.world.state.armed = true;
  t.match(await b.give(b.command('set-parameter', { params: { name: 'WPNAV_SPEED', value: 1 } })), { reason: 'armed' });
  t.equal(b.world.sets.length, 2);
});

t.test('a new pack is taken on the ground only, with or without its id', async (t) => {
  const b = bench();
  t.match(await b.give(b.command('new-pack', { params: { pack: 'P-7' } })), { state: 'succeeded' });
  t.match(await b.give(b.command('new-pack')), { state: 'succeeded' });
  b.world.state.armed = true;
  t.match(await b.give(b.command('new-pack', { params: { pack: 'P-8' } })), { state: 'rejected', reason: 'armed' });
  b.world.state.armed = null;
  t.match(await b.give(b.command('new-pack')), { state: 'rejected', reason: 'state-unknown' });
  t.same(b.newPacks, ['P-7', null]);
});

t.test('lock and unlock by an operator; what was locked at the drone stays locked', async (t) => {
  const b = bench();
  await b.give(b.command('lock', { params: { reason: 'maintenance' } }));
  t.match(b.world.lock, { by: 'Ann', here: false });
  t.match(await b.give(b.command('unlock', { params: { reason: 'over' } })), { state: 'succeeded' });
  b.world.lock = { by: 'drone', here: true, reason: 'hands' };
  t.match(await b.give(b.command('unlock', { params: { reason: 'over' } })), { reason: 'locked-by-drone' });
  t.match(await b.give(b.command('unlock', { params: { reason: 'over' }, grants: ['admin'] })), { state: 'succeeded' });
});

t.test('how long one may take counts from its turn', async (t) => {
  const b = bench({ state: FLYING });
  b.world.reply = null;
  const land = b.command('land');
  const abort = b.command('abort');
  await b.give(land);
  await b.give(abort);
  await b.advance(60_200);
  t.match(b.fate(land.id), { state: 'unknown', reason: 'no-answer' });
  await b.advance(1_000);
  t.match(b.fate(abort.id), { state: 'executing' });
  await b.advance(60_000);
  t.match(b.fate(abort.id), { state: 'unknown' });
});
