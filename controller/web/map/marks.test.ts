import t from 'tap';
import type { DroneEntry } from '../../live/messages.ts';
import { MovedRecord } from '../live/moved.ts';
import type { DroneRecord } from '../live/record.ts';
import { CONTROLS, FLOATS, iconOf, Marks, mercatorX, mercatorY, STATES, type View } from './marks.ts';

const LIMITS = { freshMs: 3_000, lostMs: 30_000 };

/** Sampled at 1 s of the controller's clock. */
function drone(id: string, latDeg: number | null, lonDeg: number | null, more: object = {}): DroneRecord {
  const none = { batches: 0, oldestS: null };
  const kinds = {
    position: { values: { latDeg, lonDeg, altAmslM: 0, altRelM: 0, headingDeg: 90 }, atUtcUs: 1e6 },
    status: { values: { armed: true, landed: 'in-air', mode: 'AUTO' }, atUtcUs: 1e6 },
  };
  const entry = {
    ...{ id, kinds, online: true, control: { state: 'skein' }, backlog: { urgent: none, history: none } },
    ...{ freshness: { sampledUtcUs: 1e6 }, ...more },
  };
  return { entry: entry as unknown as DroneEntry, unreported: false };
}

/** 1000 × 500 px about 47° north, 8° east; the whole world is 2^20 px wide. */
function viewAt(bearingDeg = 0): View {
  return { x: mercatorX(8), y: mercatorY(47), atX: 500, atY: 250, worldPx: 2 ** 20, bearingDeg };
}
const SIZE = { widthPx: 1000, heightPx: 500 };
const pack = (marks: Marks, view: View) => marks.pack(view, SIZE, new Float32Array(0));

t.test('each combination has a place of its own in the picture of all marks', async (t) => {
  const all = STATES.flatMap((state) =>
    [true, false].flatMap((inAir) => CONTROLS.map((control) => iconOf(state, inAir, control))),
  );
  t.same(
    all,
    all.map((_, i) => i),
  );
});

t.test('where a drone is on screen, with north up and turned', async (t) => {
  const marks = new Marks();
  t.ok(marks.take(drone('d1', 47, 8.01)), 'it is new');
  t.notOk(marks.take(drone('d1', 47, 8.01)), 'and then not');
  marks.age(1_000, LIMITS, null);
  const eastPx = (0.01 / 360) * 2 ** 20;
  const round = (at: ArrayLike<number>): number[] => Array.from(at).map((value) => Math.round(value * 100) / 100);
  const { floats, count } = pack(marks, viewAt());
  t.equal(count, 1);
  t.same(round(floats.subarray(0, FLOATS)), round([eastPx, 0, 1, 0, iconOf('fresh', true, 'skein'), 1]));
  // East up: what is east is above the middle, and what looks east looks up.
  t.same(round(pack(marks, viewAt(90)).floats.subarray(0, 4)), round([0, -eastPx, 0, 1]));
  t.equal(marks.at(viewAt(), 500 + eastPx + 5, 250, 20), 'd1');
  t.equal(marks.at(viewAt(), 500, 250, 20), null);
});

t.test('beyond the date line it is where it is near', async (t) => {
  const marks = new Marks();
  marks.take(drone('d1', 0, -179.999));
  marks.age(1_000, LIMITS, null);
  const view = { ...viewAt(), x: mercatorX(179.999), y: mercatorY(0) };
  const [x = 0] = pack(marks, view).floats;
  t.ok(Math.abs(x - (0.002 / 360) * 2 ** 20) < 0.01);
});

t.test('it ages by itself; those that need looking at are drawn last; what is out of sight is not', async (t) => {
  const marks = new Marks();
  marks.take(drone('chosen', 47, 8));
  marks.take(drone('failsafe', 47, 8.001, { control: { state: 'autopilot-failsafe' } }));
  marks.take(drone('old', 47, 8.002));
  marks.take(drone('fresh', 47, 8.003, { freshness: { sampledUtcUs: 5e6 } }));
  marks.take(drone('far', 40, 8));
  t.ok(marks.age(5_000, LIMITS, 'chosen'));
  t.notOk(marks.age(5_000, LIMITS, 'chosen'), 'nothing looks another way');
  const icons = ({ floats, count }: { floats: Float32Array; count: number }) =>
    Array.from({ length: count }, (_, i) => floats[i * FLOATS + 4]);
  const [fresh, stale] = [iconOf('fresh', true, 'skein'), iconOf('stale', true, 'skein')];
  t.same(icons(pack(marks, viewAt())), [fresh, stale, iconOf('stale', true, 'failsafe'), stale]);
  t.match(marks.get('old'), { state: 'stale', opacity: 0.85 });
  t.ok(marks.age(40_000, LIMITS, 'chosen'));
  t.match(marks.get('fresh'), { state: 'lost', opacity: 0.45, rank: 2 });
});

t.test('one without a position has no mark, and one that goes none any more', async (t) => {
  const marks = new Marks();
  t.notOk(marks.take(drone('d1', null, 8)));
  marks.take(drone('d1', 47, 8));
  t.equal([...marks.values()].length, 1);
  marks.take(drone('d1', null, null));
  t.equal([...marks.values()].length, 0);
  marks.take(drone('d1', 47, 8));
  marks.drop('d1');
  t.equal(pack(marks, viewAt()).count, 0);
});

t.test('one that only moved is where it moved to, and looks otherwise as soon as somebody else flies it', async (t) => {
  const marks = new Marks();
  const first = drone('d1', 47, 8);
  const moved = new MovedRecord(first, ['d1', 1e6, 0, 1e6, 0, 47.5, 8.5, 500, 10, 180], 10e6);
  for (const record of [first, moved]) marks.take(record);
  const known = { latDeg: 47.5, lonDeg: 8.5, headingDeg: 180, sampledUtcUs: 9e6, inAir: true };
  t.match(marks.get('d1'), { ...known, control: 'skein', x: mercatorX(8.5), y: mercatorY(47.5) });
  const { move, serverUtcUs, still } = moved;
  marks.take(new MovedRecord(moved, move, serverUtcUs, { ...still, control: { state: 'pilot' } }));
  t.match(marks.get('d1'), { ...known, control: 'pilot' });
  marks.take(new MovedRecord(moved, ['d1', 0, 0, 0, 0, null, null, null, null, null], serverUtcUs));
  t.equal(marks.get('d1'), undefined);
});
