import type { Sample } from '@skein/protocol/telemetry';
import t from 'tap';
import { Sealer } from './sealer.ts';
import { textSample } from './testkit.ts';

const MS = 1_000;
const air = (monoUs: number): Sample => ({ kind: 'air', monoUs, bootMs: null, values: {} }) as unknown as Sample;
const clock = (monoUs: number): Sample => ({ kind: 'clock', monoUs, bootMs: null, values: {} }) as unknown as Sample;

function make() {
  const time = { us: 0 };
  const sealed: { lane: string; count: number; droppable: boolean; atUs: number }[] = [];
  const sealer = new Sealer({
    nowUs: () => time.us,
    append: (lane, samples, { droppable }) => sealed.push({ lane, count: samples.length, droppable, atUs: time.us }),
  });
  return { sealer, sealed, time };
}

t.test('history within a second of its oldest sample, urgent at once, texts apart', async (t) => {
  const { sealer, sealed, time } = make();
  sealer.release();
  for (; time.us < 3_000 * MS; time.us += 50 * MS) {
    if (time.us % (200 * MS) === 0) sealer.history(air(time.us));
    if (time.us === 500 * MS) {
      sealer.urgent(textSample(time.us, 10));
      sealer.urgent(clock(time.us));
    }
    sealer.tick();
    const { oldestMonoUs } = sealer;
    t.ok(oldestMonoUs === null || time.us - oldestMonoUs < 900 * MS);
  }
  t.same(
    sealed.filter(({ lane }) => lane === 'urgent'),
    [
      { lane: 'urgent', count: 1, droppable: false, atUs: 550 * MS },
      { lane: 'urgent', count: 1, droppable: true, atUs: 550 * MS },
    ],
  );
  const history = sealed.filter(({ lane }) => lane === 'history');
  t.ok(history.length >= 3);
});

t.test('nothing is sealed before release; nothing is left after flush', async (t) => {
  const { sealer, sealed, time } = make();
  sealer.history(air(0));
  sealer.urgent(clock(0));
  time.us = 5_000 * MS;
  sealer.tick();
  t.same(sealed, []);
  sealer.flush();
  t.equal(sealed.length, 2);
  t.equal(sealer.oldestMonoUs, null);
});

t.test('a flood is sealed early, not kept', async (t) => {
  const { sealer, sealed } = make();
  sealer.release();
  for (let i = 0; i < 2_000; i++) sealer.history(air(0));
  t.same(
    sealed.map(({ count }) => count),
    [800, 800],
  );
});

t.test('a flood before release is sealed after it, in pieces', async (t) => {
  const { sealer, sealed, time } = make();
  for (let i = 0; i < 2_000; i++) sealer.history(air(0));
  for (let i = 0; i < 150; i++) sealer.urgent(clock(0));
  t.same(sealed, [], 'the first numbers are still free');
  time.us = 1_000 * MS;
  sealer.release();
  t.same(
    sealed.map(({ lane, count }) => `${lane} ${count}`),
    ['history 800', 'history 800', 'history 400', 'urgent 100', 'urgent 50'],
  );
});
