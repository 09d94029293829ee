import t from 'tap';
import { readCommand } from '../commands/answers.ts';
import { around, type Happened, type Mark, marksOf, neighbour, planAt, thinned } from './marks.ts';
import { tableFrom } from './testing/tables.ts';

const NOTHING: Happened = { status: null, control: null, texts: null, itinerary: null, commands: [] };
const SPAN = { fromMs: 0, toMs: 100_000 };
const words = (marks: readonly Mark[]): readonly string[] => marks.map((mark) => `${mark.atMs / 1000} ${mark.words}`);
const mark = (s: number, more: Partial<Mark> = {}): Mark => ({
  ...{ atMs: s * 1000, kind: 'text', words: `${s}`, level: 'plain' },
  ...more,
});

t.test('changes are marks, what was so already is none', async (t) => {
  const columns = { mode: ['LOITER', 'LOITER', 'RTL', 'RTL'], armed: [true, null, true, false] };
  const status = tableFrom({ kind: 'status', timesS: [1, 2, 3, 9], columns });
  const control = tableFrom({
    kind: 'control',
    timesS: [1, 5, 6],
    columns: { state: ['skein', 'pilot', 'autopilot-failsafe'] },
  });
  const marks = marksOf({ ...NOTHING, status, control }, SPAN);
  t.same(words(marks), ['3 mode RTL', '5 a pilot has control', '6 the autopilot flies a failsafe', '9 disarmed']);
  t.equal(marks[2]?.level, 'danger');
});

t.test('texts with their severity; itineraries; commands with their end', async (t) => {
  const texts = tableFrom({
    kind: 'text',
    timesS: [2, 4, 200],
    columns: {
      severity: ['critical', 'info', 'info'],
      text: ['EKF variance', 'Taking off', 'later'],
      repeats: [2, 0, 0],
    },
  });
  const itinerary = tableFrom({
    kind: 'itinerary',
    timesS: [3, 8],
    columns: { itinerary: ['tour', 'tour'], version: [1, 1], state: ['flying', 'interrupted'], item: [2, null] },
  });
  const at = (s: number): string => new Date(s * 1000).toISOString();
  const command = readCommand({
    ...{ id: 'C1', type: 'hold', issuedAt: at(5), issuedBy: 'Ann' },
    deliveries: [{ drone: 'd1', state: 'failed', at: at(7), words: 'no answer' }],
  });
  if (command === null) throw new Error('no command');
  const marks = marksOf({ ...NOTHING, texts, itinerary, commands: [{ command, drone: 'd1' }] }, SPAN);
  t.same(words(marks), [
    '2 “EKF variance” ×3',
    '3 itinerary tour: flying, item 2',
    '4 “Taking off”',
    '5 hold asked by Ann',
    '7 hold failed: no answer',
    '8 itinerary tour: interrupted',
  ]);
  t.same(
    marks.map((one) => one.level),
    ['danger', 'plain', 'plain', 'plain', 'attention', 'attention'],
  );
  t.same(planAt(itinerary, 2_000), null);
  t.same(planAt(itinerary, 4_000), { id: 'tour', version: 1, item: 2 });
});

t.test('the one before, the one after, those around', async (t) => {
  const marks = [1, 2, 3, 4, 5, 6].map((s) => mark(s));
  t.equal(neighbour(marks, 3_000, 1)?.words, '4');
  t.equal(neighbour(marks, 3_000, -1)?.words, '2');
  t.equal(neighbour(marks, 1_000, -1), null);
  t.same(
    around(marks, 3_500, 4).map((one) => one.words),
    ['2', '3', '4', '5'],
  );
  t.equal(around(marks, 3_500, 1)[0]?.words, '3', 'one: the last that happened');
  t.equal(around(marks, 99_000, 4).length, 4);
  t.equal(around(marks, 0, 99).length, 6);
});

t.test('of many that fall together the worst is drawn', async (t) => {
  const many = [...Array.from({ length: 500 }, (_, i) => mark(i / 100)), mark(2, { level: 'danger' })];
  const drawn = thinned(many, SPAN, 300);
  t.ok(drawn.length <= 100);
  t.ok(drawn.some((one) => one.level === 'danger'));
});
