/** The machine of one delivery, in virtual time: by example, then against anything that may happen to it. */
import { type DeliveryState, isFinal } from '@skein/protocol/fleet';
import fc from 'fast-check';
import t from 'tap';
import type { Command, Delivery, Now } from './command.ts';
import {
  type Answer,
  type Circumstances,
  mark,
  newDelivery,
  onAnswer,
  onCancel,
  onTime,
  readiness,
  restored,
} from './delivery.ts';
import { recordOf } from './events.ts';
import type { Contact, SessionContact } from './ports.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
t.comment(`SEED=${seed}`);

const UTC_US = 1_795_000_000e6;
const S = 1e6;

function session(more: Partial<SessionContact> = {}): SessionContact {
  return {
    session: 'aaaaaaaa',
    alive: true,
    boot: 'boot-1',
    autopilotBoot: 'ap-1',
    journal: 'j1',
    heardMonoMs: 5,
    heardAgeMs: 0,
    ...more,
  };
}

function contact(more: Partial<Contact> = {}, ...sessions: readonly SessionContact[]): Contact {
  const known = sessions.length > 0 ? sessions : [session()];
  const sighting = { armed: null, landed: null, mode: null, place: null, home: null, returnAltM: null };
  return {
    ...{ id: 'd1', current: 'aaaaaaaa', sessions: known, conflict: false, groups: [], armed: null, sighting },
    ...more,
  };
}

function command(type: string, more: Partial<Command> = {}): Command {
  return {
    ...{ id: '01JD0000000000000000000001', type, params: {}, issuedAtUtcUs: UTC_US, expiresAtUtcUs: UTC_US + 60 * S },
    ...{ issuedBy: 'Ann', grants: [], targets: ['d1'], staggerMs: 0, maxFailures: null, atATime: null },
    ...{ session: null, untargeted: false, ...more },
  };
}

const at = (s: number): Now => ({ utcUs: UTC_US + s * S, monoUs: s * S });
const given = (c: Command, s: number, known: Contact | null = contact()): Circumstances => {
  return { command: c, expiresMonoUs: c.expiresAtUtcUs - UTC_US, contact: known, now: at(s) };
};
const said = (step: number, state: DeliveryState, reason: string | null = null): Answer => ({
  step,
  state,
  reason,
  detail: null,
});

/** Marked and sent at once. */
function sent(c: Command, s = 0): Delivery {
  const { delivery, send } = onTime(
    mark(newDelivery('d1', c.expiresAtUtcUs - UTC_US, at(s)), given(c, s)),
    given(c, s),
  );
  t.ok(send);
  return delivery;
}

t.test('sent again after 1, 2, 4, 8, 15, 15 s while nobody answers, and not after its expiry', async (t) => {
  const c = command('ping');
  let d = sent(c);
  const times: number[] = [];
  for (let s = 0; s < 120; s += 0.5) {
    const outcome = onTime(d, given(c, s));
    if (outcome.send) times.push(s);
    d = outcome.delivery;
  }
  t.same(times, [1, 3, 7, 15, 30, 45]);
  t.match(onTime(d, given(c, 120)).delivery, { state: 'unknown', reason: 'no-answer' }, 'a minute after its expiry');
});

t.test('one that has been accepted is asked for only when its drone comes anew', async (t) => {
  const c = command('ping');
  const d = onAnswer(sent(c), said(1, 'executing'), at(1));
  t.equal(onTime(d, given(c, 30)).send, null);
  t.ok(onTime(d, given(c, 30), true).send);
});

t.test('never sent: expired; sent: a minute to answer, then unknown; a later answer replaces that', async (t) => {
  const c = command('ping');
  const never = newDelivery('d1', 60 * S, at(0));
  t.match(onTime(never, given(c, 60, contact({}, session({ alive: false })))).delivery, { state: 'expired' });
  const unknown = onTime(sent(c), given(c, 120)).delivery;
  t.equal(unknown.state, 'unknown');
  const late = onAnswer(unknown, said(1, 'executing'), at(130));
  t.equal(late.state, 'executing');
  t.equal(onTime(late, given(c, 140)).send, null, 'not sent again');
  t.equal(onTime(late, given(c, 191)).delivery.state, 'unknown');
  t.equal(onAnswer(late, said(2, 'succeeded', 'done'), at(150)).state, 'succeeded');
});

t.test('a reboot of the autopilot waits until the drone says which boot runs, if it ever says', async (t) => {
  const reboot = command('reboot', { params: { target: 'autopilot' } });
  const turn = (autopilotBoot: string | null | undefined, one = reboot) => {
    const c = given(one, 1, contact({}, session({ autopilotBoot })));
    return readiness(newDelivery('d1', 60 * S, at(0)), c);
  };
  t.equal(turn(null), 'wait', 'it has just started');
  t.equal(turn('ap-2'), 'go');
  t.equal(turn(undefined), 'go', 'an agent that knows no such thing judges by itself');
  t.equal(turn(null, command('reboot', { params: { target: 'companion' } })), 'go');
  t.equal(turn(null, command('reboot', { params: { target: 'autopilot', ifBoot: 'ap-1' } })), 'go');
});

t.test('answers: an earlier one, the same one, one after the end change nothing', async (t) => {
  const d = onAnswer(sent(command('ping')), said(3, 'executing'), at(1));
  for (const old of [said(3, 'executing'), said(2, 'succeeded')]) t.equal(onAnswer(d, old, at(2)), d);
  const done = onAnswer(d, said(4, 'succeeded', 'done'), at(3));
  t.equal(onAnswer(done, said(5, 'executing'), at(4)), done);
  t.match(onAnswer(done, said(6, 'failed', 'unproved'), at(4)), { state: 'failed' }, 'the drone knows better');
  for (const state of ['unknown', 'failed'] as const) t.equal(onAnswer(done, said(6, state, 'restarted'), at(4)), done);
  const progress = onAnswer(d, { ...said(4, 'executing'), detail: { pct: 50 } }, at(2));
  t.match(progress, { steps: { length: 2 }, detail: { pct: 50 } }, 'progress makes no step');
});

t.test('what never waits goes to the session it was sent to, and nowhere else', async (t) => {
  const c = command('arm', { expiresAtUtcUs: UTC_US + 10 * S });
  const d = sent(c);
  const other = contact({ current: 'bbbbbbbb' }, session({ alive: false }), session({ session: 'bbbbbbbb' }));
  t.equal(onTime(d, given(c, 3, other), true).send, null);
  t.ok(onTime(d, given(c, 3), true).send);
  const away = contact({}, session({ alive: false }));
  const marked = mark(newDelivery('d1', 10 * S, at(0)), given(c, 0));
  t.match(
    onTime(marked, given(c, 1, away)),
    { send: null, delivery: { state: 'rejected', reason: 'offline' } },
    'gone between the two',
  );
  t.equal(readiness(newDelivery('d1', 10 * S, at(0)), given(c, 0, away)), 'offline');
  t.equal(readiness(newDelivery('d1', 10 * S, at(0)), given(c, 0, contact({ conflict: true }))), 'identity-conflict');
  t.equal(
    readiness(newDelivery('d1', 10 * S, at(0)), given(c, 0, contact({}, session({ heardMonoMs: null })))),
    'wait',
  );
});

t.test('not-now: asked again after two seconds', async (t) => {
  const c = command('hold');
  const d = onAnswer(sent(c), said(1, 'delivered', 'not-now: clock'), at(1));
  t.equal(onTime(d, given(c, 2.9)).send, null);
  t.ok(onTime(d, given(c, 3)).send);
});

type Happening =
  | { readonly what: 'time'; readonly s: number }
  | { readonly what: 'presence' | 'away' | 'conflict' | 'restart' | 'journal' | 'cancel' | 'release' }
  | { readonly what: 'session'; readonly name: string }
  | {
      readonly what: 'answer';
      readonly step: number;
      readonly state: DeliveryState;
      readonly reason: null;
      readonly detail: null;
    };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ what: fc.constant('time' as const), s: fc.double({ min: 0.01, max: 40, noNaN: true }) }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      what: fc.constantFrom('presence', 'away', 'conflict', 'restart', 'journal', 'cancel', 'release', 'release'),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('session' as const), name: fc.constantFrom('aaaaaaaa', 'bbbbbbbb') }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constant('answer' as const),
      step: fc.integer({ min: 1, max: 6 }),
      reason: fc.constant(null),
      detail: fc.constant(null),
      state: fc.constantFrom<DeliveryState[]>('delivered', 'accepted', 'executing', 'succeeded', 'failed', 'rejected'),
    }),
  },
);

t.test('whatever happens: nothing is lost, sent late, or sent after it was given up', async () => {
  const types = fc.constantFrom('ping', 'hold', 'arm', 'reboot');
  fc.assert(
    fc.property(types, fc.array(happening, { maxLength: 60 }), (type, story) => {
      const lifeS = type === 'arm' ? 10 : 60;
      const c = command(type, { params: { target: 'agent' }, expiresAtUtcUs: UTC_US + lifeS * S });
      let s = 0;
      let known = contact();
      let d = newDelivery('d1', lifeS * S, at(0));
      let sends = 0;
      let gaveUp = false;
      const sentTo = new Set<string>();
      const journals = new Set<string | null>();
      const step = (presence: boolean) => {
        const before = d;
        const { delivery, send } = onTime(d, given(c, s, known), presence);
        d = delivery;
        if (send) {
          sends++;
          sentTo.add(send.session);
          journals.add(send.journal);
          if (journals.size > 1) throw new Error('sent to a drone that has another journal now');
          if (before.sentUtcUs === null) throw new Error('sent before it was written down');
          if (s >= lifeS) throw new Error('sent after its expiry');
          if (gaveUp || isFinal(before.state)) throw new Error(`sent after ${before.state}`);
          if (before.cancel !== null) throw new Error('sent after it was taken back');
          if (known.conflict) throw new Error('sent into an identity conflict');
          if (!known.sessions.some((one) => one.alive && one.session === send.session))
            throw new Error('sent to nobody');
        }
        if (d.state === 'unknown') gaveUp = true;
        if (d.state === 'expired' && sends > 0) throw new Error('called expired, and it may have been acted on');
        if (before.state !== d.state && d.steps.at(-1)?.state !== d.state) throw new Error('a state without its step');
      };
      for (const one of story) {
        const [current] = known.sessions;
        if (current === undefined) throw new Error('no session');
        switch (one.what) {
          case 'time':
            s += one.s;
            step(false);
            break;
          case 'presence':
            known = contact({ current: known.current, conflict: false }, { ...current, alive: true });
            step(true);
            break;
          case 'away':
            known = { ...known, sessions: [{ ...current, alive: false }] };
            break;
          case 'conflict':
            known = { ...known, conflict: !known.conflict };
            break;
          case 'journal':
            known = { ...known, sessions: [{ ...current, journal: 'j2' }] };
            break;
          case 'session':
            known = contact({ current: one.name }, session({ session: one.name, journal: current.journal }));
            break;
          case 'release':
            if (d.sentUtcUs === null && !isFinal(d.state) && s < lifeS && readiness(d, given(c, s, known)) === 'go') {
              d = mark(d, given(c, s, known));
              step(false);
            }
            break;
          case 'restart':
            d = restored(recordOf(d), lifeS * S, at(s));
            break;
          case 'cancel':
            d = onCancel(d, at(s), { by: 'Bob', cancel: 'x' });
            break;
          case 'answer':
            // Only what was sent can be answered.
            if (sends > 0) d = onAnswer(d, one, at(s));
        }
      }
      for (let i = 0; i < 60; i++) {
        s += 5;
        step(false);
      }
      if (!isFinal(d.state)) throw new Error(`never ended: ${d.state}`);
      if (type === 'arm' && sentTo.size > 1) throw new Error('what never waits went to two sessions');
      if (d.steps.length === 0 || d.steps[0]?.state !== 'queued') throw new Error('how it began is lost');
    }),
    { seed, numRuns: Number(process.env.RUNS ?? 2000) },
  );
});

t.test('given up, then opened by a late word: it is not sent again, though the wall clock was set back', (t) => {
  const ping = command('ping');
  const sent = onTime(mark(newDelivery('d1', 60 * S, at(0)), given(ping, 0)), given(ping, 0)).delivery;
  const lost = onTime(sent, given(ping, 121)).delivery;
  t.match(lost, { state: 'unknown', reason: 'no-answer' });
  // Read back after a restart by a clock that says the command has most of its time before it.
  const back = restored(recordOf(lost), 60 * S, at(1));
  const open = onAnswer(back, said(1, 'executing'), at(2));
  t.equal(open.state, 'executing');
  t.equal(onTime(open, given(ping, 3), true).send, null);
  t.equal(onTime(open, given(ping, 30), true).send, null);
  t.end();
});
