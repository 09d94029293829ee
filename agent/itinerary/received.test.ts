/** Nothing is said of an itinerary before the disk has it: who was told that the drone has it never sends it again. */
import t from 'tap';
import { bench } from './testing/bench.ts';
import { verified } from './testing/given.ts';
import { message, plan, tour } from './testing/plans.ts';

function gate() {
  let open = (): void => {};
  const until = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { until, open };
}

t.test('a slow disk: not a word, and nothing in presence, until it has the book', async (t) => {
  const b = await bench(t);
  await b.kept();
  const disk = gate();
  b.world.slowDisk = disk.until;
  b.it.receive(message(plan()));
  b.it.receive(message(plan()));
  for (let n = 0; n < 20; n++) b.it.tick();
  t.same(b.said(), []);
  t.same(b.sent, [], 'nor is it uploaded');
  t.equal(b.it.presence().itinerary, null);
  disk.open();
  await b.kept();
  t.same([b.said(), b.steps()], [['received'], [1]]);
  t.match(b.it.presence().itinerary, { id: 'it-1', version: 1, state: 'received' });
});

t.test('killed after its first word: it knows the itinerary after that', async (t) => {
  const b = await bench(t);
  b.it.receive(message(plan()));
  t.ok(await b.until(() => b.said().length > 0, 5_000));
  await b.restart();
  t.match(b.it.presence().itinerary, { id: 'it-1', version: 1 });
});

t.test('a disk that refuses: nothing is said, what was there stays; sent again, it is taken', async (t) => {
  const b = await verified(t, tour());
  const said = b.said().length;
  b.world.diskFull = true;
  b.it.receive(message(plan()));
  await b.kept();
  t.equal(b.said().length, said);
  t.match(b.it.presence().itinerary, { id: 'tour', state: 'verified' });
  t.match(b.it.status(), { counters: { notKept: 1 }, problem: /look at the disk/ });
  b.world.diskFull = false;
  b.it.receive(message(plan()));
  await b.kept();
  t.same(b.said().slice(said), ['replaced: newer', 'received']);
  t.ok(await b.until(() => b.last('itinerary')?.state === 'verified'), b.said().join(', '));
});

t.test('what a stranger wrote while the disk refused another one makes void what was there before', async (t) => {
  const b = await verified(t, tour());
  b.world.diskFull = true;
  b.it.receive(message(plan()));
  b.it.void('foreign-writer: 255/190', { foreign: true });
  await b.kept();
  t.match(b.it.presence().itinerary, { id: 'tour', state: 'void' });
  t.match(b.last('itinerary'), { itinerary: 'tour', state: 'void', reason: /^foreign-writer/ });
});

t.test('void before the disk had it: that is the first word of it', async (t) => {
  const b = await bench(t);
  b.it.receive(message(plan()));
  b.it.void('foreign-writer: 255/190', { foreign: true });
  t.same(b.said(), []);
  await b.kept();
  t.same([b.said(), b.steps()], [['void: foreign-writer'], [1]]);
});
