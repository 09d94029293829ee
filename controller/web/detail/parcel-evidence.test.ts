import t from 'tap';
import { begunAtMs, evidenceOf, parcelIn, saidAtMs } from './parcel-evidence.ts';

const DROP = {
  ...{ how: 'drop', drop: 0.183, gripper: 'open', winch: null, sensor: null, maxDescent: false },
  before: { readings: 9, meanA: 21.34, spreadA: 0.2 },
  after: { readings: 8, meanA: 17.43, spreadA: 0.2 },
};

t.test('what was measured, and only that', async (t) => {
  t.same(evidenceOf(DROP), [
    { label: 'Hover current', value: '21.3 A → 17.4 A (18 % less)' },
    { label: 'Gripper', value: 'open' },
  ]);
  t.same(evidenceOf({ ...DROP, drop: null, after: null, gripper: null, sensor: true }), [
    { label: 'Hover current', value: '21.3 A → not measured' },
    { label: 'Payload sensor', value: 'sees it aboard' },
  ]);
  t.match(evidenceOf({ winch: { mostOutM: 12.04, endOutM: 0.2 } }), [
    { value: '12.0 m out at most, 0.2 m at the end' },
  ]);
  for (const none of [null, undefined, 'text', {}, { before: 7 }]) t.same(evidenceOf(none), []);
});

t.test('of this drone, this version, this item: the newest', async (t) => {
  const parcel = (item: number, state: string) => ({
    item,
    state,
    at: '',
    latDeg: null,
    lonDeg: null,
    evidence: null,
    steps: [],
  });
  const answer = {
    drones: [
      { drone: 'd1', version: 2, deliveries: [parcel(1, 'unproved')] },
      { drone: 'd2', version: 2, deliveries: [parcel(1, 'aboard')] },
      { drone: 'd1', version: 2, deliveries: [parcel(1, 'released'), parcel(2, 'aboard')] },
      { drone: 'd1', version: 3, deliveries: [] },
    ],
  };
  t.match(parcelIn(answer, { drone: 'd1', version: 2, item: 1 }), { state: 'released' });
  t.equal(parcelIn(answer, { drone: 'd1', version: 3, item: 1 }), null);
  t.equal(parcelIn(null, { drone: 'd1', version: 2, item: 1 }), null);
});

t.test('when it began: its last release', async (t) => {
  const step = (state: string, at: string) => ({ state, at });
  const steps = [
    step('aboard', '2026-11-27T13:08:43Z'),
    step('releasing', '2026-11-27T13:09:29Z'),
    step('released', '2026-11-27T13:10:04Z'),
  ];
  t.equal(begunAtMs({ steps }), Date.UTC(2026, 10, 27, 13, 9, 29));
  t.equal(begunAtMs({ steps: [] }), null);
});

t.test('when it was said: by the drone, not when an operator said something of it', async (t) => {
  const steps = [
    { state: 'releasing', at: '2026-11-27T13:09:29Z' },
    { state: 'unproved', at: '2026-11-27T13:10:04Z' },
  ];
  const at = '2026-11-27T14:30:00Z';
  t.equal(saidAtMs({ steps, state: 'unproved', at }), Date.UTC(2026, 10, 27, 13, 10, 4));
  t.equal(saidAtMs({ steps: [], state: 'unproved', at }), Date.UTC(2026, 10, 27, 14, 30), 'no step is kept');
});
