import t from 'tap';
import { beginConnection, NEW_CLOCK, observeServer, type ServerClock, serverNowMs } from './server-clock.ts';

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

t.test('a line that has become slow, and stays so, makes nothing look younger than it is', async (t) => {
  const messages: [number, number][] = [[1_000_000, 0]];
  for (let s = 1; s <= 60; s += 1) messages.push([1_000_000 + s * 1000, s * 1000 + 4_000]);
  const { clock, shiftMs } = feed(NEW_CLOCK, messages);
  t.equal(shiftMs, 0);
  t.equal(serverNowMs(clock, 64_000), 1_064_000, 'four seconds after what came last was written');
});

t.test('a clock set back an hour is followed at once, and says by how much to move what is held', async (t) => {
  const messages: [number, number][] = [[10_000_000, 0]];
  for (let s = 1; s <= 7; s += 1) messages.push([10_000_000 - 3_600_000 + s * 1000, s * 1000]);
  const first = feed(NEW_CLOCK, messages.slice(0, 2));
  t.equal(first.shiftMs, -3_600_000);
  const { clock, shiftMs } = feed(NEW_CLOCK, messages);
  t.equal(shiftMs, -3_600_000);
  t.equal(serverNowMs(clock, 7_000), 10_000_000 - 3_600_000 + 7_000);
});

t.test('one set back by less than the page was not connected, too', async (t) => {
  const { clock } = feed(NEW_CLOCK, [[10_000_000, 0]]);
  const again = beginConnection(clock, 600_000);
  const late = feed(again, [[10_600_000 + 50, 605_000]]);
  t.equal(late.shiftMs, 0, 'what was only under way for long is old');
  t.equal(serverNowMs(late.clock, 605_000), 10_605_000);
  const back = feed(again, [[10_600_000 - 60_000 + 50, 600_080]]);
  t.equal(back.shiftMs, -60_000 + 50);
  t.equal(serverNowMs(back.clock, 600_080), 10_540_000 + 130, 'to the old side by what connecting took');
});

t.test('no sequence of messages makes the age of a held sample fall', async (t) => {
  let clock = NEW_CLOCK;
  let heldAtMs = 990_000;
  let lastAge = 0;
  let state = 12345;
  let writtenMs = 0;
  for (let mono = 0; mono < 120_000; mono += 100) {
    state = (state * 1103515245 + 12345) % 2147483648;
    const lateMs = (state % 4_000) * (mono > 60_000 ? 0.1 : 1);
    const stepMs = mono > 90_000 ? -50_000 : 0;
    // In the order they were written in.
    writtenMs = Math.max(writtenMs, mono - lateMs);
    const seen = observeServer(clock, 1_000_000 + writtenMs + stepMs, mono);
    clock = seen.clock;
    heldAtMs += seen.shiftMs;
    const age = (serverNowMs(clock, mono) ?? 0) - heldAtMs;
    if (age < lastAge - 1e-6) t.fail(`age fell from ${lastAge} to ${age} at ${mono}`);
    lastAge = age;
  }
  t.pass('ages only grew');
});
