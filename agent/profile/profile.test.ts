import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { ardupilot } from '../../hardware/autopilot/flavours/ardupilot.ts';
import { px4 } from '../../hardware/autopilot/flavours/px4.ts';
import { compare, differenceWords } from './compare.ts';
import { expectationsOf, namesOf, PROFILES } from './profiles.ts';
import { ProfileReader, type ReadAnswer } from './reader.ts';
import { fits, parseWant, wantWords } from './want.ts';

/** ArduCopter 4.7-dev as it comes. */
const DEFAULTS = new Map<string, number | null>(
  Object.entries({
    FS_GCS_ENABLE: 0,
    FS_GCS_TIMEOUT: 5,
    FS_THR_ENABLE: 1,
    FS_OPTIONS: 16,
    BATT_MONITOR: 4,
    BATT_FS_LOW_ACT: 0,
    BATT_FS_CRT_ACT: 0,
    BATT_LOW_VOLT: 10.5,
    BATT_CRT_VOLT: 0,
    FS_EKF_ACTION: 1,
    FS_EKF_THRESH: 0.800000011920929,
    FS_CRASH_CHECK: 1,
    FENCE_ENABLE: 0,
    FENCE_ACTION: 1,
    MIS_RESTART: 0,
    AUTO_OPTIONS: 0,
    DISARM_DELAY: 10,
    ARMING_SKIPCHK: null,
    ARMING_CHECK: 1,
    RTL_ALT_M: null,
    RTL_ALT: 1500,
  }),
);

t.test('a default ArduCopter has no safety net: the flying profiles say which parameters are missing', async (t) => {
  const wanted = expectationsOf('line-of-sight', 'ardupilot') ?? [];
  const { ok, differences } = compare(wanted, DEFAULTS);
  t.equal(ok, false);
  t.same(
    differences.map(({ parameter }) => parameter),
    ['FS_GCS_ENABLE', 'BATT_FS_LOW_ACT', 'BATT_FS_CRT_ACT', 'BATT_CRT_VOLT', 'FENCE_ENABLE'],
  );
  t.equal(differences.slice(0, 1).map(differenceWords)[0], 'FS_GCS_ENABLE is 0, wanted 1 or 3 or 4 or 5 or 6');
  t.equal(compare(expectationsOf('bench', 'ardupilot') ?? [], DEFAULTS).ok, true, 'on the bench it will do');
});

t.test('set as bvlos wants it, it fits; the gripper must not open in a failsafe', async (t) => {
  const set = new Map([
    ...DEFAULTS,
    ...Object.entries({
      FS_GCS_ENABLE: 1,
      FS_OPTIONS: 17,
      BATT_FS_LOW_ACT: 2,
      BATT_FS_CRT_ACT: 1,
      BATT_CRT_VOLT: 10,
      FENCE_ENABLE: 1,
    }),
  ]);
  const wanted = expectationsOf('bvlos', 'ardupilot') ?? [];
  t.same(compare(wanted, set), { ok: true, differences: [], unread: [] });
  for (const options of [49, 19, 16]) {
    t.match(compare(wanted, new Map([...set, ['FS_OPTIONS', options]])).differences, [{ parameter: 'FS_OPTIONS' }]);
  }
});

t.test(
  'what was not read is not ok; what does not exist is a difference, unless another name stands for it',
  async (t) => {
    const wanted = expectationsOf('bench', 'ardupilot') ?? [];
    t.equal(compare(wanted, new Map()).ok, null);
    const without = new Map([...DEFAULTS, ['MIS_RESTART', null]] as const);
    t.match(compare(wanted, without).differences, [{ parameter: 'MIS_RESTART', value: null, wanted: '0' }]);
    const newer = new Map<string, number | null>([...DEFAULTS, ['ARMING_CHECK', null], ['ARMING_SKIPCHK', 64]]);
    t.match(compare(expectationsOf('line-of-sight', 'ardupilot') ?? [], newer).differences.at(-1), {
      parameter: 'ARMING_SKIPCHK',
    });
  },
);

t.test('the settings of one drone stand above the profile', async (t) => {
  const wanted =
    expectationsOf('bench', 'ardupilot', { MIS_RESTART: 'any', RTL_ALT: '3000..', WP_YAW_BEHAVIOR: '2' }) ?? [];
  t.notOk(namesOf(wanted).includes('MIS_RESTART'));
  const { differences } = compare(wanted, new Map([...DEFAULTS, ['WP_YAW_BEHAVIOR', 2]]));
  t.match(differences, [{ parameter: 'RTL_ALT', value: 1500, wanted: 'at least 3000' }]);
});

t.test('every profile can be read of both flavours; of others nobody knows', async (t) => {
  for (const profile of PROFILES) {
    t.ok((expectationsOf(profile, 'ardupilot')?.length ?? 0) > 3);
    t.ok((expectationsOf(profile, 'px4')?.length ?? -1) >= 0);
    t.equal(expectationsOf(profile, 'other'), null);
  }
});

t.test('no profile lets a lost link last longer, or shorter, than what refuses to arm everywhere', async (t) => {
  const tables = [
    [ardupilot, 'FS_GCS_TIMEOUT', { FS_GCS_ENABLE: 1, FS_OPTIONS: 0, MAV_GCS_SYSID: 255, MAV_SYSID: 1 }],
    [px4, 'COM_DL_LOSS_T', { NAV_DLL_ACT: 2, COM_DLL_EXCEPT: 0 }],
  ] as const;
  for (const [flavour, name, others] of tables) {
    const agreed = (profile: 'bvlos' | 'line-of-sight', value: number) => {
      const wanted = expectationsOf(profile, flavour.name)?.find(({ names }) => names.includes(name));
      const values: Record<string, number> = { ...others, [name]: value };
      const faults = flavour.failsafeCheck('autopilot', (asked) => values[asked] ?? null);
      return [wanted !== undefined && fits(wanted.want, value), faults.length === 0] as const;
    };
    for (let value = 0; value <= 130; value += 0.5) {
      const [asWatched, always] = agreed('line-of-sight', value);
      t.equal(asWatched, always, `${name} ${value} in sight`);
      t.ok(always || !agreed('bvlos', value)[0], `${name} ${value} out of sight`);
    }
    t.same([agreed('bvlos', 30)[0], agreed('bvlos', 31)[0]], [true, false]);
  }
});

t.test('wants as they are written', async (t) => {
  const cases: readonly [string, number, boolean, string][] = [
    ['5', 5, true, '5'],
    ['1|3', 3, true, '1 or 3'],
    ['1|3', 2, false, '1 or 3'],
    ['2..30', 30, true, '2 to 30'],
    ['0.6 .. 0.8', Math.fround(0.8), true, '0.6 to 0.8'],
    ['-5..-1', -3, true, '-5 to -1'],
    ['10..', 9, false, 'at least 10'],
    ['!0', 0, false, 'not 0'],
    ['bits+1-34', 17, true, 'with bits 1, without bits 34'],
    ['bits-3', 131, false, 'without bits 3'],
    ['bits-3', 2.5, false, 'without bits 3'],
    ['any', 7, true, 'anything'],
  ];
  for (const [text, value, ok, words] of cases) {
    const want = parseWant(text);
    if (want === null) t.fail(text);
    else t.same([fits(want, value), wantWords(want)], [ok, words], `${text} of ${value}`);
  }
  for (const text of ['', 'bits', '..3', '5..1', '1|', 'yes', '!']) t.equal(parseWant(text), null, text);
});

function reader(answers: Record<string, number | string>) {
  const asked: string[] = [];
  const state = { may: true, changes: 0 };
  const it = new ProfileReader({
    read: async (name): Promise<ReadAnswer> => {
      asked.push(name);
      const answer = answers[name] ?? 'no-such-parameter';
      return typeof answer === 'number' ? { ok: true, value: answer } : { ok: false, code: answer };
    },
    mayRead: () => state.may,
    onChange: () => state.changes++,
  });
  return { it, asked, state };
}

t.test('reads all of them, again after a reboot, and never beside an armed vehicle', async (t) => {
  const answers: Record<string, number | string> = { A: 1, B: 2 };
  const { it, asked, state } = reader(answers);
  state.may = false;
  it.begin(['A', 'B', 'C', 'A'], 0);
  it.tick(0);
  await turn();
  t.same(asked, []);
  state.may = true;
  it.tick(1_000);
  await turn();
  t.same(
    [...it.values],
    [
      ['A', 1],
      ['B', 2],
      ['C', null],
    ],
  );
  it.tick(60_000);
  await turn();
  t.equal(asked.length, 3, 'once is enough');
  it.begin(['A'], 61_000);
  t.equal(it.values.size, 0, 'after a reboot nothing is known');
  it.tick(61_000);
  await turn();
  t.same([...it.values], [['A', 1]]);
  await it.close();
});

t.test('without an answer it waits and tries again', async (t) => {
  const answers: Record<string, number | string> = { A: 1, B: 'no-answer' };
  const { it, asked } = reader(answers);
  it.begin(['A', 'B'], 0);
  it.tick(0);
  await turn();
  it.tick(4_000);
  await turn();
  t.same(asked, ['A', 'B']);
  answers.B = 7;
  it.tick(5_000);
  await turn();
  t.equal(it.values.get('B'), 7);
});

t.test('a change that goes by on the link is read back; the answers to us are none', async (t) => {
  const answers: Record<string, number | string> = { A: 1 };
  const { it, asked } = reader(answers);
  it.begin(['A'], 0);
  it.note('A', 1, 0);
  it.tick(0);
  await turn();
  it.note('A', 1, 100);
  it.note('B', 5, 100);
  it.tick(2_000);
  await turn();
  t.equal(asked.length, 1);
  answers.A = 0;
  it.note('A', 0, 3_000);
  t.notOk(it.values.has('A'), 'what was read holds no more');
  it.tick(3_200);
  await turn();
  t.equal(asked.length, 1, 'not before its writer has finished');
  it.tick(3_600);
  await turn();
  t.equal(it.values.get('A'), 0);
  t.equal(it.counters.changesSeen, 1);
});
