import { MavResult } from '@skein/protocol/mavlink';
import t from 'tap';
import type { CommandRequest } from './command.ts';
import { aState } from './testing/state.ts';
import { Transaction } from './transaction.ts';

const ARMED = aState({ armed: true });
const DISARMED = aState({ armed: false });
const REPEATABLE: CommandRequest = { command: 20, klass: 'repeatable' };
const ONCE: CommandRequest = {
  command: 400,
  params: [1],
  klass: 'once',
  alreadySo: (state) => state.armed === true,
  effect: (state) => state.armed === true,
  effectWithinMs: 3_000,
};

/** Ticks until it ends: the times and confirmations at which something was to be sent. */
function run(machine: Transaction, o: { from?: number; state?: typeof ARMED; untilMs?: number } = {}) {
  const sent: [atMs: number, confirmation: number][] = [];
  for (let nowMs = o.from ?? 0; nowMs <= (o.untilMs ?? 200_000) && machine.outcome === null; nowMs += 100) {
    const confirmation = machine.tick(nowMs, o.state ?? DISARMED);
    if (confirmation !== null) sent.push([nowMs, confirmation]);
  }
  return sent;
}

t.test('repeatable: sent again with a rising confirmation, then no-ack', async (t) => {
  const machine = new Transaction(REPEATABLE);
  t.equal(machine.begin(0, DISARMED), 0);
  t.same(run(machine), [
    [1_000, 1],
    [2_000, 2],
    [3_000, 3],
  ]);
  t.match(machine.outcome, { ok: false, code: 'no-ack', sent: true });
});

t.test('once: sent once; without an answer its effect is looked for', async (t) => {
  const seen = new Transaction(ONCE);
  t.equal(seen.begin(0, DISARMED), 0);
  t.same(run(seen, { untilMs: 3_000 }), []);
  t.same(run(seen, { from: 3_100, state: ARMED }), []);
  t.same(seen.outcome, { ok: true, how: 'effect-seen' });

  const unseen = new Transaction(ONCE);
  unseen.begin(0, DISARMED);
  t.same(run(unseen), []);
  t.match(unseen.outcome, { ok: false, code: 'no-ack', sent: true }, 'and never sent again');
});

t.test('once: what is so already is not sent', async (t) => {
  const machine = new Transaction(ONCE);
  t.equal(machine.begin(0, ARMED), null);
  t.same(machine.outcome, { ok: true, how: 'already' });
});

t.test('accepted is not done: the effect is looked for', async (t) => {
  const machine = new Transaction(ONCE);
  machine.begin(0, DISARMED);
  machine.acknowledged(MavResult.ACCEPTED, 10, DISARMED);
  t.equal(machine.outcome, null);
  run(machine, { from: 100 });
  t.match(machine.outcome, { ok: false, code: 'no-effect', sent: true });
});

t.test('a refusal waits for what is said with it', async (t) => {
  const machine = new Transaction(ONCE);
  machine.begin(0, DISARMED);
  machine.acknowledged(MavResult.FAILED, 10, DISARMED);
  machine.text('Arm: RTL mode not armable');
  machine.text('Arm: RTL mode not armable');
  run(machine, { from: 100 });
  t.same(machine.outcome, {
    ok: false,
    code: 'refused',
    result: 'FAILED',
    texts: ['Arm: RTL mode not armable'],
    sent: true,
  });
});

t.test('in progress: waited for longer, and not asked again', async (t) => {
  const machine = new Transaction(REPEATABLE);
  machine.begin(0, DISARMED);
  for (let nowMs = 500; nowMs <= 10_000; nowMs += 500) machine.acknowledged(MavResult.IN_PROGRESS, nowMs, DISARMED);
  t.same(run(machine, { from: 500, untilMs: 12_000 }), []);
  machine.acknowledged(MavResult.ACCEPTED, 12_000, DISARMED);
  t.same(machine.outcome, { ok: true, how: 'accepted' });
});

t.test('in progress for ever ends all the same', async (t) => {
  const machine = new Transaction(REPEATABLE);
  machine.begin(0, DISARMED);
  for (let nowMs = 0; nowMs < 130_000 && machine.outcome === null; nowMs += 1_000) {
    machine.acknowledged(MavResult.IN_PROGRESS, nowMs, DISARMED);
    machine.tick(nowMs, DISARMED);
  }
  t.match(machine.outcome, { ok: false, code: 'no-ack' });
});

t.test('later please: a repeatable one is asked again, a once one is refused', async (t) => {
  const machine = new Transaction(REPEATABLE);
  machine.begin(0, DISARMED);
  machine.acknowledged(MavResult.TEMPORARILY_REJECTED, 10, DISARMED);
  t.same(run(machine, { from: 100, untilMs: 600 }), [[600, 1]]);
  machine.acknowledged(MavResult.ACCEPTED, 610, DISARMED);
  t.same(machine.outcome, { ok: true, how: 'accepted' });

  const once = new Transaction(ONCE);
  once.begin(0, DISARMED);
  once.acknowledged(MavResult.TEMPORARILY_REJECTED, 10, DISARMED);
  t.same(run(once, { from: 100 }), []);
  t.match(once.outcome, { ok: false, code: 'refused', result: 'TEMPORARILY_REJECTED' });
});

t.test('no link, no autopilot: nothing was sent', async (t) => {
  const silent = new Transaction(ONCE);
  t.equal(silent.begin(0, aState({ alive: false })), null);
  t.match(silent.outcome, { ok: false, code: 'no-autopilot', sent: false });

  const dropped = new Transaction(ONCE);
  dropped.begin(0, DISARMED);
  dropped.notSent(0);
  t.match(dropped.outcome, { ok: false, code: 'no-link', sent: false });

  const tried = new Transaction(REPEATABLE);
  tried.begin(0, DISARMED);
  tried.notSent(0);
  for (let nowMs = 0; tried.outcome === null; nowMs += 100) {
    if (tried.tick(nowMs, DISARMED) !== null) tried.notSent(nowMs);
  }
  t.match(tried.outcome, { ok: false, code: 'no-link', sent: false });
});
