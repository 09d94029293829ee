import { messageByName } from '@skein/protocol/mavlink';
import t from 'tap';
import { planBytesPerS, planStreams, WANTED_STREAMS } from './streams.ts';

const hz = (plan: ReturnType<typeof planStreams>, name: string) => plan.find((stream) => stream.name === name)?.hz;

t.test('a fast line carries everything at its full rate', async (t) => {
  const plan = planStreams({ lineBytesPerS: 1_000_000, sharePct: 60 });
  t.same(
    plan.map((stream) => stream.hz),
    WANTED_STREAMS.map((stream) => stream.hz),
  );
  t.equal(plan[0]?.msgid, messageByName('GLOBAL_POSITION_INT').id);
});

t.test('at 57 600 baud everything is heard, within 60 % of the line', async (t) => {
  const plan = planStreams({ lineBytesPerS: 5_760, sharePct: 60 });
  t.ok(planBytesPerS(plan) <= 5_760 * 0.6, `${planBytesPerS(plan)} B/s`);
  t.ok(plan.every((stream) => stream.hz > 0));
  t.equal(hz(plan, 'GLOBAL_POSITION_INT'), 5);
});

t.test('a very slow line keeps what matters most and leaves the rest out', async (t) => {
  const plan = planStreams({ lineBytesPerS: 480, sharePct: 60 });
  t.ok(planBytesPerS(plan) <= 480 * 0.6, `${planBytesPerS(plan)} B/s`);
  t.ok((hz(plan, 'GLOBAL_POSITION_INT') ?? 0) >= 1);
  t.equal(hz(plan, 'ESC_TELEMETRY_1_TO_4'), 0);
});

t.test('no line is too slow to plan for', async (t) => {
  for (const lineBytesPerS of [0, 1, 100, 120]) {
    const plan = planStreams({ lineBytesPerS, sharePct: 60 });
    t.ok(plan.every((stream) => stream.hz >= 0));
  }
});
