import t from 'tap';
import { Clock, type KeptTime } from './index.ts';

const S = 1_000_000;
const HOUR = 3_600 * S;
const UTC = 1_795_289_965 * S;
const YEARS = 40_000 * HOUR;

/** A clock, and sources that are right unless told otherwise. */
function given(kept: KeptTime | null = null) {
  const clock = new Clock({ boot: 'b', kept });
  const gps = (monoUs: number, wrongUs = 0): void => {
    clock.fix('3d', monoUs);
    clock.gps(UTC + monoUs + wrongUs, monoUs, 0);
  };
  const ntp = (monoUs: number, wrongUs = 0): void => clock.network(UTC + monoUs + wrongUs, monoUs, 100_000);
  const controller = (monoUs: number, o: { readonly wrongUs?: number; readonly roundTripUs?: number } = {}): void => {
    const { wrongUs = 0, roundTripUs = 20_000 } = o;
    const remoteUtcUs = UTC + monoUs - roundTripUs / 2 + wrongUs;
    const sent = { sentMonoUs: monoUs - roundTripUs, receivedMonoUs: monoUs };
    clock.controller({ ...sent, remoteReceivedUtcUs: remoteUtcUs, remoteSentUtcUs: remoteUtcUs });
  };
  /** How far the reading is off. */
  const off = (monoUs: number): number => (clock.read(monoUs)?.utcUs ?? Number.NaN) - UTC - monoUs;
  return { clock, gps, ntp, controller, off };
}

t.test('unset until somebody tells; the first word makes a record', async (t) => {
  const { clock, gps } = given();
  t.equal(clock.read(0), null);
  t.match(clock.record(5, UTC), { kind: 'clock', monoUs: 5, values: { source: 'unset', utcUs: UTC, boardUs: null } });
  t.equal(clock.record(2 * S, UTC + 2 * S), null);
  gps(3 * S);
  t.match(clock.record(4 * S, UTC + 4.25 * S), {
    values: { source: 'gps', standing: 'single', utcUs: UTC + 4 * S, boardUs: S / 4 },
  });
  t.equal(clock.record(5 * S, UTC + 5 * S), null);
  t.match(clock.record(64 * S, UTC + 64 * S), { values: { source: 'gps', utcUs: UTC + 64 * S } }, 'once a minute');
});

t.test('an autopilot without a fix, or that says 0, is nobody to ask; its way here is counted in', async (t) => {
  const { clock } = given();
  clock.gps(UTC, 3 * S, 0);
  clock.fix('2d', 3 * S);
  clock.gps(UTC, 3 * S, 0);
  clock.fix('3d', 3 * S);
  clock.gps(0, 3 * S, 0);
  clock.gps(UTC, 9 * S, 0);
  t.equal(clock.read(3 * S), null);
  t.match(clock.counters, { withoutFix: 3 });
  clock.fix('rtk-fixed', 10 * S);
  clock.gps(UTC, 10 * S, 400_000);
  t.match(clock.read(10 * S), { utcUs: UTC + 400_000, errUs: 250_000 });
  const unmeasured = given().clock;
  unmeasured.fix('3d', 10 * S);
  unmeasured.gps(UTC, 10 * S);
  t.match(unmeasured.read(10 * S), { utcUs: UTC + 250_000, errUs: 500_000 }, 'from no time at all to half a second');
});

t.test('of the exchanges the least delayed counts, until it has grown older than a newer one is loose', async (t) => {
  const { clock, controller, off } = given();
  controller(2_000, { roundTripUs: 2_000 });
  controller(S, { roundTripUs: 900_000, wrongUs: 300_000 });
  t.equal(clock.read(S)?.errUs, 1_050);
  t.equal(off(S), 0);
  t.equal(clock.read(2_000 + HOUR)?.errUs, 181_000, '50 ppm over an hour');
  controller(HOUR, { roundTripUs: 100_000 });
  t.equal(clock.read(HOUR)?.errUs, 50_000);
  controller(HOUR + S, { wrongUs: 10 * S });
  t.equal(off(HOUR + S), 10 * S, 'its clock was set: the newer word counts');
  t.match(clock.counters, { controllerSteps: 1 });
});

t.test('one liar of three is outvoted, named, counted once, and recorded at once', async (t) => {
  const { clock, gps, ntp, controller, off } = given();
  gps(S, HOUR);
  clock.record(S, UTC);
  t.equal(off(S), HOUR, 'alone it is believed');
  controller(2 * S);
  t.match(clock.read(2 * S), { standing: 'split', source: 'gps', errUs: HOUR + 10_000 }, 'nobody knows which');
  ntp(3 * S);
  for (let s = 4; s < 30; s++) gps(s * S, HOUR);
  t.match(clock.read(30 * S), { standing: 'agreed', source: 'controller', liars: ['gps'] });
  t.ok(Math.abs(off(30 * S)) <= (clock.read(30 * S)?.errUs ?? 0));
  t.match(clock.record(30 * S, UTC), { values: { outvoted: 'gps', standing: 'agreed' } });
  t.match(clock.counters, { outvoted: 1, splits: 1, gpsSteps: 0 });
  t.match(
    clock.sources(30 * S).find(({ source }) => source === 'gps'),
    { outvoted: true, aheadUs: HOUR, silentMs: 1_000 },
  );
});

t.test(
  'who was believed stays so when another begins to lie: the point does not move without a majority',
  async (t) => {
    const { clock, gps, controller, off } = given();
    controller(S);
    gps(2 * S);
    gps(3 * S, YEARS);
    t.match(clock.read(3 * S), { standing: 'split', source: 'controller' });
    t.equal(off(3 * S), 0);
  },
);

t.test('quarrels do not fill the lane; a board clock that was set is worth a record', async (t) => {
  const { clock, gps, controller } = given();
  let records = 0;
  for (let s = 1; s <= 600; s++) {
    gps(s * S, s % 2 === 0 ? HOUR : 0);
    controller(s * S);
    if (clock.record(s * S, UTC + s * S) !== null) records++;
  }
  t.ok(records <= 6 + 60, `${records} in ten minutes`);
  const calm = given();
  calm.controller(S);
  calm.clock.record(S, UTC + S);
  t.equal(calm.clock.record(3 * S, UTC + 3 * S), null);
  t.match(calm.clock.record(4 * S, UTC - YEARS), { values: { boardUs: -YEARS - 4 * S, utcUs: UTC + 4 * S } });
});

t.test('an agent that starts again in the same boot knows what the one before knew', async (t) => {
  const first = given();
  first.controller(S);
  const kept = first.clock.kept(HOUR, 'b');
  t.match(kept, { utcUs: UTC + HOUR, errUs: 189_950, from: ['controller'] });
  const { clock, gps, off } = given(kept);
  t.match(clock.read(HOUR + S), { source: 'restored', standing: 'single' });
  t.equal(off(HOUR + S), 0);
  gps(HOUR + 2 * S, HOUR);
  t.match(clock.read(HOUR + 2 * S), { standing: 'split', source: 'restored' }, 'a liar comes first: the point stays');
  t.equal(off(HOUR + 2 * S), 0);
  const other = given(kept);
  other.gps(HOUR, HOUR);
  other.controller(HOUR + S);
  t.match(other.clock.read(HOUR + S), { standing: 'split', source: 'controller' }, 'its own source speaks: it goes on');
  gps(HOUR + 3 * S);
  t.match(clock.read(HOUR + 3 * S), { standing: 'agreed', agreeing: ['gps', 'restored'] });
});

t.test('what one liar left behind is no second voice for it', async (t) => {
  const first = given();
  first.gps(S, HOUR);
  const { clock, gps, ntp, controller } = given(first.clock.kept(S, 'b'));
  gps(2 * S, HOUR);
  ntp(3 * S);
  controller(3 * S);
  t.match(clock.read(3 * S), { standing: 'agreed', liars: ['gps'], source: 'controller' });
});

t.test('after another boot the time is only a floor: later, by at least the age of this boot', async (t) => {
  const kept: KeptTime = { boot: 'a', monoUs: 5, utcUs: UTC, errUs: 1_000, from: ['gps', 'ntp'] };
  const { clock, controller, gps, off } = given(kept);
  t.equal(clock.read(60 * S), null);
  t.equal(clock.notBeforeUs(60 * S), UTC - 1_000 + 60 * S);
  t.match(clock.record(60 * S, 0), { values: { source: 'restored', utcUs: UTC - 1_000 + 60 * S, errUs: 315_576e9 } });
  controller(61 * S, { wrongUs: -HOUR });
  t.match(
    clock.read(61 * S),
    { standing: 'split', errUs: 315_576e9 },
    'one alone that says it is earlier: nobody knows',
  );
  t.match(clock.counters, { floorDenied: 1 });
  gps(62 * S, -HOUR);
  t.equal(off(62 * S), -HOUR, 'two that agree: what was kept was wrong');
  t.match(clock.counters, { floorDenied: 1, floorBroken: 1 });
  const alone = given({ ...kept, from: ['gps'], utcUs: UTC + YEARS / 100 });
  alone.controller(S);
  t.equal(alone.off(S), 0, 'the word of one alone, a boot ago, denies nobody');
  t.equal(given().clock.notBeforeUs(S), Date.UTC(2025, 0, 1) * 1000, 'nothing kept: not before the program was made');
});

t.test('answers that contradict themselves, and times no record can hold, are not taken', async (t) => {
  const { clock } = given();
  clock.controller({ sentMonoUs: 10, receivedMonoUs: 5, remoteReceivedUtcUs: UTC, remoteSentUtcUs: UTC });
  clock.controller({ sentMonoUs: 0, receivedMonoUs: 10, remoteReceivedUtcUs: UTC, remoteSentUtcUs: UTC + 500 });
  const remote = Number.MAX_SAFE_INTEGER;
  clock.controller({ sentMonoUs: 0, receivedMonoUs: 1_000, remoteReceivedUtcUs: remote, remoteSentUtcUs: remote });
  clock.controller({ sentMonoUs: 0, receivedMonoUs: 1_000, remoteReceivedUtcUs: 0, remoteSentUtcUs: 0 });
  clock.fix('3d', 0);
  clock.gps(2 ** 63, 0, 0);
  clock.network(2 ** 52, 0, 1);
  t.equal(clock.read(1_000), null);
  t.match(clock.counters, { implausible: 4 });
});
