import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import type { ReadAnswer } from './reader.ts';
import { ProfileWatch, type WatchedAutopilot } from './watch.ts';

const BOOT = 1;
const STANDBY = 3;

function world() {
  const values: Record<string, number> = { FS_GCS_ENABLE: 1, MIS_RESTART: 0, AUTO_OPTIONS: 0, DISARM_DELAY: 10 };
  const asked: string[] = [];
  let autopilot: WatchedAutopilot = {
    ...{ sysid: 1, flavour: 'ardupilot', reboots: 0, alive: true, armed: false },
    ...{ systemStatus: STANDBY, bootMs: 600_000 },
  };
  let nowMs = 1_000;
  const watch = new ProfileWatch({
    profile: 'bench',
    overrides: ['FS_OPTIONS=any', 'FS_CRASH_CHECK=any', 'ARMING_SKIPCHK=any', 'ARMING_CHECK=any'],
    linkLossOwner: 'autopilot',
    autopilot: () => autopilot,
    rules: () => ({
      failsafeParameters: ['FS_GCS_ENABLE'],
      failsafeCheck: (_owner, read) =>
        read('FS_GCS_ENABLE') === 1 ? [] : [{ parameter: 'FS_GCS_ENABLE', value: read('FS_GCS_ENABLE'), wanted: '1' }],
    }),
    opens: () => 1,
    read: async (name): Promise<ReadAnswer> => {
      asked.push(name);
      const value = values[name];
      return value === undefined ? { ok: false, code: 'no-such-parameter' } : { ok: true, value };
    },
    onChange: () => {},
  });
  const pass = async (ms: number, change: Partial<WatchedAutopilot> = {}): Promise<void> => {
    nowMs += ms;
    const bootMs = autopilot.bootMs === null ? null : autopilot.bootMs + ms;
    autopilot = { ...autopilot, bootMs, ...change };
    watch.tick(nowMs);
    for (let i = 0; i < 20; i++) await turn();
  };
  return { watch, values, asked, pass };
}

t.test('one that has been up for long is read at once', async (t) => {
  const { watch, pass } = world();
  t.equal(watch.failsafe.ok, null);
  await pass(0);
  t.equal(watch.failsafe.ok, true);
  t.equal(watch.profile.ok, true);
});

t.test('after a reboot nothing is believed that it tells while it still starts', async (t) => {
  const { watch, values, asked, pass } = world();
  await pass(0);
  asked.length = 0;

  // It is back, and tells its defaults.
  values.FS_GCS_ENABLE = 0;
  await pass(2_000, { reboots: 1, bootMs: 900, systemStatus: BOOT });
  t.equal(watch.failsafe.ok, null, 'what was known of the boot before counts no more');
  await pass(1_000);
  t.same(asked, [], 'it is not even asked');

  values.FS_GCS_ENABLE = 1;
  await pass(1_000, { systemStatus: STANDBY });
  t.same(asked, [], 'standing by for a moment');
  await pass(3_000);
  t.equal(watch.failsafe.ok, true);
  t.same(watch.failsafe.differences, []);
});

t.test('a weak value that it really has is found, also if its default would do', async (t) => {
  const { watch, values, pass } = world();
  await pass(2_000, { bootMs: 900, systemStatus: BOOT });
  values.FS_GCS_ENABLE = 0;
  await pass(6_000, { systemStatus: STANDBY });
  t.equal(watch.failsafe.ok, false);
});

t.test('one that never tells its time is read 5 s after it is heard; a silence begins that anew', async (t) => {
  const { watch, asked, pass } = world();
  await pass(0, { bootMs: null });
  await pass(4_000);
  await pass(500, { alive: false });
  await pass(500, { alive: true });
  await pass(4_000);
  t.same(asked, []);
  await pass(1_000);
  t.equal(watch.failsafe.ok, true);
});
