/** The flight of an itinerary, on a drone that the test plays, in virtual time. */
import t from 'tap';
import { atTheDoor, SEQ, verified } from './testing/given.ts';
import { message, plan } from './testing/plans.ts';

const { gate: GATE, release: RELEASE, lastWait: LAST_WAIT, climb: CLIMB, home: HOME } = SEQ;

t.test('a whole delivery: gate, release once, weighed, home, completed', async (t) => {
  const b = await atTheDoor(t);
  t.match(b.said('delivery'), ['aboard']);
  t.ok(await b.until(() => b.sent.includes(`jump ${RELEASE}`), 20_000, 20), b.said('delivery').join());
  b.fly(RELEASE, { at: 'door', altM: 12 });
  await b.pass(2_000, 20);
  for (const lineM of [0, 6, 12]) b.it.winch({ lineM, tension: 15 });
  b.fly(8, { at: 'door', altM: 12 });
  await b.pass(2_000, 14);
  for (const lineM of [6, 0]) b.it.winch({ lineM, tension: 1 });
  b.fly(LAST_WAIT, { at: 'door', altM: 12 });
  await b.pass(4_000, 18);
  b.fly(CLIMB, { at: 'door' });
  b.world.state.climbMps = 2.5;
  await b.pass(1_000, 30);
  b.world.state.climbMps = 0;
  b.fly(HOME, { at: 'base' });
  t.ok(await b.until(() => b.last('delivery')?.state === 'released', 20_000), JSON.stringify(b.last('delivery')));
  b.land();
  await b.pass(500);
  t.match(b.last('itinerary'), { state: 'completed', reason: 'done' });
  t.equal(b.sent.filter((one) => one.startsWith('jump')).length, 1);
  t.equal(b.it.status().custody, 'none');
  const names = b.said().filter((one, n, all) => one !== all[n - 1]);
  t.same(names.slice(3), ['starting', 'flying', 'at-gate', 'releasing', 'returning', 'completed: done']);
});

t.test('without what a release needs the gate ends by itself: the parcel comes home, and is said to', async (t) => {
  const b = await atTheDoor(t);
  b.world.position = 'frozen';
  b.world.chargePct = 31;
  await b.pass(20_000, 20);
  t.match(b.last('itinerary'), { state: 'at-gate', reason: /position: frozen; battery: 31 %/ });
  b.fly(HOME, { at: 'base' });
  await b.pass(1_000);
  t.match(b.last('itinerary'), { state: 'returning', reason: /^gate-closed: position/ });
  b.land();
  await b.pass(500);
  t.match(b.last('itinerary'), { state: 'aborted', reason: /^gate-closed/ });
  t.match(b.last('delivery'), { state: 'aboard', reason: /^gate-closed/ });
  t.notOk(b.sent.some((one) => one.startsWith('jump')));
  b.it.receive(message(plan({ id: 'it-2' })));
  t.match(b.last('itinerary'), { itinerary: 'it-2', state: 'refused', reason: /^still-aboard/ });
});

t.test('a lost link shuts the gate, and opens it when it is back in time', async (t) => {
  const b = await atTheDoor(t);
  b.world.leaseLeftMs = 0;
  await b.pass(20_000, 20);
  t.notOk(b.sent.some((one) => one.startsWith('jump')));
  b.world.leaseLeftMs = 15_000;
  t.ok(await b.until(() => b.sent.includes(`jump ${RELEASE}`), 5_000, 20));
});

t.test('a release that nothing proves is unproved, stays in custody, and is never begun again', async (t) => {
  const b = await atTheDoor(t);
  t.ok(await b.until(() => b.sent.includes(`jump ${RELEASE}`), 20_000, 20));
  b.it.text('Gripper load released');
  b.it.text('Reached command #11');
  b.fly(LAST_WAIT, { at: 'door', altM: 12 });
  await b.pass(3_000, 20);
  b.fly(HOME, { at: 'base' });
  t.ok(await b.until(() => b.last('delivery')?.state === 'unproved', 20_000), JSON.stringify(b.last('delivery')));
  b.fly(GATE, { at: 'door' });
  await b.pass(20_000, 20);
  t.equal(b.sent.filter((one) => one.startsWith('jump')).length, 1);
  b.fly(HOME, { at: 'base' });
  b.land();
  await b.pass(500);
  t.equal(b.it.status().custody, 'unproved');
  await b.restart();
  t.equal(b.it.status().custody, 'unproved');
  b.it.receive(message(plan({ version: 2 })));
  t.match(b.last('itinerary')?.reason, /^still-aboard/);
  const settled = b.it.orders.settle({ itinerary: 'it-1', item: 2, released: true, by: 'Ann' });
  t.match(settled, { state: 'succeeded' });
  t.match(b.last('delivery'), { state: 'settled', reason: 'operator-word: Ann' });
  t.match(
    JSON.parse(b.last('delivery')?.detail ?? ''),
    { was: 'unproved', by: 'Ann', released: true, before: { meanA: 20 } },
    'what was measured is kept beside the word',
  );
  t.equal(b.it.status().custody, 'none');
});

t.test('killed in every phase: it adopts and sends nothing; the gate stays shut; an operator goes on', async (t) => {
  const phases = [2, GATE, RELEASE, LAST_WAIT, HOME];
  for (const seq of phases) {
    const b = await atTheDoor(t);
    if (seq >= RELEASE) await b.until(() => b.sent.includes(`jump ${RELEASE}`), 20_000, 20);
    b.fly(seq, { at: seq === 2 ? 'base' : 'door' });
    await b.pass(300, 20);
    b.sent.length = 0;
    await b.restart();
    await b.pass(10_000, 20);
    t.match(b.last('itinerary'), { state: 'interrupted', reason: 'adopted' }, `at ${seq}`);
    t.same(b.sent, [], `nothing is sent at ${seq}`);
    const unproved = seq === RELEASE || seq === LAST_WAIT;
    if (unproved) t.match(b.last('delivery'), { state: 'unproved' }, `at ${seq}`);

    Object.assign(b.world.control, { state: 'skein', adopted: false });
    const send = async () => ({ ok: true, how: 'auto', detail: {} }) as const;
    const outcome = await b.it.orders.resume({ signal: new AbortController().signal, tookControl: true, send });
    t.match(outcome, { state: 'succeeded', detail: { tookControl: true } });
    t.same(b.sent, ['download fence', 'download rally', 'download mission'], 'reading is no writing');
    t.equal(b.world.learnt.length, 1, 'what its release will be judged by is looked up by the agent that came later');
    b.fly(seq, { at: seq === 2 ? 'base' : 'door' });
    await b.pass(20_000, 20);
    t.equal(b.sent.includes(`jump ${RELEASE}`), seq === GATE, `at ${seq}`);
  }
});

t.test('a pilot takes over: said at once, nothing sent; resume goes on from a hold, verified again', async (t) => {
  const b = await atTheDoor(t);
  b.fly(2);
  Object.assign(b.world.control, { state: 'pilot', taken: 1 });
  b.world.state.mode = 'LOITER';
  await b.pass(10_000);
  t.match(b.last('itinerary'), { state: 'interrupted', reason: 'pilot' });
  t.match(b.it.orders.againstResume(false), /^not-holding/);
  Object.assign(b.world.control, { state: 'skein' });
  const resumes: number[] = [];
  const resume = (tookControl: boolean) =>
    b.it.orders.resume({
      signal: new AbortController().signal,
      tookControl,
      send: async (seq) => {
        resumes.push(seq);
        b.world.state.mode = 'AUTO';
        return { ok: true, how: 'auto', detail: {} };
      },
    });
  t.match(await resume(true), { state: 'succeeded', detail: { next: /hold/ } });
  t.same(resumes, []);
  b.world.state.mode = 'GUIDED';
  b.it.orders.held();
  await b.pass(300);
  t.equal(b.last('itinerary')?.state, 'held');
  t.match(await resume(false), { state: 'succeeded', detail: { missionSeq: 2 } });
  t.same(resumes, [2]);
  await b.pass(300);
  t.equal(b.last('itinerary')?.state, 'flying');
});

t.test('held in the release: resumed after it with the line reeled in, so that nothing acts twice', async (t) => {
  const b = await atTheDoor(t);
  await b.until(() => b.sent.includes(`jump ${RELEASE}`), 20_000, 20);
  b.fly(8, { at: 'door', altM: 12 });
  await b.pass(500, 20);
  b.it.winch({ lineM: 7, tension: 15 });
  b.world.state.mode = 'GUIDED';
  b.it.orders.held();
  await b.pass(500);
  t.equal(b.last('itinerary')?.state, 'held');
  const resumes: number[] = [];
  const resume = () =>
    b.it.orders.resume({
      signal: new AbortController().signal,
      tookControl: false,
      send: async (seq) => {
        resumes.push(seq);
        return { ok: true, how: 'auto', detail: {} };
      },
    });
  t.match(
    await resume(),
    { state: 'failed', reason: /^no-effect: reeling in was ordered/ },
    'the line does not come in',
  );
  t.same(resumes, [], 'and is not flown with');
  const going = resume();
  b.it.winch({ lineM: 0.2, tension: 15 });
  t.match(await going, { state: 'succeeded' });
  t.ok(b.sent.includes('retract 7'));
  t.same(resumes, [HOME]);
});

t.test('skip goes to the next item, to a gate, and never past a delivery', async (t) => {
  const b = await verified(t);
  await b.start();
  b.fly(1);
  await b.pass(300);
  t.match(b.it.orders.againstSkip(), [/taking off/]);
  b.fly(2);
  await b.pass(300);
  t.match(await b.it.orders.skip({ signal: new AbortController().signal }), {
    state: 'succeeded',
    detail: { item: 2 },
  });
  t.ok(b.sent.includes('jump 3'));
  b.fly(3);
  await b.pass(300);
  t.same(b.it.orders.againstSkip(), ['past-delivery']);
  b.fly(GATE, { at: 'door' });
  await b.pass(300);
  t.same(b.it.orders.againstSkip(), ['past-delivery']);
});

t.test(
  'abort: before take-off it is cancelled for good; in flight the line is reeled in and it comes home',
  async (t) => {
    const a = await verified(t);
    t.match(await a.it.orders.abort({ by: 'Ann', signal: new AbortController().signal }), { state: 'succeeded' });
    t.match(a.last('itinerary'), { state: 'cancelled', reason: 'cancelled: Ann' });
    a.it.receive(message(plan({ version: 9 })));
    t.match(a.last('itinerary'), { state: 'refused', reason: /^taken-back/ });

    const b = await atTheDoor(t);
    await b.until(() => b.sent.includes(`jump ${RELEASE}`), 20_000, 20);
    b.fly(8, { at: 'door', altM: 12 });
    await b.pass(300, 20);
    b.it.winch({ lineM: 7, tension: 15 });
    const aborting = b.it.orders.abort({ by: 'Ann', signal: new AbortController().signal });
    b.it.winch({ lineM: 0.2, tension: 15 });
    t.match(await aborting, { state: 'succeeded', detail: { payload: /line is reeled in/ } });
    t.same(b.sent.slice(-2), ['retract 7', 'return']);
    await b.pass(300);
    t.match(b.last('itinerary'), { state: 'returning', reason: 'newer: abort' });
    b.land();
    await b.pass(500);
    t.match(b.last('itinerary'), { state: 'aborted', reason: 'newer: abort' });
    t.match(b.last('delivery')?.state, /not-released|unproved/);
  },
);

t.test('brought home because no controller is heard: that is why it is aborted', async (t) => {
  const b = await atTheDoor(t);
  b.it.orders.left('no-controller');
  b.world.state.mode = 'RTL';
  await b.pass(300);
  t.match(b.last('itinerary'), { state: 'returning', reason: 'no-controller' });
  b.land();
  await b.pass(500);
  t.match(b.last('itinerary'), { state: 'aborted', reason: 'no-controller' });
  t.match(b.last('delivery'), { state: 'aboard' });
});

t.test('a restart on the ground: what was verified is read again before it counts', async (t) => {
  const b = await verified(t);
  b.sent.length = 0;
  await b.restart();
  t.match(b.last('itinerary'), { state: 'void', reason: 'restarted' });
  t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'));
  t.same(b.sent, ['download fence', 'download rally', 'download mission']);
  const steps = b.steps();
  t.same(
    [...steps].sort((x, y) => x - y),
    steps,
    'numbers only rise',
  );
});

t.test('killed between start and the air: on the ground nothing is taken to fly', async (t) => {
  const b = await verified(t);
  b.world.startOutcome = { ok: false, code: 'cancelled', detail: '', sent: false };
  void b.it.orders.start({ by: 'Ann', signal: new AbortController().signal });
  await b.kept();
  await b.restart();
  t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'));
  t.equal(b.it.status().custody, 'none');
});

t.test('taken back, or written over, between the reading back and the motors: they stand', async (t) => {
  const a = await verified(t);
  a.world.beforeMotors = () => a.it.receive(message(plan(), { itinerary: null }));
  t.match(await a.start(), { state: 'rejected', reason: /^taken-back/ });
  await a.pass(300);
  t.match(a.last('itinerary'), { state: 'cancelled', reason: 'taken-back' }, 'nor is it started later');
  t.match(a.it.orders.againstStart(), [/^no-itinerary/]);

  const b = await verified(t);
  b.world.beforeMotors = () => b.it.void('foreign-writer: 9 items instead of 13', { foreign: true });
  t.match(await b.start(), { state: 'rejected', reason: /^not-now/ });
  t.not(b.world.state.armed, true);
  t.ok(b.said().includes('void: not-now'), 'and everything is read again before it counts');
});

t.test('it waits, and not by an order of ours: resume asks for control first', async (t) => {
  const b = await verified(t);
  await b.start();
  b.fly(2);
  await b.pass(300);
  b.world.state.mode = 'AUTO.LOITER';
  await b.pass(300);
  t.equal(b.last('itinerary')?.state, 'held');
  t.match(b.it.orders.againstResume(false), /^not-holding/);
  t.equal(b.it.orders.againstResume(true), null);
});
