/**
 * Webhooks in virtual time: whatever is asked at whatever moment, nothing that was asked for is left lying, no event is
 * skipped, and each receiver gets them in order.
 */
import fc from 'fast-check';
import t from 'tap';
import { WebhookWorld as World } from '../testing/webhook-world.ts';
import type { Outcome } from './ports.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const numRuns = Number(process.env.COUNT ?? (process.env.SOAK === '1' ? 5000 : 60));
const HOUR_MS = 3600e3;
const TAKEN: Outcome = { kind: 'taken' };
const GONE: Outcome = { kind: 'gone' };
const REFUSED: Outcome = { kind: 'refused', words: 'answered 404' };
const UNWELL: Outcome = { kind: 'unwell', words: 'answered 500' };
const UNHEARD: Outcome = { kind: 'unheard', words: 'ECONNREFUSED' };

t.test('a dead letter that is asked for while another is on its way is sent as well', async (t) => {
  const world = new World(['shop'], [10]);
  const far = world.far.get('shop');
  if (far === undefined) throw new Error('no receiver');
  far.mood = () => REFUSED;
  world.more(3);
  await world.start();
  t.teardown(() => world.end(false));
  await world.time.until(() => world.letters('shop').length === 3, 'three dead letters', HOUR_MS);
  far.mood = () => TAKEN;
  await world.done(world.webhooks.resend('shop', [2]));
  const more = world.webhooks.resend('shop', [1]);
  await world.time.until(() => far.taken.length > 0, 'the first', HOUR_MS);
  await world.done(more);
  await world.time.until(() => world.letters('shop').length === 1, 'both', HOUR_MS);
  t.same(far.taken, [2, 1]);
});

t.test('a dead letter that is thrown away while it is on its way once more does not come back', async (t) => {
  const world = new World(['shop'], [10]);
  const far = world.far.get('shop');
  if (far === undefined) throw new Error('no receiver');
  far.mood = () => REFUSED;
  world.more(2);
  await world.start();
  t.teardown(() => world.end(false));
  await world.time.until(() => world.letters('shop').length === 2, 'two dead letters', HOUR_MS);
  let asked = 0;
  far.mood = () => {
    asked++;
    return REFUSED;
  };
  await world.done(world.webhooks.resend('shop', null));
  await world.time.until(() => asked === 1, 'the first on its way', HOUR_MS);
  t.equal(world.table.discard({ name: 'shop', events: [1] }), 1);
  await world.time.until(() => world.letters('shop', true).length === 0, 'both tried', HOUR_MS);
  t.match(world.letters('shop'), [{ event: 2, tries: 4 }]);
  await world.done(world.webhooks.discard('shop', null));
  t.match(world.webhooks.get('shop'), { dead: 0, dropped: 0 }, 'seen at once');
});

t.test('enabled twice at once: what was delivered since its place was saved is counted once', async (t) => {
  const world = new World(['shop'], [7]);
  await world.start();
  world.more(1);
  await world.time.until(() => world.webhooks.get('shop')?.delivered === 1, 'one', HOUR_MS);
  await world.done(Promise.all([world.webhooks.enable('shop'), world.webhooks.enable('shop')]));
  await world.end(false);
  t.match(world.standing('shop'), { position: 1, delivered: 1 });
});

type Act = (world: World, name: string) => Promise<void>;

const NAMES = ['shop', 'audit'];
const acts: Readonly<Record<string, Act>> = {
  more: async (world) => world.more(2),
  enable: async (world, name) => world.done(world.webhooks.enable(name)),
  'enable, unheeded': async (world, name) => void world.webhooks.enable(name).catch(() => {}),
  resend: async (world, name) => world.done(world.webhooks.resend(name, null)),
  'resend one, unheeded': async (world, name) => {
    const [, one] = world.letters(name);
    void world.webhooks.resend(name, one ? [one.event] : null).catch(() => {});
  },
  'discard one': async (world, name) => {
    const [one] = world.letters(name);
    await world.done(world.webhooks.discard(name, one ? [one.event] : null).catch(() => {}));
  },
  'the disk': async (world) => {
    world.failing = 2;
  },
  kill: async (world) => {
    await world.end(false);
    await world.start();
  },
  restart: async (world) => {
    await world.end(true);
    await world.start();
  },
};

t.test(`whatever is asked at whatever moment: none skipped, in order, nothing left lying # SEED=${seed}`, async () => {
  const mood = fc.oneof(
    { weight: 4, arbitrary: fc.constant(TAKEN) },
    { weight: 3, arbitrary: fc.constant(REFUSED) },
    { weight: 2, arbitrary: fc.constantFrom(UNWELL, UNHEARD) },
    { weight: 1, arbitrary: fc.constant(GONE) },
  );
  const step = fc.record({
    what: fc.constantFrom(...Object.keys(acts)),
    name: fc.constantFrom(...NAMES),
    afterMs: fc.oneof(fc.nat(60), fc.nat(3000)),
    moods: fc.array(mood, { maxLength: 6 }),
  });
  const property = fc.asyncProperty(
    fc.array(step, { maxLength: 14 }),
    fc.array(fc.nat(25), { minLength: 1, maxLength: 9 }),
    async (steps, delays) => {
      const world = new World(NAMES, delays);
      world.more(4);
      await world.start();
      for (const { what, name, afterMs, moods } of steps) {
        world.far.get(name)?.moods.push(...moods);
        await world.done(world.time.pause(afterMs));
        await acts[what]?.(world, name);
      }
      // Everybody is well again; who answered that it is gone is enabled by somebody.
      world.failing = 0;
      for (const { moods } of world.far.values()) moods.length = 0;
      await world.done(world.time.pause(3000));
      for (const name of NAMES) if (world.webhooks.get(name)?.state === 'disabled') await acts.enable?.(world, name);
      const isDone = (name: string) =>
        world.standing(name)?.position === world.newest && world.letters(name, true).length === 0;
      await world.time.until(() => NAMES.every(isDone), 'everybody at the end', HOUR_MS);
      await world.end(true);
      for (const [name, { taken }] of world.far) check(name, taken, world);
    },
  );
  await fc.assert(property, { seed, numRuns });
});

function check(name: string, taken: readonly number[], world: World): void {
  const dead = new Set(world.letters(name).map(({ event }) => event));
  for (let id = 1; id <= world.newest; id++) {
    if (!taken.includes(id) && !dead.has(id) && !world.discarded.has(`${name} ${id}`))
      throw new Error(`${name}: event ${id} was skipped`);
  }
  const first = taken.filter((id, i) => taken.indexOf(id) === i && !world.givenUp.has(`${name} ${id}`));
  if (first.some((id, i) => i > 0 && id < (first[i - 1] ?? 0))) throw new Error(`${name}: out of order: ${first}`);
}
