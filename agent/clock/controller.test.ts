import t from 'tap';
import { ControllerClock } from './controller.ts';

const S = 1_000_000;
const UTC = 1_795_289_965 * S;

const exchange = (sentMonoUs: number, roundTripUs: number, offsetUs = UTC) => ({
  sentMonoUs,
  receivedMonoUs: sentMonoUs + roundTripUs,
  remoteReceivedUtcUs: sentMonoUs + roundTripUs / 2 + offsetUs,
  remoteSentUtcUs: sentMonoUs + roundTripUs / 2 + offsetUs,
});

t.test('unknown before the first exchange; then offset ± half the round trip, widening as it ages', async (t) => {
  const clock = new ControllerClock();
  t.equal(clock.at(0), null);
  t.ok(clock.exchange(exchange(10 * S, 200_000)));
  t.same(clock.at(10.2 * S), { utcUs: UTC + 10.2 * S, errUs: 100_000 });
  t.same(clock.at(110.2 * S), { utcUs: UTC + 110.2 * S, errUs: 105_000 });
});

t.test('the tightest of the last minute counts, a slow answer does not loosen it', async (t) => {
  const clock = new ControllerClock();
  clock.exchange(exchange(10 * S, 20_000));
  clock.exchange(exchange(15 * S, 3 * S));
  t.ok((clock.at(18 * S)?.errUs ?? S) < 11_000);
  clock.exchange(exchange(90 * S, 400_000));
  t.ok((clock.at(91 * S)?.errUs ?? 0) >= 200_000, 'a minute later the old one is forgotten');
});

t.test('a clock that was set is believed at once; stamps that contradict each other are not', async (t) => {
  const clock = new ControllerClock();
  clock.exchange(exchange(10 * S, 20_000));
  clock.exchange(exchange(15 * S, 900_000, UTC - 3600 * S));
  t.equal(clock.steps, 1);
  t.match(clock.at(16 * S), { utcUs: UTC - 3600 * S + 16 * S });
  t.notOk(clock.exchange({ ...exchange(20 * S, 100), receivedMonoUs: 19 * S }));
});
