import t from 'tap';
import { BootWatch } from './boot.ts';
import { AutopilotClock, type TimeFields } from './clock.ts';

/** A clock on a line to an autopilot with a clock of its own; `answer` false: it says nothing. */
function begin(o: { startedMs?: number } = {}) {
  let nowMs = 100_000;
  let bootedAtMs = nowMs - (o.startedMs ?? 40_000);
  let answers = true;
  let delayMs = 4;
  let ids = 0;
  let reboots = 0;
  const sent: TimeFields[] = [];
  const due: { atMs: number; fields: { tc1: bigint; ts1: bigint } }[] = [];
  const bootNs = (): bigint => BigInt(nowMs - bootedAtMs) * 1_000_000n + 1n;
  const clock = new AutopilotClock({
    nowMs: () => nowMs,
    drawId: () => `boot${++ids}`,
    onRebooted: () => {
      reboots++;
    },
    send: (fields) => {
      sent.push(fields);
      if (answers && fields.tc1 === 0n) due.push({ atMs: nowMs + delayMs, fields: { tc1: bootNs(), ts1: fields.ts1 } });
      return true;
    },
  });
  const take = (fields: { tc1: bigint; ts1: bigint }): void =>
    clock.take({ ...fields, target_system: 0, target_component: 0 }, nowMs);
  const run = async (ms: number): Promise<void> => {
    for (const endMs = nowMs + ms; nowMs < endMs; ) {
      nowMs += 2;
      for (const answer of due.filter(({ atMs }) => atMs <= nowMs)) {
        due.splice(due.indexOf(answer), 1);
        take(answer.fields);
      }
      if (nowMs % 100 === 0) clock.tick(nowMs);
      await Promise.resolve();
    }
  };
  return {
    clock,
    sent,
    take,
    run,
    now: () => nowMs,
    reboots: () => reboots,
    reboot: () => {
      bootedAtMs = nowMs;
    },
    mute: (isMute: boolean) => {
      answers = !isMute;
    },
    slow: (ms: number) => {
      delayMs = ms;
    },
    stamp: () => clock.stamp(nowMs - bootedAtMs, nowMs),
  };
}

t.test('its age, asked now, with the round trip', async (t) => {
  const { clock, run } = begin();
  const age = clock.age();
  await run(10);
  const answer = await age;
  t.ok(answer !== null && Math.abs(answer.bootMs - 40_000) < 1, `${answer?.bootMs}`);
  t.equal(answer?.rttMs, 4);
  await run(20_000);
  t.equal(clock.boot.id, 'boot1');
  t.equal(clock.boot.reboots, 0);
  t.ok(Math.abs((clock.offsetMs ?? 0) - -60_000) < 10, `offset ${clock.offsetMs}`);
});

t.test('an answer to an earlier question does not answer a later one', async (t) => {
  const { clock, run, sent, take } = begin();
  clock.tick(100_000);
  const early = sent[0];
  const age = clock.age();
  if (early === undefined) throw new Error('nothing was asked');
  // The same instant, so it counts; a foreign one never does.
  take({ tc1: 5_000_000n, ts1: 12345n });
  await run(10);
  t.not((await age)?.bootMs, 5);
});

t.test('no answer: three questions, then null', async (t) => {
  const { clock, run, mute, sent } = begin();
  mute(true);
  const age = clock.age();
  await run(1_600);
  t.equal(await age, null);
  // One of them is the regular one.
  t.equal(sent.length, 4);
});

t.test('its own question is answered, once', async (t) => {
  const { sent, take } = begin();
  take({ tc1: 0n, ts1: 40_009_823_001n });
  t.equal(sent.length, 1);
  t.equal(sent[0]?.ts1, 40_009_823_001n);
  t.equal(sent[0]?.tc1, 100_000_000_000n, 'our clock in ns');
});

t.test('a reboot: its time went back, or is less than the time since it was heard', async (t) => {
  const back = begin();
  back.stamp();
  back.reboot();
  await back.run(100);
  back.stamp();
  t.same([back.clock.boot.id, back.reboots()], ['boot2', 1]);
  await back.run(30_000);
  t.same([back.clock.boot.id, back.reboots()], ['boot2', 1], 'told once');

  // Out of reach while it rebooted, and now older than it was when it was heard last.
  const away = begin({ startedMs: 5_000 });
  away.stamp();
  away.mute(true);
  await away.run(5_000);
  away.reboot();
  await away.run(60_000);
  away.mute(false);
  await away.run(10_100);
  t.same([away.clock.boot.id, away.reboots()], ['boot2', 1]);
});

t.test('a reboot out of reach, of which stamps come before the answer: they leave the proof to it', async (t) => {
  const away = begin({ startedMs: 5_000 });
  away.stamp();
  away.mute(true);
  await away.run(5_000);
  away.reboot();
  await away.run(60_000);
  away.mute(false);
  away.stamp();
  t.same([away.clock.boot.id, away.reboots()], ['boot1', 0], 'it could be late');
  await away.run(50);
  away.stamp();
  await away.run(150);
  t.same([away.clock.boot.id, away.reboots()], ['boot2', 1], 'asked at once');
});

t.test('silence, slow answers and late stamps are no reboot', async (t) => {
  const world = begin();
  world.stamp();
  world.mute(true);
  await world.run(120_000);
  world.mute(false);
  world.slow(1_900);
  await world.run(40_000);
  world.clock.stamp(world.clock.boot.bootMs(world.now()) ?? 0, world.now());
  world.clock.stamp((world.clock.boot.bootMs(world.now()) ?? 0) - 1_500, world.now());
  t.same([world.clock.boot.id, world.reboots()], ['boot1', 0]);
});

t.test('close and signals settle who waits', async (t) => {
  const { clock, mute } = begin();
  mute(true);
  const controller = new AbortController();
  const first = clock.age(controller.signal);
  const second = clock.age();
  controller.abort();
  t.equal(await first, null);
  clock.close();
  t.equal(await second, null);
});

t.test('a stamp that stands still while others go on is no reboot; one that could be of a later boot is', async (t) => {
  const boot = new BootWatch(() => 'a');
  t.notOk(boot.heard(500_000, 1_000));
  t.notOk(boot.heard(505_000, 6_000));
  t.notOk(boot.heard(500_000, 6_100), 'frozen for 5 s');
  t.notOk(boot.heard(500_000, 12_000));
  t.notOk(boot.heard(511_000, 12_000));
  t.ok(boot.heard(900, 13_000));
  t.equal(boot.reboots, 1);
});
