import { MavCmd, MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import { IntervalKeeper } from './intervals.ts';

const PLAN = [
  { name: 'ATTITUDE', msgid: 30, hz: 5 },
  { name: 'WIND', msgid: 168, hz: 1 },
] as const;
const ONCE = [{ name: 'AUTOPILOT_VERSION', msgid: 148 }];
const { SET_MESSAGE_INTERVAL, REQUEST_MESSAGE } = MavCmd;

function begin(): IntervalKeeper {
  const keeper = new IntervalKeeper();
  keeper.start(PLAN, ONCE);
  return keeper;
}

t.test('one question at a time, each answered before the next', async (t) => {
  const keeper = begin();
  t.same(keeper.tick(0, false), { command: SET_MESSAGE_INTERVAL, confirmation: 0, param1: 30, param2: 200_000 });
  t.equal(keeper.tick(10, false), null);
  keeper.acknowledged(REQUEST_MESSAGE, MavResult.ACCEPTED, 20);
  t.equal(keeper.tick(20, false), null, 'an answer to something else is not ours');
  keeper.acknowledged(SET_MESSAGE_INTERVAL, MavResult.ACCEPTED, 20);
  t.match(keeper.tick(20, false), { param1: 168, param2: 1_000_000 });
  keeper.acknowledged(SET_MESSAGE_INTERVAL, MavResult.ACCEPTED, 30);
  t.match(keeper.tick(30, false), { command: REQUEST_MESSAGE, param1: 148 });
  keeper.acknowledged(REQUEST_MESSAGE, MavResult.ACCEPTED, 40);
  t.equal(keeper.tick(40, false), null);
  t.same(
    keeper.streams.map((stream) => stream.state),
    ['granted', 'granted'],
  );
});

t.test('beside an armed vehicle only intervals are asked for', async (t) => {
  const keeper = begin();
  for (const nowMs of [0, 10]) {
    t.equal(keeper.tick(nowMs, true)?.command, SET_MESSAGE_INTERVAL);
    keeper.acknowledged(SET_MESSAGE_INTERVAL, MavResult.ACCEPTED, nowMs);
  }
  t.equal(keeper.tick(20, true), null);
  t.equal(keeper.tick(30, false)?.command, REQUEST_MESSAGE, 'when it is disarmed the rest follows');
});

t.test('what is denied is skipped until the next beginning', async (t) => {
  const keeper = begin();
  keeper.tick(0, false);
  keeper.acknowledged(SET_MESSAGE_INTERVAL, MavResult.DENIED, 1);
  for (let nowMs = 1; nowMs < 100_000; nowMs += 100) {
    const ask = keeper.tick(nowMs, false);
    t.not(ask?.param1, 30);
    if (ask) keeper.acknowledged(ask.command, MavResult.ACCEPTED, nowMs);
    keeper.seen(168, nowMs);
  }
  t.equal(keeper.streams[0]?.state, 'denied');
  keeper.start(PLAN, ONCE);
  t.equal(keeper.tick(100_000, false)?.param1, 30);
});

t.test('no answer: three times with a rising confirmation, then later', async (t) => {
  const keeper = begin();
  const asked: { atMs: number; confirmation: number }[] = [];
  for (let nowMs = 0; nowMs <= 15_000; nowMs += 100) {
    const ask = keeper.tick(nowMs, true);
    if (ask?.param1 === 30) asked.push({ atMs: nowMs, confirmation: ask.confirmation });
    else if (ask) keeper.acknowledged(ask.command, MavResult.ACCEPTED, nowMs);
    keeper.seen(168, nowMs);
  }
  t.same(
    asked.slice(0, 4).map((ask) => ask.confirmation),
    [0, 1, 2, 0],
  );
  t.ok((asked[3]?.atMs ?? 0) - (asked[2]?.atMs ?? 0) >= 10_000);
});

t.test('busy: asked again a little later', async (t) => {
  const keeper = begin();
  keeper.tick(0, true);
  keeper.acknowledged(SET_MESSAGE_INTERVAL, MavResult.TEMPORARILY_REJECTED, 10);
  t.equal(keeper.tick(20, true)?.param1, 168);
  keeper.acknowledged(SET_MESSAGE_INTERVAL, MavResult.ACCEPTED, 30);
  t.equal(keeper.tick(2_000, true), null);
  t.equal(keeper.tick(3_100, true)?.param1, 30);
});

t.test('a stream that stops is asked for again; one that never comes seldom', async (t) => {
  const keeper = begin();
  const asked: number[] = [];
  for (let nowMs = 0; nowMs <= 150_000; nowMs += 100) {
    const ask = keeper.tick(nowMs, true);
    if (ask) keeper.acknowledged(ask.command, MavResult.ACCEPTED, nowMs);
    if (ask?.param1 === 30) asked.push(nowMs);
    // ATTITUDE comes for 20 s, then somebody stops it for good; WIND goes on.
    if (nowMs < 20_000) keeper.seen(30, nowMs);
    keeper.seen(168, nowMs);
  }
  t.equal(asked[0], 0);
  t.ok((asked[1] ?? 0) > 20_000 && (asked[1] ?? 0) < 25_000, `noticed at ${asked[1]} ms`);
  t.ok(asked.length <= 6, `asked ${asked.length} times in 150 s`);
  t.ok(keeper.counters.askedAgain >= 3);
});
