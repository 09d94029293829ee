/** What is measured of flights, and the factors that planning makes of it. */
import t from 'tap';
import { measure } from './learning/measure.ts';
import { asked, flight } from './learning/testing/flights.ts';
import { calibrate } from './planning/index.ts';

t.test('a drone’s factor converges to what it really draws, from above', async (t) => {
  const learnt = (factor: number, count: number) =>
    calibrate(
      Array.from({ length: count }, (_, n) => {
        const truth = { factor, noise: 0.04, seed: n + 1 };
        const { telemetry } = flight(truth);
        const answer = measure(telemetry, asked(truth));
        if (!('ok' in answer)) throw new Error(JSON.stringify(answer));
        return { ...answer.ok, modelS: answer.ok.flownS };
      }),
    )?.energyRatio ?? null;
  t.equal(learnt(1.3, 4), null, 'four say too little');
  for (const factor of [1.15, 1.3, 1.6]) {
    const after = learnt(factor, 6) ?? 0;
    t.ok(after > factor * 0.98 && after < factor * 1.08, `${factor}: ${after.toFixed(3)}`);
  }
  t.equal(learnt(0.9, 19), 1);
  const cheap = learnt(0.9, 25) ?? 0;
  t.ok(cheap > 0.89 && cheap < 0.95, `0.9: ${cheap.toFixed(3)}`);
});
