import type { CommandType } from '@skein/protocol/fleet';
import t from 'tap';
import { bench, FLYING, SESSION } from './testing/bench.ts';

t.test('a hold: accepted, journalled before it acts, executing, done', async (t) => {
  const b = bench({ state: FLYING });
  b.world.hold = true;
  const hold = b.command('hold');
  await b.give(hold);
  t.same(b.intents, [], 'nothing is sent before the journal has it');
  b.world.hold = false;
  for (const go of b.world.held) go();
  await b.advance(200);
  t.same(
    b.answers.map(({ state, step }) => `${step} ${state}`),
    ['2 accepted', '3 executing', '4 succeeded'],
  );
  t.same(
    b.intents.map(({ name }) => name),
    ['hold'],
  );
  t.match(b.written, [
    { id: hold.id, state: 'executing' },
    { id: hold.id, state: 'succeeded', reason: 'done' },
  ]);
});

t.test('what is refused before anybody looks at the aircraft, each with its code', async (t) => {
  const b = bench({ state: FLYING });
  const { nowMs } = b;
  const cases: [string, string, Parameters<typeof b.command>[1]?, ('own' | 'broadcast')?][] = [
    ['unknown-type: dance', 'dance'],
    ['bad-params', 'goto', { params: { latDeg: 99 } }],
    ['stale', 'resume', { heard: { session: SESSION, monoMs: nowMs - 5_001 } }],
    ['stale', 'hold', { heard: { session: 'ffffffffffffffff', monoMs: nowMs } }],
    ['expired', 'hold', { lifetimeS: 0.01 }],
    ['not-granted: safety-parameters', 'set-parameter', { params: { name: 'FS_THR_ENABLE', value: 0 } }],
    ['not-granted: force', 'reboot', { params: { target: 'agent', force: true } }],
    ['not-granted: never by broadcast', 'land', {}, 'broadcast'],
    ['bad-params: it names no session, or not what was heard', 'hold', { heard: undefined } as never],
  ];
  for (const [code, type, change, via] of cases) {
    const command = b.command(type as CommandType, change);
    if (change?.heard === undefined && change !== undefined && 'heard' in change) delete command.heard;
    const fate = await b.give(command, via);
    t.ok(fate?.reason.startsWith(code), `${type}: ${fate?.reason}`);
    t.equal(fate?.state, code === 'expired' ? 'expired' : 'rejected');
  }
  t.same(b.intents, []);
});

t.test('the error of the clock counts against the command', async (t) => {
  const b = bench({ state: FLYING });
  b.world.clockErrUs = 1_100_000;
  t.equal((await b.give(b.command('hold', { lifetimeS: 1 })))?.state, 'expired');
  t.equal((await b.give(b.command('hold', { lifetimeS: 1.2 })))?.state, 'succeeded');
});

t.test(
  'before the first time exchange it waits two seconds, then says so and is judged anew when it comes again',
  async (t) => {
    const b = bench({ state: FLYING, clock: false });
    const hold = b.command('hold');
    t.equal(await b.give(hold), null);
    await b.advance(2_100);
    t.match(b.fate(hold.id), { state: 'delivered', reason: 'not-now: clock', step: 1 });
    b.world.clock = true;
    t.match(await b.give(hold), { state: 'succeeded' });
    const land = b.command('land');
    b.world.clock = false;
    b.post(land);
    b.world.clock = true;
    b.desk.clockKnown();
    await b.settle();
    await b.advance(0);
    t.match(b.fate(land.id), { state: 'succeeded' }, 'an exchange within the two seconds');
  },
);

t.test('a repeat, by whichever way, gets the recorded answer and does nothing', async (t) => {
  const b = bench({ state: FLYING });
  const hold = b.command('hold');
  await b.give(hold);
  const { session: _, heard: __, ...open } = hold;
  await b.give(open, 'broadcast');
  await b.give({ ...hold, expiresAt: '2000-01-01T00:00:00Z' });
  t.equal(b.intents.length, 1);
  t.equal(b.answers.filter(({ state }) => state === 'succeeded').length, 3);
  const other = b.command('hold', { session: 'ffffffffffffffff' });
  t.equal(await b.give(other), null, 'for another session: not even an answer');
  t.equal(b.desk.status().counters.otherSession, 1);
});

t.test('journal late or gone: hold, return and land go on and say so, nothing else is begun', async (t) => {
  for (const journal of ['late', 'failed'] as const) {
    const b = bench({ state: FLYING });
    b.world.journal = journal;
    for (const type of ['hold', 'return', 'land'] as const) {
      t.match(await b.give(b.command(type)), { state: 'succeeded', reason: 'journal: late' }, `${type} ${journal}`);
    }
    t.match(await b.give(b.command('abort')), { state: 'rejected', reason: `journal-unavailable: ${journal}` });
    t.equal(b.intents.length, 3);
  }
});

t.test('an outbox full of answers takes hold, return and land only', async (t) => {
  const b = bench({ state: FLYING });
  b.world.outboxFull = true;
  t.match(await b.give(b.command('ping')), { state: 'rejected', reason: 'outbox-full' });
  t.match(await b.give(b.command('hold')), { state: 'succeeded' });
});

t.test('who has control decides what goes', async (t) => {
  const go = async (control: object, type: CommandType, params = {}, mode = 'AUTO') => {
    const b = bench({ state: { ...FLYING, mode } });
    Object.assign(b.world.control, control);
    return (await b.give(b.command(type, { params })))?.reason.split(':')[0];
  };
  const pilot = { state: 'pilot' };
  t.equal(await go(pilot, 'hold'), 'pilot');
  t.equal(await go(pilot, 'return'), 'done');
  t.equal(await go(pilot, 'land'), 'done');
  t.equal(await go(pilot, 'abort'), 'pilot');
  t.equal(await go(pilot, 'resume'), 'pilot; not-holding'.split(':')[0]);
  t.equal(await go(pilot, 'resume', { takeControl: true }), 'done');
  const failsafe = { state: 'autopilot-failsafe' };
  t.equal(await go(failsafe, 'hold'), 'failsafe');
  t.equal(await go(failsafe, 'return', {}, 'RTL'), 'done');
  t.equal(await go(failsafe, 'return', {}, 'LAND'), 'failsafe', 'a landing that the autopilot chose is not undone');
  t.equal(await go(failsafe, 'resume', { takeControl: true }), 'failsafe');
  const adopted = { state: 'unknown', adopted: true };
  t.equal(await go(adopted, 'abort'), 'adopted');
  t.equal(await go(adopted, 'hold'), 'done');
  t.equal(await go({ readOnly: true }, 'hold'), 'other-station');
});

t.test('control taken: what is under way ends superseded, and its executor is told to stop', async (t) => {
  const b = bench({ state: FLYING });
  b.world.reply = null;
  const land = b.command('land');
  await b.give(land);
  t.match(b.fate(land.id), { state: 'executing' });
  b.world.control.state = 'pilot';
  b.desk.controlTaken('pilot');
  await b.advance(0);
  t.match(b.fate(land.id), { state: 'superseded', reason: 'pilot' });
  t.ok(b.intents[0]?.signal?.aborted);
});

t.test('a newer hold, return or land takes the place of what flies', async (t) => {
  const b = bench({ state: FLYING });
  b.world.reply = null;
  const back = b.command('return');
  const abort = b.command('abort');
  await b.give(back);
  t.match(await b.give(abort), { state: 'accepted' }, 'others wait their turn');
  b.world.reply = { ok: true, how: 'accepted', detail: {} };
  const hold = b.command('hold');
  t.match(await b.give(hold), { state: 'succeeded' });
  t.match(b.fate(back.id), { state: 'superseded', reason: 'newer: hold' });
  t.match(b.fate(abort.id), { state: 'superseded', reason: 'newer' });
  t.same(
    b.intents.map(({ name }) => name),
    ['return', 'hold'],
  );
});

t.test('waiting for its turn does not outlive its time', async (t) => {
  const b = bench({ state: FLYING });
  b.world.reply = null;
  await b.give(b.command('land'));
  const resume = b.command('resume', { params: { takeControl: true } });
  await b.give(resume);
  await b.advance(10_100);
  t.match(b.fate(resume.id), { state: 'expired' });
});

t.test('one commander: the first flight command takes it, hold is open to all, others must take over', async (t) => {
  const b = bench({ state: FLYING });
  await b.give(b.command('abort'));
  t.equal(b.world.commander, 'Ann');
  t.match(await b.give(b.command('abort', { issuedBy: 'Bob' })), { state: 'rejected', reason: 'in-command: Ann' });
  t.match(await b.give(b.command('hold', { issuedBy: 'Bob' })), { state: 'succeeded' });
  const over = b.command('abort', { issuedBy: 'Bob', params: { takeOver: true } });
  t.match(await b.give(over), { state: 'succeeded' });
  t.equal(b.world.commander, 'Bob');
});

t.test('cancel: what has not acted, also before it comes; what acts is too late', async (t) => {
  const b = bench({ state: FLYING });
  b.world.reply = null;
  const land = b.command('land');
  const abort = b.command('abort');
  await b.give(land);
  await b.give(abort);
  t.match(await b.give(b.command('cancel', { params: { id: abort.id } })), { state: 'succeeded' });
  t.match(b.fate(abort.id), { state: 'cancelled' });
  t.match(await b.give(b.command('cancel', { params: { id: land.id } })), { state: 'failed', reason: 'too-late' });
  const unseen = b.command('return');
  t.match(await b.give(b.command('cancel', { params: { id: unseen.id } })), { state: 'succeeded' });
  t.match(await b.give(unseen), { state: 'cancelled' });
  t.same(
    b.intents.map(({ name }) => name),
    ['land'],
  );
});

t.test('killed while it acts: the next start looks for the effect, and never acts again', async (t) => {
  const seen = bench();
  seen.world.reply = null;
  const arm = seen.command('arm');
  await seen.give(arm);
  seen.world.state.armed = true;
  await seen.restart();
  t.match(seen.fate(arm.id), { state: 'succeeded', step: 5 });

  const unseen = bench();
  unseen.world.reply = null;
  const lost = unseen.command('arm');
  await unseen.give(lost);
  await unseen.restart();
  await unseen.advance(6_000);
  t.match(unseen.fate(lost.id), { state: 'unknown', reason: 'restarted', step: 5 });
  await unseen.give(lost);
  t.equal(unseen.intents.length, 1);
});

t.test('killed before the journal had it: it never acted, and is judged anew when it comes again', async (t) => {
  const b = bench();
  b.world.hold = true;
  const arm = b.command('arm');
  await b.give(arm);
  t.match(b.fate(arm.id), { state: 'accepted' });
  b.world.hold = false;
  await b.restart();
  t.match(await b.give(arm), { state: 'succeeded' });
  t.equal(b.intents.length, 1);
});

t.test(
  'while the journal is still being read a repeat is not taken for something new; a hold goes all the same',
  async (t) => {
    const b = bench({ state: FLYING });
    b.world.journalOpening = true;
    const repeat = b.command('ping');
    t.match(await b.give(b.command('hold')), { state: 'succeeded' });
    b.post(repeat);
    await b.advance(2_100);
    t.match(b.fate(repeat.id), { state: 'delivered', reason: 'not-now: journal' });
    b.world.journalOpening = false;
    t.match(await b.give(repeat), { state: 'succeeded' });
  },
);
