/** Flights of known consumption, flown by hand: what is measured of them, and what teaches nothing. */
import t from 'tap';
import { measure } from './measure.ts';
import { asked, flight, LEAVES_US, type Truth } from './testing/flights.ts';

const ratioOf = (truth: Partial<Truth>): number => {
  const { telemetry } = flight(truth);
  const answer = measure(telemetry, asked(truth));
  if (!('ok' in answer)) throw new Error(JSON.stringify(answer));
  return answer.ok.flownWh / answer.ok.modelWh;
};

t.test('what it really draws is measured', async (t) => {
  for (const factor of [0.8, 1, 1.3, 1.8]) {
    const ratio = ratioOf({ factor });
    t.ok(Math.abs(ratio / factor - 1) < 0.05, `${factor}: ${ratio.toFixed(3)}`);
  }
  t.ok(ratioOf({ factor: 1, payloadKg: 2 }) < 1.08, 'its parcel is in the model');
});

t.test('a meter that reads too little', async (t) => {
  // given: a sensor that shows four fifths, the percents of a pack that are counted rightly
  t.ok(ratioOf({ factor: 1, sensor: 0.8 }) > 0.93, 'the pack empties faster than its sensor says');
  const { telemetry } = flight({ factor: 1, sensor: 0.3, pctBySensor: true });
  t.match(measure(telemetry, asked({})), { not: /times the model/ }, 'no flight takes so little');
});

t.test('near misses: it teaches nothing', async (t) => {
  const not = (truth: Partial<Truth>, words: RegExp, name: string) =>
    t.match(measure(flight(truth).telemetry, asked(truth)), { not: words }, name);
  not({ rebootsAtS: 100 }, /reboot in flight/, 'refilled on paper in flight');
  not({ swapped: true }, /another pack/, 'its voltage rises');
  not({ pctRisesAtS: 100 }, /charge rose/, 'its charge rises');
  not({ blind: true }, /nothing measures/, 'no sensor');
  not({ counterFactor: 0.5 }, /disagree/, 'counter against current');
  not({ lengthS: 40 }, /shorter/, 'a hop');
  not({ disarmsAtS: 90 }, /disarmed on the way/, 'two flights');
  const late = { ...asked({}), releasedUtcUs: LEAVES_US + 3600e6 };
  t.match(measure(flight({}).telemetry, late), { not: /when it was released/ }, 'heard of after the landing');
});

t.test('what is missing is waited for', async (t) => {
  const gap = (truth: Partial<Truth>) => t.match(measure(flight(truth).telemetry, asked(truth)), { gap: String });
  gap({ missingFromS: 60, missingToS: 90 });
  gap({ cutAtS: 120 });
  t.match(measure({ status: [], air: [], battery: [] }, asked({})), { gap: /no flight/ });
});
