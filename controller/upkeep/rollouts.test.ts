import type { RolloutWish } from '@skein/protocol/fleet/configuration';
import t from 'tap';
import { MemoryStore, memoryRecords } from '../testing/memory-records.ts';
import { type Kept, type Outcome, type ParameterCommands, type RolloutDoc, Rollouts } from './index.ts';

/** What a drone does when it is told; `crash`: the controller ends before it hears of it. */
type Way = 'set' | 'armed' | 'nothing' | 'failed' | 'unknown';

/** Commands and drones outlive the controller: what was posted under a key stays. */
class World {
  nowUs = 1_764_000_000e6;
  readonly store = new MemoryStore();
  readonly posted = new Map<string, { id: string; drone: string; name: string; value: number; way: Way }>();
  readonly seen = new Map<string, { online: boolean; armed: boolean | null }>();
  readonly read = new Map<string, number>();
  readonly alerts: string[] = [];
  way: (drone: string, name: string) => Way = () => 'set';
  /** Throws where this controller ends. */
  mayCrash: () => void = () => {};
  #n = 0;

  commands(): ParameterCommands {
    return {
      set: async ({ drone, name, value, key }) => {
        this.mayCrash();
        const known = this.posted.get(key) ?? { id: `c${++this.#n}`, drone, name, value, way: this.way(drone, name) };
        this.posted.set(key, known);
        this.mayCrash();
        return { ok: true, id: known.id };
      },
      outcome: async (id): Promise<Outcome | null> => {
        const one = [...this.posted.values()].find((each) => each.id === id);
        if (one === undefined) return null;
        const { way, value } = one;
        return { state: way, words: way, ...(way === 'set' ? { before: 0, after: value } : {}) };
      },
    };
  }

  async controller() {
    const { records } = await memoryRecords<RolloutDoc>('rollout', {
      store: this.store,
      clock: { utcUs: () => this.nowUs },
    });
    let n = 0;
    const counts = new Map<string, number>();
    const rollouts = new Rollouts({
      kept: records as unknown as Kept<RolloutDoc>,
      commands: this.commands(),
      fleet: { seen: (id) => this.seen.get(id) ?? null, members: () => [...this.seen.keys()] },
      missing: () => ({ B: 2 }),
      readBack: async (drone, parameters) => {
        for (const [name, { value }] of Object.entries(parameters)) this.read.set(`${drone}/${name}`, value);
        return true;
      },
      clock: { utcUs: () => this.nowUs },
      timers: { every: () => () => {} },
      newId: () => `R${++n}`,
      count: (name, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by),
      onAlert: (_id, words) => this.alerts.push(words),
    });
    const doc = (id = 'R1') => records.get(id)?.doc as RolloutDoc;
    const states = (id = 'R1') =>
      Object.fromEntries(Object.entries(doc(id).drones).map(([d, { state }]) => [d, state]));
    const look = async (s = 1) => {
      this.nowUs += s * 1e6;
      await rollouts.look();
    };
    return { rollouts, records, counts, doc, states, look };
  }
}

const ADMIN = { name: 'Ann', role: 'admin' } as const;
const WISH: RolloutWish = { targets: { group: 'all' }, parameters: { A: 1, B: 2 }, stageSize: 2, stopAfterFailures: 2 };
const READY: { readonly online: boolean; readonly armed: boolean | null } = { online: true, armed: false };

function worldOf(...drones: string[]): World {
  const world = new World();
  for (const one of drones) world.seen.set(one, READY);
  return world;
}

t.test('in stages, each parameter once, read back', async (t) => {
  const world = worldOf('d1', 'd2', 'd3');
  const { rollouts, look, states, doc, counts } = await world.controller();
  t.match(await rollouts.begin(WISH, ADMIN, { key: 'k', hash: 'h' }), { ok: true, fresh: true });
  t.match(await rollouts.begin(WISH, ADMIN, { key: 'k', hash: 'h' }), { ok: true, value: { id: 'R1' } });
  await look();
  t.same(states(), { d1: 'setting', d2: 'setting', d3: 'waiting' });
  for (let i = 0; i < 10; i++) await look();
  t.same(states(), { d1: 'done', d2: 'done', d3: 'done' });
  t.match(doc(), { state: 'done', drones: { d3: { words: 'set: A 1, B 2', stage: 1 } } });
  t.equal(world.posted.size, 6);
  t.equal(world.read.get('d3/B'), 2);
  t.match(Object.fromEntries(counts), { begun: 1, posted: 6, set: 6 });
  t.equal(rollouts.open, 0);
});

t.test('one armed, one rebooting, one refusing (flight rules §12, 24)', async (t) => {
  const world = worldOf('armed', 'boots', 'refuses', 'last', 'never');
  world.seen.set('armed', { online: true, armed: true });
  world.seen.set('boots', { online: false, armed: null });
  world.way = (drone) => (drone === 'refuses' ? 'failed' : 'set');
  const { rollouts, look, doc, states } = await world.controller();
  await rollouts.begin({ ...WISH, stageSize: 4, stopAfterFailures: 1, waitS: 60 }, ADMIN, null);
  for (let i = 0; i < 3; i++) await look();
  // then: nobody waits for the armed one, and it is told; who refused has stopped the rest; no stage after it begins
  t.match(doc().drones.armed, { state: 'skipped', words: 'armed' });
  t.match(doc(), { state: 'stopped', words: /refuses: A: failed/ });
  t.match(doc().drones.boots, { state: 'cancelled', words: /nothing was set/ });
  t.equal(states().never, 'cancelled');
  t.match(world.alerts, [/stopped after 1 failed/]);
  t.same(
    [...world.posted.values()].filter(({ drone }) => drone === 'armed' || drone === 'boots'),
    [],
  );
});

t.test('who is away is waited for, so long and no longer; who comes back is set', async (t) => {
  const world = worldOf('d1', 'd2');
  world.seen.set('d1', { online: false, armed: null });
  world.seen.set('d2', { online: true, armed: null });
  const { rollouts, look, doc, states } = await world.controller();
  await rollouts.begin({ ...WISH, waitS: 30 }, ADMIN, null);
  await look(1);
  t.match(doc().drones.d2, { state: 'waiting', words: 'not known whether it is armed' });
  world.seen.set('d1', READY);
  world.way = (_d, name) => (name === 'B' && world.posted.size < 2 ? 'nothing' : 'set');
  for (let i = 0; i < 35; i++) await look();
  t.same(states(), { d1: 'done', d2: 'skipped' });
  t.match(doc().drones.d2?.words, /not known whether it is armed for 3\d s/);
  t.equal(doc().drones.d1?.settings?.B?.n, 2, 'asked for again, after an answer that said that nothing was done');
});

t.test('armed in the middle: what was set is told', async (t) => {
  const world = worldOf('d1');
  world.way = (_d, name) => (name === 'B' ? 'armed' : 'set');
  const { rollouts, look, doc } = await world.controller();
  await rollouts.begin(WISH, ADMIN, null);
  for (let i = 0; i < 5; i++) await look();
  t.match(doc().drones.d1, { state: 'skipped', words: 'armed; set: A 1' });
  t.equal(doc().state, 'done');
});

t.test('rights, targets, cancel', async (t) => {
  const world = worldOf('d1', 'd2');
  const { rollouts, look, states, doc } = await world.controller();
  const operator = { name: 'Bob', role: 'operator' } as const;
  const safety = { ...WISH, parameters: { FS_GCS_ENABLE: 0 } };
  t.match(await rollouts.begin(safety, operator, null), { ok: false, code: 'not-granted' });
  t.match(await rollouts.begin({ ...WISH, targets: ['d9'] }, operator, null), { ok: false, code: 'unknown-drone' });
  t.match(await rollouts.begin({ ...WISH, parameters: {} }, operator, null), { ok: false, code: 'no-targets' });
  const { parameters: _, ...wanted } = WISH;
  await rollouts.begin({ ...wanted, stageSize: 1 }, operator, null);
  t.same(doc().drones.d1?.todo, { B: 2 }, 'what its settings want');
  await look();
  t.match(await rollouts.cancel('R1', operator), { ok: true });
  t.match(await rollouts.cancel('R2', operator), { ok: false, code: 'unknown-rollout' });
  await look();
  t.same(states(), { d1: 'done', d2: 'cancelled' }, 'what was being set ends');
  t.match(doc(), { state: 'cancelled', words: 'cancelled by Bob' });
});

t.test('restarts at every step: no parameter twice, nobody skipped silently', async (t) => {
  const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 1e9));
  const count = Number(process.env.COUNT ?? 60);
  for (let one = seed; one < seed + count; one++) {
    const wrong = await randomRun(one);
    if (!t.same(wrong, [], `SEED=${one} COUNT=1`)) return;
  }
});

async function randomRun(seed: number): Promise<string[]> {
  const random = mulberry(seed);
  const pick = <T>(...of: T[]): T => of[Math.floor(random() * of.length)] as T;
  const world = worldOf(...Array.from({ length: 2 + Math.floor(random() * 5) }, (_, i) => `d${i}`));
  world.way = () => (random() < 0.75 ? 'set' : pick<Way>('armed', 'nothing', 'failed', 'unknown'));
  let controller = await world.controller();
  const wish = { ...WISH, stageSize: pick(1, 2, 9), stopAfterFailures: pick(1, 2, 9), waitS: pick(0, 20) };
  await controller.rollouts.begin(wish, ADMIN, null);
  for (let i = 0; i < 400 && controller.rollouts.open > 0; i++) {
    for (const id of world.seen.keys()) {
      if (random() < 0.05)
        world.seen.set(id, pick(READY, READY, { online: true, armed: true }, { online: false, armed: null }));
    }
    const isKilled = random() < 0.3;
    let left = Math.floor(random() * 4);
    world.mayCrash = () => {
      if (isKilled && left-- <= 0) throw new Error('killed');
    };
    await controller.look(pick(1, 1, 7));
    world.mayCrash = () => {};
    if (isKilled) controller = await world.controller();
    if (random() < 0.01) await controller.rollouts.cancel('R1', ADMIN);
  }
  const wrong: string[] = [];
  if (controller.rollouts.open > 0) wrong.push('it never ends');
  const asked = new Map<string, Way[]>();
  for (const { drone, name, way } of world.posted.values()) {
    const key = `${drone}/${name}`;
    asked.set(key, [...(asked.get(key) ?? []), way]);
  }
  for (const [key, ways] of asked) {
    if (ways.slice(0, -1).some((way) => way !== 'nothing')) wrong.push(`${key} was told again after ${ways}`);
  }
  for (const [drone, { state, words }] of Object.entries(controller.doc().drones)) {
    if (words === undefined || words === '') wrong.push(`${drone} is ${state} and says nothing`);
    if (state === 'done' && (asked.get(`${drone}/A`)?.at(-1) !== 'set' || asked.get(`${drone}/B`)?.at(-1) !== 'set')) {
      wrong.push(`${drone} is called done`);
    }
    for (const name of ['A', 'B']) {
      const isSet = asked.get(`${drone}/${name}`)?.at(-1) === 'set';
      const isTold = controller.doc().drones[drone]?.settings?.[name]?.state === 'set';
      if (isSet !== isTold) wrong.push(`${drone}/${name}: set ${isSet}, told ${isTold}`);
      if (isSet !== world.read.has(`${drone}/${name}`)) wrong.push(`${drone}/${name}: settings do not know it`);
    }
  }
  return wrong;
}

function mulberry(seed: number): () => number {
  let a = seed | 0;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let x = Math.imul(a ^ (a >>> 15), 1 | a);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return ((x ^ (x >>> 14)) >>> 0) / 4294967296;
  };
}

t.test('a roll-out that stops while the database takes nothing is told of all the same', async (t) => {
  const world = worldOf('refuses');
  world.way = () => 'failed';
  const { rollouts, look } = await world.controller();
  await rollouts.begin({ ...WISH, stopAfterFailures: 1 }, ADMIN, null);
  await look();
  world.store.hold();
  const looking = look();
  for (let i = 0; i < 20; i++) await null;
  t.match(world.alerts, [/stopped after 1 failed/]);
  world.store.release();
  await looking;
  await look();
  t.equal(world.alerts.length, 1);
});
