/** What a drone said that it has, and has not any more by its presence: owed again, and never in a loop. */
import { DEFAULT_LIMITS, type Itinerary, unknownAircraft } from '@skein/protocol/fleet';
import t, { type Test } from 'tap';
import { Keys, WriteQueue } from '../commands/index.ts';
import { systemTimers } from '../timers.ts';
import type { Contact, ItineraryEvent } from './ports.ts';
import { Itineraries } from './service.ts';

const plan = (id: string, version = 1): Itinerary => ({
  ...{ id, version, base: { latDeg: 47.3977, lonDeg: 8.5456 } },
  items: [
    { do: 'take-off', altM: 30 },
    { do: 'deliver', latDeg: 47.4, lonDeg: 8.547, altM: 40, frame: 'home', how: 'place' },
    { do: 'return' },
  ],
});

/** A controller whose clock the test turns, and one drone in its session `s1`. */
async function given(t: Test) {
  let nowUs = 1_795_000_000_000_000;
  let contact: Contact = { session: 's1', itinerary: null };
  const sent: string[] = [];
  const events: ItineraryEvent[] = [];
  const service = new Itineraries({
    clock: { utcUs: () => nowUs, monoUs: () => nowUs },
    store: {
      itinerary: async () => null,
      itineraries: async () => [],
      openItineraries: async () => [],
      lastStands: async () => [],
      itineraryKeys: async () => [],
    },
    writing: new WriteQueue({
      run: 'r',
      timers: systemTimers,
      store: { append: async (more) => events.push(...more) },
      onFailure: () => {},
    }),
    settings: { limits: DEFAULT_LIMITS },
    drones: { contact: () => contact, known: () => ({ aircraft: unknownAircraft('ardupilot') }) },
    ...{
      keys: new Keys(),
      newId: () => 'x',
      settle: async () => null,
      settleEnd: async () => null,
      onBriefs: () => {},
      saidSince: async () => [],
    },
    ...{ onAlert: () => {}, onProblem: () => {}, count: () => {} },
    publish: (_drone, text) => {
      const { id, version, session, itinerary } = JSON.parse(text);
      sent.push(`${itinerary === null ? 'back ' : ''}${id}/${version} ${session}`);
    },
  });
  t.teardown(() => service.close());
  const of = async (id: string, version = 1) => (await service.get(id))?.drones.find((one) => one.version === version);
  return {
    service,
    /** What was sent since this was last asked. */
    sent: () => sent.splice(0),
    events,
    of,
    pass(s: number): void {
      for (const endUs = nowUs + s * 1e6; nowUs < endUs; service.tick()) nowUs += 0.5e6;
    },
    /** Presence of a session; undefined: it never says what it has. */
    presence(session: string, itinerary: Contact['itinerary']): void {
      contact = { session, itinerary };
      service.contact('d1', true);
    },
    say(state: string, step: number, id = 'a', version = 1): void {
      const values = { itinerary: id, version, step, state, reason: '', item: null, detail: '' };
      service.said('d1', { kind: 'itinerary', values });
    },
    async assign(id: string, version = 1): Promise<void> {
      nowUs += 1e6;
      t.match(await service.give(plan(id, version), { by: 'Ann' }), { ok: true });
      t.match(await service.assign(id, ['d1'], 'Ann'), { ok: true });
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

t.test('killed before its disk had it: owed again, sent at once, and what it says is counted anew', async (t) => {
  const c = await given(t);
  await c.assign('a');
  t.same(c.sent(), ['a/1 s1']);
  for (const [n, state] of ['received', 'uploading', 'verified'].entries()) c.say(state, n + 1);
  c.presence('s2', null);
  c.pass(15);
  t.same(c.sent(), [], 'one presence may have come before its words');
  c.presence('s2', null);
  t.same(c.sent(), ['a/1 s2']);
  t.match(await c.of('a'), { state: 'assigned', reason: 'forgotten: it has none' });
  t.match(c.events.at(-1), { data: { by: 'controller', set: { state: 'assigned', heard: false, answered: 0 } } });
  c.pass(7);
  t.same(c.sent(), ['a/1 s2', 'a/1 s2', 'a/1 s2'], 'with the usual pauses: after 1, 3 and 7 s');
  c.say('received', 1);
  c.say('uploading', 2);
  t.match(await c.of('a'), { state: 'uploading' });
  c.pass(60);
  t.same(c.sent(), []);
});

t.test('a drone that answers and still does not name it is asked once in a session', async (t) => {
  const c = await given(t);
  await c.assign('a');
  c.say('received', 1);
  for (const session of ['s2', 's3']) {
    c.sent();
    for (let n = 0; n < 10; n++) {
      c.presence(session, null);
      if (c.sent().length > 0) c.say('received', 1);
      else if (n > 1) t.match(await c.of('a'), { state: 'received' }, `${session}: ${n}`);
      c.pass(15);
    }
    t.equal(c.events.filter(({ data }) => JSON.stringify(data).includes('forgotten')).length, session === 's2' ? 1 : 2);
  }
});

t.test('one that refused it, ended it, flies it, or never says what it has, is not asked', async (t) => {
  for (const state of ['refused', 'completed', 'flying', 'interrupted', 'verified']) {
    const c = await given(t);
    await c.assign('a');
    c.say('received', 1);
    c.say(state, 2);
    c.sent();
    for (let n = 0; n < 4; n++, c.pass(15)) c.presence('s2', state === 'verified' ? undefined : null);
    t.same(c.sent(), [], state);
    t.match(await c.of('a'), { state });
  }
});

t.test('a word between two presences: the drone knows it', async (t) => {
  const c = await given(t);
  await c.assign('a');
  c.say('received', 1);
  c.sent();
  c.presence('s1', null);
  c.pass(15);
  c.say('cancelled', 2);
  c.presence('s1', null);
  t.same(c.sent(), []);
  t.match(await c.of('a'), { state: 'cancelled' });
});

t.test('it has an older version, or another one: what was sent last is owed', async (t) => {
  for (const named of [
    { id: 'a', version: 1 },
    { id: 'stranger', version: 7 },
  ]) {
    const c = await given(t);
    await c.assign('a');
    c.say('verified', 3);
    await c.assign('a', 2);
    c.say('replaced', 4);
    c.say('received', 1, 'a', 2);
    c.sent();
    for (let n = 0; n < 2; n++, c.pass(15)) c.presence('s2', named);
    t.match(await c.of('a', 2), {
      state: 'assigned',
      reason: `forgotten: it has ${named.id} version ${named.version}`,
    });
    t.equal(c.sent()[0], 'a/2 s2');
  }
});

t.test('it has what was sent later: the older one is replaced, and is never sent over it', async (t) => {
  for (const named of [{ id: 'b', version: 1 }, null]) {
    const c = await given(t);
    await c.assign('a');
    c.say('verified', 3);
    await c.assign('b');
    c.say('received', 1, 'b');
    c.sent();
    for (let n = 0; n < 2; n++, c.pass(15)) c.presence('s2', named);
    t.match(await c.of('a'), { state: 'replaced', reason: 'newer: b version 1' });
    t.match(await c.of('b'), { state: named === null ? 'assigned' : 'received' });
    t.notOk(c.sent().some((one) => one.startsWith('a/')));
  }
});
