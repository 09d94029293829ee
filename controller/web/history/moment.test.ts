import t from 'tap';
import { until } from '../../testing/until.ts';
import {
  atMs,
  back,
  choose,
  chosen,
  lookAt,
  moveTo,
  nowMs,
  playing,
  runReplay,
  shift,
  span,
  speed,
  step,
  togglePlay,
  zoomAt,
} from './moment.ts';

const SPAN = { fromMs: 100_000, toMs: 200_000 };

function begin(): void {
  nowMs.value = 180_000;
  speed.value = 1;
  span.value = chosen.value = null;
}

t.test('before anything is chosen nothing moves', async (t) => {
  begin();
  for (const deed of [() => zoomAt(0, 2), () => shift(1), back, () => moveTo(5), () => step(1), togglePlay]) deed();
  t.same([span.value, playing.value], [null, false]);
});

t.test('zoomed, moved, and back; the instant stays in sight', async (t) => {
  begin();
  choose(SPAN, 150_000);
  t.same(span.value, { fromMs: 80_000, toMs: 180_000 }, 'not past now');
  zoomAt(150_000, 0.5);
  t.equal(atMs.value, 150_000);
  lookAt({ fromMs: 80_000, toMs: 120_000 });
  t.equal(atMs.value, 120_000);
  const held = span.value;
  lookAt({ fromMs: 80_000, toMs: 120_000 });
  t.equal(span.value, held, 'the same part is not read again');
  back();
  t.same(span.value, chosen.value);
  moveTo(999_999);
  t.equal(atMs.value, 180_000);
  step(-1);
  t.equal(atMs.value, 179_500);
});

t.test('it plays by the time that passed, ends at the end, and begins anew', async (t) => {
  begin();
  let monoMs = 0;
  const stop = runReplay(() => {
    monoMs += 400;
    return monoMs;
  });
  t.teardown(stop);
  choose({ fromMs: 100_000, toMs: 180_000 }, 180_000);
  speed.value = 60;
  togglePlay();
  t.equal(atMs.value, 100_000, 'from the end it begins anew');
  await until(() => !playing.value, 'the end');
  t.equal(atMs.value, 180_000);
  togglePlay();
  choose({ fromMs: 100_000, toMs: 150_000 }, 100_000);
  t.equal(playing.value, false, 'what is newly chosen stands still');
});
