import t from 'tap';
import {
  diffParameters,
  FORMAT,
  parseSnapshot,
  planRestore,
  renderSnapshot,
  restore,
  type Snapshot,
  shownValue,
} from './index.ts';

const snapshot = (parameters: Record<string, number>, about: Partial<Snapshot> = {}): Snapshot => ({
  format: FORMAT,
  takenAt: null,
  drone: 'kite-1',
  uid2: 'aa',
  flavour: 'ardupilot',
  version: '4.7.0',
  ...about,
  parameters,
});
const isSafety = (name: string): boolean => name.startsWith('FS_');
const none = { safety: false, calibration: false, isSafety };

t.test('a snapshot is read as it was written; files of others are read too', async (t) => {
  const own = snapshot({ B: 2.5, A: 0.800000011920929, C: -1e-8 }, { takenAt: '2026-11-22T08:00:00Z' });
  t.same(parseSnapshot(renderSnapshot(own)), { ok: true, snapshot: own });
  t.ok(renderSnapshot(own).indexOf('"A"') < renderSnapshot(own).indexOf('"B"'));
  const parameters = { RTL_ALT: 1500, FS_THR_ENABLE: 1 };
  for (const foreign of [
    '#NOTE: 1\r\nRTL_ALT,1500\r\nFS_THR_ENABLE,1\r\n',
    'RTL_ALT          1500.000000\nFS_THR_ENABLE 1 # comment\n\n',
    '# Vehicle-Id Component-Id Name Value Type\n1\t1\tRTL_ALT\t1500\t6\n1\t1\tFS_THR_ENABLE\t1\t2\n',
  ]) {
    t.match(parseSnapshot(foreign), { ok: true, snapshot: { uid2: null, parameters } });
  }
});

t.test('what is no snapshot is a value with words', async (t) => {
  for (const text of [
    '',
    '{',
    '{}',
    '[1]',
    '{"format":"skein-parameters/1"}',
    '{"format":"skein-parameters/1","parameters":{"A":"1"}}',
    'RTL_ALT\n',
    'RTL_ALT,high\n',
    '<html>\n',
    'A_NAME_THAT_IS_FAR_TOO_LONG,1\n',
  ]) {
    t.match(parseSnapshot(text), { ok: false, reason: /./ }, text);
  }
});

t.test('differences are of what travels: float32', async (t) => {
  t.same(diffParameters({ A: 0.8, B: 1, C: 1 }, { A: 0.800000011920929, B: 2, D: 4 }), [
    { name: 'B', from: 1, to: 2 },
    { name: 'C', from: 1, to: null },
    { name: 'D', from: null, to: 4 },
  ]);
  t.same([0.800000011920929, 1500, 16_777_216, 1e-7, -0.5].map(shownValue), [
    '0.8',
    '1500',
    '16777216',
    '1e-7',
    '-0.5',
  ]);
});

t.test('a restore leaves alone what is not its business, and says so', async (t) => {
  const now = snapshot({
    RTL_ALT: 1500,
    FS_GCS_ENABLE: 1,
    STAT_BOOTCNT: 9,
    INS_ACCOFFS_X: 0.1,
    GRIP_ENABLE: 0,
    OLD: 1,
    COMPASS_DEV_ID: 5,
  });
  const file = {
    RTL_ALT: 3000,
    FS_GCS_ENABLE: 0,
    STAT_BOOTCNT: 2,
    INS_ACCOFFS_X: 0.2,
    GRIP_ENABLE: 1,
    NEW: 1,
    COMPASS_DEV_ID: 6,
  };
  const same = planRestore(now, snapshot(file), none);
  t.same(same.changes, [
    { name: 'GRIP_ENABLE', from: 0, to: 1 },
    { name: 'INS_ACCOFFS_X', from: 0.1, to: 0.2 },
    { name: 'RTL_ALT', from: 1500, to: 3000 },
  ]);
  t.same(Object.fromEntries(same.leftOut.map(({ name, why }) => [name, why])), {
    COMPASS_DEV_ID: 'counter',
    FS_GCS_ENABLE: 'safety',
    NEW: 'missing-here',
    OLD: 'missing-in-file',
    STAT_BOOTCNT: 'counter',
  });
  const other = planRestore(now, snapshot(file, { uid2: 'bb' }), { ...none, safety: true });
  t.same(
    other.changes.map(({ name }) => name),
    ['FS_GCS_ENABLE', 'GRIP_ENABLE', 'RTL_ALT'],
    'another board keeps its calibration',
  );
  t.equal(planRestore(now, snapshot(file, { uid2: null }), { ...none, calibration: true }).changes.length, 3);
  t.same(planRestore(now, snapshot({ ...now.parameters }), none), { changes: [], leftOut: [] });
});

t.test('a restore reads each back and stops when the vehicle arms', async (t) => {
  const held: Record<string, number> = { A: 1, B: 1, C: 1, D: 1 };
  let armed = false;
  const run = await restore(
    [
      { name: 'A', to: 2 },
      { name: 'X', to: 2 },
      { name: 'B', to: 300 },
      { name: 'C', to: 3 },
      { name: 'D', to: 4 },
    ],
    {
      writer: {
        set: async (name, value) => {
          const before = held[name];
          if (before === undefined) return { ok: false, code: 'no-such-parameter' };
          held[name] = Math.min(value, 255);
          if (name === 'C') armed = true;
          return held[name] === value
            ? { ok: true, before, after: value }
            : { ok: false, code: 'not-taken', before, after: 255 };
        },
      },
      against: () => (armed ? 'armed' : null),
      signal: new AbortController().signal,
    },
  );
  t.same(
    run.results.map(({ name, code }) => `${name} ${code}`),
    ['A done', 'X no-such-parameter', 'B not-taken', 'C done'],
  );
  t.equal(run.stopped, 'armed');
  t.equal(held.D, 1);
});

t.test('a link that answers nothing is given up', async (t) => {
  let asked = 0;
  const run = await restore(
    Array.from({ length: 50 }, (_, i) => ({ name: `P${i}`, to: i })),
    {
      writer: {
        set: async () => {
          asked++;
          return { ok: false, code: 'no-answer' };
        },
      },
      against: () => null,
      signal: new AbortController().signal,
    },
  );
  t.equal(asked, 3);
  t.equal(run.stopped, 'no-answer');
});
