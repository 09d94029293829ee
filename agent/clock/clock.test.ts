import t from 'tap';
import { Clock } from './clock.ts';

const S = 1_000_000;
const UTC = 1_795_289_965 * S;

t.test('unset until somebody tells; the first word makes a record', async (t) => {
  const clock = new Clock();
  t.equal(clock.read(0), null);
  t.match(clock.record(5, UTC), { kind: 'clock', monoUs: 5, values: { source: 'unset', utcUs: UTC } });
  t.equal(clock.record(2 * S, UTC), null);
  clock.gps(0, 3 * S);
  t.equal(clock.read(3 * S), null, 'an autopilot without a fix sends 0');
  clock.gps(UTC, 3 * S);
  t.match(clock.record(4 * S, 0), { values: { source: 'gps', utcUs: UTC + S } });
  t.equal(clock.record(5 * S, 0), null);
  t.match(clock.record(64 * S, 0), { values: { source: 'gps', utcUs: UTC + 61 * S } }, 'once a minute');
});

t.test('the tightest source counts; a tighter one is recorded at once', async (t) => {
  const clock = new Clock();
  clock.gps(UTC, 0);
  clock.record(0, 0);
  clock.network(UTC + 50_000, 0);
  t.match(clock.record(1, 0), { values: { source: 'ntp' } });
  const exchange = { sentMonoUs: S, receivedMonoUs: S + 20_000, remoteReceivedUtcUs: UTC + S + 10_000 };
  clock.controller({ ...exchange, remoteSentUtcUs: UTC + S + 10_000 });
  t.match(clock.record(2 * S, 0), { values: { source: 'controller', utcUs: UTC + 2 * S, errUs: 10_049 } });
  clock.controller({ ...exchange, receivedMonoUs: S + 900_000, remoteSentUtcUs: UTC + S + 10_000 });
  t.equal(clock.read(2 * S)?.errUs, 10_049, 'a slow exchange does not spoil a quick one');
});

t.test('an estimate grows old: the error widens with time until something tighter comes', async (t) => {
  const clock = new Clock();
  clock.controller({ sentMonoUs: 0, receivedMonoUs: 2_000, remoteReceivedUtcUs: UTC, remoteSentUtcUs: UTC });
  t.equal(clock.read(2_000)?.errUs, 1_000);
  t.equal(clock.read(2_000 + 3600 * S)?.errUs, 181_000, '50 ppm over an hour');
  const later = 3600 * S;
  clock.controller({
    sentMonoUs: later,
    receivedMonoUs: later + 100_000,
    remoteReceivedUtcUs: UTC + later,
    remoteSentUtcUs: UTC + later,
  });
  t.equal(clock.read(later + 100_000)?.errUs, 50_000);
});

t.test('answers that contradict themselves are not taken', async (t) => {
  const clock = new Clock();
  clock.controller({ sentMonoUs: 10, receivedMonoUs: 5, remoteReceivedUtcUs: UTC, remoteSentUtcUs: UTC });
  clock.controller({ sentMonoUs: 0, receivedMonoUs: 10, remoteReceivedUtcUs: UTC, remoteSentUtcUs: UTC + 500 });
  t.equal(clock.read(10), null);
});

t.test("a time that no record can hold is nobody's time", async (t) => {
  const clock = new Clock();
  clock.gps(2 ** 63, 0);
  clock.network(2 ** 52, 0);
  const remote = Number.MAX_SAFE_INTEGER;
  clock.controller({ sentMonoUs: 0, receivedMonoUs: 1_000, remoteReceivedUtcUs: remote, remoteSentUtcUs: remote });
  clock.controller({ sentMonoUs: 0, receivedMonoUs: 1_000, remoteReceivedUtcUs: 0, remoteSentUtcUs: 0 });
  t.equal(clock.read(1_000), null);
});
