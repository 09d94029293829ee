import { createHash } from 'node:crypto';
import { parametersOf } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';
import t from 'tap';
import { ParameterWatch } from './index.ts';

const FLOAT = 9;

function given(values: Record<string, number>) {
  const state = { sysid: 1, reboots: 0, alive: true, armed: false as boolean | null, systemStatus: 3 };
  const world = { busy: false, told: null as string | null, fails: false, hangs: false };
  const samples: { readonly values: Sample<'parameters'>['values']; readonly urgent: boolean }[] = [];
  let nowMs = 0;
  const watch = new ParameterWatch({
    autopilot: () => ({ ...state, version: '4.7.0', gitHash: 'abcdef12' }),
    list: async ({ signal }) => {
      if (world.hangs) await new Promise((resolve) => signal.addEventListener('abort', resolve));
      if (world.fails) return { ok: false };
      const list = Object.entries(values).map(([name, value]) => [name, { name, value, type: FLOAT }] as const);
      return { ok: true, parameters: new Map(list) };
    },
    isBusy: () => world.busy,
    hash: (text) => createHash('sha256').update(text).digest('hex').slice(0, 16),
    told: {
      get: () => world.told,
      set: (hash) => {
        world.told = hash;
      },
    },
    onSample: ({ values }, urgent) => samples.push({ values, urgent }),
  });
  const pass = async (s: number) => {
    for (let i = 0; i < s; i++) {
      nowMs += 1000;
      watch.tick(nowMs);
      await new Promise(setImmediate);
    }
  };
  const lists = () => samples.filter(({ values }) => values.event === 'list');
  const armings = () => samples.filter(({ values }) => values.event === 'arming').map(({ values }) => values);
  return {
    state,
    world,
    watch,
    samples,
    pass,
    lists,
    armings,
    note: (n: string, v: number) => watch.note(n, v, nowMs),
  };
}

t.test('read at rest, told once; its hash at each arming, with its age', async (t) => {
  const values: Record<string, number> = { STAT_FLTTIME: 7, RTL_ALT: 1500, ATC_P: 0.800000011920929 };
  for (let i = 0; i < 200; i++) values[`SERVO${i}_MAX`] = 1900;
  const b = given(values);
  await b.pass(10);
  t.same(b.samples, [], 'not while somebody may want to fly at once');
  b.state.armed = true;
  await b.pass(1);
  t.match(b.armings(), [{ hash: null, ageMs: null }], 'armed before it was read: nobody knows');
  b.state.armed = false;
  await b.pass(20);
  const parts = b.lists().map(({ values }) => values);
  t.ok(parts.length > 1 && parts.every(({ part, parts: of }, i) => part === i + 1 && of === parts.length));
  const list = parametersOf(parts.map(({ list }) => list).join(''));
  t.equal(list?.size, 202, 'without what it writes by itself');
  t.equal(list?.get('ATC_P'), 0.8);
  await b.pass(100);
  b.state.armed = true;
  await b.pass(1);
  t.match(b.armings()[1], { hash: b.world.told, version: '4.7.0', gitHash: 'abcdef12' });
  t.ok((b.armings()[1]?.ageMs ?? 0) >= 100_000);
  b.state.armed = false;
  await b.pass(30);
  t.equal(b.lists().length, parts.length, 'the same list is not told again');
  t.equal(b.watch.status().reads, 2, 'read again after the flight');
});

t.test(
  'read again after a change that went by, and after a restart of it; what is volatile is no change',
  async (t) => {
    const values: Record<string, number> = { RTL_ALT: 1500, STAT_BOOTCNT: 1 };
    const b = given(values);
    await b.pass(20);
    const first = b.world.told;
    b.note('RTL_ALT', 1500);
    b.note('STAT_BOOTCNT', 2);
    await b.pass(120);
    t.equal(b.watch.status().reads, 1);
    values.RTL_ALT = 6000;
    b.note('RTL_ALT', 6000);
    await b.pass(70);
    t.equal(b.watch.status().reads, 2);
    t.not(b.world.told, first);
    b.state.reboots++;
    await b.pass(70);
    t.equal(b.watch.status().reads, 3);
    t.equal(b.lists().length, 2, 'one part for each of two hashes');
  },
);

t.test('armed by our own order: between the order and the heartbeat that says so nobody knows', async (t) => {
  const b = given({ RTL_ALT: 1500 });
  await b.pass(30);
  b.state.armed = null;
  await b.pass(1);
  t.same(b.armings(), []);
  b.state.armed = true;
  await b.pass(2);
  t.match(b.armings(), [{ hash: b.world.told }], 'once');
});

t.test('arming ends a reading at once; one that fails is tried again, not each second', async (t) => {
  const b = given({ RTL_ALT: 1500 });
  b.world.hangs = true;
  await b.pass(16);
  t.equal(b.watch.status().reads, 1);
  b.watch.stop();
  await b.pass(1);
  t.match(b.watch.status(), { calledOff: 1, hash: null });
  b.world.hangs = false;
  b.world.fails = true;
  await b.pass(130);
  t.match(b.watch.status(), { failed: 2, reads: 3 });
  b.world.busy = true;
  await b.pass(200);
  t.equal(b.watch.status().reads, 3, 'what is more urgent goes first');
  b.state.armed = null;
  b.world.busy = false;
  await b.pass(200);
  t.equal(b.watch.status().reads, 3, 'not while nobody knows whether it is armed');
  await b.watch.close();
});
