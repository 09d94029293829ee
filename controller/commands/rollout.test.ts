import t from 'tap';
import type { Command, Delivery } from './command.ts';
import { newDelivery, settle } from './delivery.ts';
import type { Contact, FleetPort } from './ports.ts';
import { type PostBody, plan, type Sender } from './request.ts';
import { rebootsAtATime, release } from './rollout.ts';
import { ulidMaker } from './ulid.ts';

const NOW = { utcUs: 1_795_000_000e6, monoUs: 5e6 };
const command = (more: Partial<Command> = {}): Command => ({
  ...{
    id: '01JD0000000000000000000001',
    type: 'reboot',
    params: {},
    issuedAtUtcUs: 0,
    expiresAtUtcUs: 1,
    issuedBy: 'Ann',
  },
  ...{
    grants: [],
    targets: 'all',
    staggerMs: 0,
    maxFailures: null,
    atATime: null,
    session: null,
    untargeted: false,
    ...more,
  },
});
const made = (count: number) => Array.from({ length: count }, (_, i) => newDelivery(`d${i}`, 60e6, NOW));
const sent = (d: Delivery): Delivery => ({ ...d, sentUtcUs: NOW.utcUs, sends: 1 });
const o = { lastMonoUs: null, nowMonoUs: NOW.monoUs, readiness: () => 'go' as const };
const names = (list: readonly Delivery[]) => list.map((one) => one.drone);

t.test('all at once; so many at a time; one after another', async (t) => {
  t.equal(release(command(), made(7), o).go.length, 7);
  const [a, b, ...rest] = made(7) as [Delivery, Delivery, ...Delivery[]];
  t.same(names(release(command({ atATime: 2 }), [a, b, ...rest], o).go), ['d0', 'd1']);
  t.same(names(release(command({ atATime: 2 }), [sent(a), b, ...rest], o).go), ['d1']);
  const done = settle(sent(a), NOW, { state: 'succeeded', reason: 'proved' });
  t.same(names(release(command({ atATime: 2 }), [done, b, ...rest], o).go), ['d1', 'd2']);
  const staggered = command({ staggerMs: 1000 });
  const first = release(staggered, made(3), o);
  t.same(names(first.go), ['d0']);
  t.same(release(staggered, rest, { ...o, lastMonoUs: NOW.monoUs - 999_000 }).go, []);
  t.equal(release(staggered, rest, { ...o, lastMonoUs: NOW.monoUs - 1e6 }).go.length, 1);
});

t.test('a drone that is away holds up nobody; one that cannot take it is refused', async (t) => {
  const readiness = (d: Delivery) => (d.drone === 'd0' ? 'wait' : d.drone === 'd1' ? 'armed' : 'go');
  const { go, refuse } = release(command({ atATime: 1 }), made(4), { ...o, readiness });
  t.same(names(go), ['d2']);
  t.match(refuse, [{ delivery: { drone: 'd1' }, reason: 'armed' }]);
});

t.test('more failures than are borne end it; a drone that declined is none', async (t) => {
  const [a, b, ...rest] = made(5) as [Delivery, Delivery, ...Delivery[]];
  const failed = settle(sent(a), NOW, { state: 'failed', reason: 'unproved' });
  const declined = settle(sent(b), NOW, { state: 'rejected', reason: 'armed' });
  t.match(release(command({ maxFailures: 0 }), [a, declined, ...rest], o), { stop: false, go: { length: 4 } });
  t.match(release(command({ maxFailures: 0 }), [failed, b, ...rest], o), { stop: true, go: [] });
  t.match(release(command({ maxFailures: 1 }), [failed, b, ...rest], o), { stop: false, go: { length: 4 } });
});

t.test('a reboot of many: a tenth at a time, the disarmed first, the absent last, none after a failure', async (t) => {
  const contact = (id: string, armed: boolean | null, alive = true): Contact => ({
    ...{ id, current: 's', conflict: false, groups: ['north'], armed },
    sighting: { armed: null, landed: null, mode: null, place: null, home: null, returnAltM: null },
    sessions: [
      { session: 's', alive, boot: 'b', autopilotBoot: undefined, journal: null, heardMonoMs: 1, heardAgeMs: 0 },
    ],
  });
  const all = [contact('away', null, false), contact('armed', true), contact('dark', null), contact('parked', false)];
  const fleet: FleetPort = {
    contact: (id) => all.find((one) => one.id === id) ?? null,
    ids: () => all.map((one) => one.id),
  };
  const sender: Sender = { name: 'Ann', role: 'operator' };
  const body: PostBody = { targets: { group: 'north' }, type: 'reboot', params: { target: 'autopilot' } };
  const planned = plan(body, sender, fleet);
  t.match(planned, {
    ok: true,
    drones: ['parked', 'dark', 'armed', 'away'],
    command: { atATime: 1, maxFailures: 0, grants: [] },
    lifetimeS: 600,
  });
  t.same([1, 10, 11, 200].map(rebootsAtATime), [1, 1, 2, 20]);
  const forced = { ...body, targets: ['parked'], params: { target: 'agent', force: true } };
  t.match(plan(forced, sender, fleet), { ok: false, code: 'not-granted' });
  t.match(plan(forced, { ...sender, role: 'admin' }, fleet), {
    ok: true,
    command: { grants: ['force'], atATime: null },
  });
  const safety = { targets: ['parked'], type: 'set-parameter', params: { name: 'FENCE_ENABLE', value: 0 } };
  t.match(plan(safety, sender, fleet), { ok: false, code: 'not-granted' });
});

t.test('ids sort by time and are unique, also within a millisecond and when the clock is set back', async (t) => {
  const next = ulidMaker(Math.random);
  const ids = [5, 5, 5, 4, 6, 1_795_000_000_000].map(next);
  t.same([...ids].sort(), ids);
  t.equal(new Set(ids).size, ids.length);
  for (const id of ids) t.match(id, /^[0-9A-HJKMNP-TV-Z]{26}$/);
  t.ok(ids.at(-1)?.startsWith('01'), 'as other programs write it');
  const full = ulidMaker(() => 0.9999999);
  const [last, over] = [full(7), full(7)];
  t.ok(last < over, `${last} < ${over}`);
});
