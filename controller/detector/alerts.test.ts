import t from 'tap';
import { CLASSES } from './index.ts';
import { type Otherwise, PARKED, watch } from './testing/watch.ts';

const ANN = { kind: 'operator', name: 'Ann' } as const;
const LOW: Otherwise = { chargePct: 40 };
const OUTSIDE: Otherwise = { kinds: { fence: { breached: true, breach: 'boundary', breaches: 1 } } };

async function given(seen: Otherwise, forS: number, o: Parameters<typeof watch>[0] = {}) {
  const w = await watch(o);
  w.see({}, 2);
  w.see(seen, forS);
  const [held] = w.alerts.open;
  if (held === undefined) throw new Error('nothing was raised');
  return { ...w, id: held.id };
}

t.test('what is open is open after a restart, neither doubled nor lost', async (t) => {
  const { store, id } = await given(OUTSIDE, 5);
  const next = await watch({ store });
  t.same(next.open(), ['fence']);
  next.see(OUTSIDE, 20);
  t.same(
    next.alerts.open.map((one) => one.id),
    [id],
    'the same one',
  );
  t.equal(next.raised().length, 1);
  next.see({}, 15);
  t.same(next.open(), [], 'and it ends');
  t.match(await next.alerts.get(id), { open: false, doc: { state: 'cleared', cleared: { by: 'detector' } } });
});

t.test('a drone that fell stays so after a restart, and is kept on the ground', async (t) => {
  const fell: Otherwise = { kinds: { status: { armed: false, landed: 'on-ground' }, velocity: { downMps: 6 } } };
  const { store } = await given(fell, 2);
  const next = await watch({ store });
  next.see(PARKED, 700);
  t.same(next.open(), ['disarmed-in-air']);
  t.match(next.detector.holds('heron'), [/disarmed-in-air: It fell/]);
  t.same(next.detector.holds('other'), []);
});

t.test('acknowledged, silenced until its time is over, called over', async (t) => {
  const w = await given(OUTSIDE, 5);
  t.match(await w.alerts.acknowledge(w.id, ANN), { ok: true, alert: { doc: { acknowledged: { by: 'Ann' } } } });
  t.match(await w.alerts.silence(w.id, 30, ANN), { ok: true, alert: { doc: { state: 'silenced' } } });
  w.see(OUTSIDE, 29);
  t.equal(w.alerts.open[0]?.doc.state, 'silenced');
  w.see(OUTSIDE, 2);
  t.equal(w.alerts.open[0]?.doc.state, 'raised');
  t.match(await w.alerts.dismiss(w.id, ANN), { ok: true, alert: { open: false, doc: { cleared: { by: 'Ann' } } } });
  w.see(OUTSIDE, 60);
  t.notOk(w.open().includes('fence'), 'not raised again while it is as it was');
  w.see({}, 15);
  w.see(OUTSIDE, 5);
  t.ok(w.open().includes('fence'), 'but when it happens again');
  t.match(await w.alerts.acknowledge(w.id, ANN), { ok: false, code: 'alert-not-so' });
  t.match(await w.alerts.acknowledge('never', ANN), { ok: false, code: 'unknown-alert' });
});

t.test('what becomes worse is heard again, in the same alert', async (t) => {
  const w = await given({ control: { state: 'pilot', why: null } }, 1);
  await w.alerts.acknowledge(w.id, ANN);
  w.see({ control: { state: 'autopilot-failsafe', why: null } });
  t.match(w.alerts.open, [{ id: w.id, doc: { severity: 'critical', state: 'raised' } }]);
  w.see({ control: { state: 'pilot', why: null } });
  t.match(w.alerts.open, [{ id: w.id, doc: { severity: 'critical' } }], 'and not less severe by itself');
});

t.test('a proposal is carried out once, in the name of who accepts it', async (t) => {
  const w = await given(LOW, 8);
  t.match(w.alerts.open, [{ doc: { class: 'battery', proposal: { type: 'return', state: 'open' } } }]);
  t.match(await w.alerts.accept(w.id, ANN), {
    ok: true,
    alert: { doc: { proposal: { state: 'accepted', by: 'Ann', command: 'c1' } } },
  });
  t.match(await w.alerts.accept(w.id, { ...ANN, name: 'Bob' }), { ok: true });
  t.match(w.sent, [{ drone: 'heron', type: 'return', by: 'Ann', key: `alert/${w.id}/accepted` }]);
  t.equal(w.sent.length, 1);
});

t.test('a refused one may be accepted again', async (t) => {
  let says = 'offline';
  const w = await given(LOW, 8, {
    send: async () => (says === '' ? { ok: true, command: 'c2' } : { ok: false, words: says }),
  });
  t.match(await w.alerts.accept(w.id, ANN), { ok: false, code: 'alert-not-so', detail: /offline/ });
  t.equal(w.alerts.open[0]?.doc.proposal?.state, 'open');
  says = '';
  t.match(await w.alerts.accept(w.id, ANN), { ok: true });
});

t.test('nothing is proposed, and nothing acts, against a pilot, a failsafe, silence', async (t) => {
  const quiet: readonly Otherwise[] = [
    { control: { state: 'pilot', why: null } },
    { control: { state: 'autopilot-failsafe', why: null } },
    { control: { state: 'other-station', why: null } },
    { control: { state: 'unknown', why: null } },
    { connected: false },
  ];
  for (const who of quiet) {
    const w = await watch({ acts: () => true });
    w.see({ ...OUTSIDE, ...who }, 20);
    t.ok(w.open().includes('fence'));
    t.equal(w.alerts.openOf('fence', { drone: 'heron' })?.doc.proposal, undefined);
    t.same(w.sent, []);
  }
  const w = await given(OUTSIDE, 5);
  w.see({ ...OUTSIDE, control: { state: 'pilot', why: null } });
  t.match(w.alerts.openOf('fence', { drone: 'heron' }), { doc: { proposal: { state: 'lapsed' } } });
  t.match(await w.alerts.accept(w.id, ANN), { ok: false, code: 'alert-not-so' });
});

t.test('a class acts alone only where that is set, and once', async (t) => {
  const w = await watch({ acts: (name) => name === 'fence' });
  w.see({ ...OUTSIDE, ...LOW }, 30);
  await Promise.resolve();
  t.match(w.sent, [{ type: 'return', by: 'detector' }]);
  t.equal(w.sent.length, 1);
  w.see({ ...OUTSIDE, ...LOW }, 30);
  t.equal(w.sent.length, 1);
});

t.test('of silence nothing moves an aircraft, whatever is set', async (t) => {
  const w = await watch({ acts: () => true });
  w.see({}, 5);
  const kinds = Object.fromEntries(
    ['status', 'position', 'mission', 'ekf', 'fence', 'battery'].map((one) => [one, { ageMs: 60_000 }]),
  );
  w.see(
    {
      connected: false,
      heardAgeMs: 60_000,
      vehicleAgeMs: 60_000,
      expectation: 'It must now fly back and land',
      kinds,
      trust: { state: 'suspect', reason: 'silent' },
    },
    300,
  );
  t.same([...w.open()].sort(), ['last-will', 'lease']);
  t.match(w.alerts.openOf('lease', { drone: 'heron' }), { doc: { words: 'It must now fly back and land' } });
  t.same(w.sent, []);
  t.ok(
    CLASSES.filter(({ name }) =>
      ['last-will', 'lease', 'stale', 'autopilot-silent', 'position', 'ekf'].includes(name),
    ).every(({ proposes }) => proposes === null),
  );
});

t.test('the open ones, newest first, page by page', async (t) => {
  const w = await watch();
  w.see({ ...OUTSIDE, delivery: { state: 'unproved', reason: null, settling: null }, conflict: 'two-boards' }, 5);
  const ids = (await w.alerts.list({ open: true, limit: 10 })).map(({ id }) => id);
  t.same(ids, [...ids].sort().reverse());
  t.equal(ids.length, 3);
  t.same(
    (await w.alerts.list({ open: true, limit: 1, before: ids[0] ?? '' })).map(({ id }) => id),
    [ids[1]],
  );
});

t.test('what was dismissed stays so over restarts, until it was well', async (t) => {
  const w = await given(OUTSIDE, 5);
  await w.alerts.dismiss(w.id, ANN);
  t.match(await w.alerts.get(w.id), { open: false, doc: { stillSo: ['heron'] } });
  const next = await watch({ store: w.store });
  next.see(OUTSIDE, 60);
  t.same(next.open(), [], 'as it was');
  const third = await watch({ store: w.store });
  third.see(OUTSIDE, 60);
  t.same(third.open(), [], 'over two restarts');
  third.see({}, 15);
  await Promise.resolve();
  await new Promise(setImmediate);
  t.match(await third.alerts.get(w.id), { open: false, doc: { stillSo: undefined, state: 'cleared' } });
  const last = await watch({ store: w.store });
  last.see(OUTSIDE, 5);
  t.same(last.open(), ['fence'], 'it was well before the restart: another time');
});

t.test('of many that were dismissed together each is on its own afterwards', async (t) => {
  const drones = Array.from({ length: 9 }, (_, i) => `d${i}`);
  const split: Otherwise = { ...PARKED, clock: { source: 'gps', errUs: 100, standing: 'split' } };
  const w = await watch({ drones });
  w.seeEach(() => split, 70);
  await w.alerts.dismiss(w.alerts.open[0]?.id ?? '', ANN);
  w.seeEach((drone) => (drone === 'd3' || drone === 'd5' ? PARKED : split), 15);
  await new Promise(setImmediate);
  t.equal(w.store.events.filter(({ type }) => type === 'well-again').length, 1, 'written once for those of one moment');
  const next = await watch({ drones, store: w.store });
  next.seeEach(() => split, 100);
  t.same(next.alerts.open.map(({ doc }) => `${doc.class} ${doc.drone}`).sort(), ['clock d3', 'clock d5']);
});

t.test('control that was taken is not given back by who leaves', async (t) => {
  const w = await given({ control: { state: 'other-station', why: 'DO_SET_MODE of 255/190' } }, 1);
  w.see({ control: { state: 'unknown', why: 'it was armed when the agent started' } }, 60);
  t.match(w.alerts.open, [
    {
      id: w.id,
      doc: { class: 'control-taken', words: 'Who flies it is not known now. Before: Another ground station flies it' },
    },
  ]);
  const next = await watch({ store: w.store });
  next.see({ control: { state: 'unknown', why: null } }, 60);
  t.match(next.alerts.open, [{ id: w.id }], 'over a restart');
  next.see({}, 8);
  t.same(next.open(), [], 'somebody took it');
  next.see({ control: { state: 'unknown', why: null } }, 20);
  t.same(next.open(), [], 'what nobody took is not raised');
});
