import t from 'tap';
import { NEW_CLOCK, observeServer, type ServerClock, serverNowMs } from './server-clock.ts';

function feed(clock: ServerClock, messages: readonly (readonly [serverMs: number, monoMs: number])[]) {
  let shiftMs = 0;
  let now = clock;
  for (const [serverMs, monoMs] of messages) {
    const step = observeServer(now, serverMs, monoMs);
    now = step.clock;
    shiftMs += step.shiftMs;
  }
  return { clock: now, shiftMs };
}

t.test('nothing is known before the first message', async (t) => {
  t.equal(serverNowMs(NEW_CLOCK, 5), null);
});

t.test('a late message does not pull the estimate back', async (t) => {
  const { clock } = feed(NEW_CLOCK, [
    [1_000_000, 0],
    [1_001_000, 1_900], // 900 ms late
  ]);
  const now = serverNowMs(clock, 1_900) ?? 0;
  t.ok(now > 1_001_897 && now <= 1_001_900, `${now}`);
});

t.test('a faster message raises it at once', async (t) => {
  const { clock } = feed(NEW_CLOCK, [
    [1_000_000, 800],
    [1_001_000, 1_000],
  ]);
  t.equal(serverNowMs(clock, 1_000), 1_001_000);
});

t.test('silence: the estimate goes on', async (t) => {
  const { clock } = feed(NEW_CLOCK, [[1_000_000, 0]]);
  t.equal(serverNowMs(clock, 60_000), 1_060_000);
});

t.test(
  'a clock set back an hour is followed after five seconds, and says by how much to move what is held',
  async (t) => {
    const messages: [number, number][] = [[10_000_000, 0]];
    for (let s = 1; s <= 7; s += 1) messages.push([10_000_000 - 3_600_000 + s * 1000, s * 1000]);
    const { clock, shiftMs } = feed(NEW_CLOCK, messages);
    t.equal(shiftMs, -3_600_000);
    t.equal(serverNowMs(clock, 7_000), 10_000_000 - 3_600_000 + 7_000);
  },
);

t.test('no sequence of messages makes the age of a held sample fall', async (t) => {
  let clock = NEW_CLOCK;
  let heldAtMs = 990_000;
  let lastAge = 0;
  let state = 12345;
  for (let mono = 0; mono < 120_000; mono += 100) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const lateMs = (state % 4_000) * (mono > 60_000 ? 0.1 : 1);
    const stepMs = mono > 90_000 ? -50_000 : 0;
    const seen = observeServer(clock, 1_000_000 + mono + stepMs - lateMs, mono);
    clock = seen.clock;
    heldAtMs += seen.shiftMs;
    const age = (serverNowMs(clock, mono) ?? 0) - heldAtMs;
    if (age < lastAge - 1e-6) t.fail(`age fell from ${lastAge} to ${age} at ${mono}`);
    lastAge = age;
  }
  t.pass('ages only grew');
});
