import t from 'tap';
import type { CommandEntry } from '../../live/messages.ts';
import { codeOf, deliveryTo, isOpen, readCommand, readCommands, withLive } from './answers.ts';
import { proofOf } from './proof.ts';
import { timelineOf, tookMs } from './timeline.ts';

const ID = '01JDABCDEFGHJKMNPQRSTVWXYZ';
const at = (s: number): string => `2026-11-21T20:14:0${s}.123456Z`;
const step = (state: string, s: number, reason: string | null = null) => ({
  state,
  reason,
  words: reason,
  at: at(s),
  detail: null,
});

function command(...steps: ReturnType<typeof step>[]): unknown {
  const deliveries = [{ drone: 'd1', ...steps.at(-1), steps }];
  return { id: ID, type: 'hold', params: {}, issuedAt: at(0), expiresAt: at(9), issuedBy: 'Ann', deliveries };
}

function read(...steps: ReturnType<typeof step>[]) {
  const one = readCommand(command(...steps));
  if (one === null) throw new Error('not read');
  return one;
}

function shape(value: unknown): string {
  const one = readCommand(value);
  const delivery = one && deliveryTo(one, 'd1');
  return delivery
    ? timelineOf(delivery)
        .map((node) => `${node.state}:${node.place}:${node.tone}`)
        .join(' ')
    : '';
}

t.test('under way: what was, what is, what is to come', async (t) => {
  t.equal(
    shape(command(step('queued', 0), step('delivered', 1))),
    'queued:past:good delivered:now:open accepted:ahead:open executing:ahead:open succeeded:ahead:open',
  );
});

t.test('ended: nothing is to come; progress told twice is one step', async (t) => {
  t.equal(
    shape(command(step('queued', 0), step('executing', 1), step('executing', 2), step('failed', 3, 'no-effect'))),
    'queued:past:good delivered:past:good executing:past:good failed:now:bad',
  );
});

t.test('an answer after unknown replaces it', async (t) => {
  t.equal(
    shape(command(step('queued', 0), step('unknown', 1), step('succeeded', 2))),
    'queued:past:good unknown:past:doubt delivered:past:good succeeded:now:good',
  );
});

t.test('times: from the first step on', async (t) => {
  const delivery = deliveryTo(read(step('queued', 0), step('succeeded', 4)), 'd1');
  t.ok(delivery);
  if (delivery) {
    t.equal(tookMs(delivery, null), 4000);
    t.same(
      timelineOf(delivery).map(({ state, afterMs, implied }) => [state, afterMs, implied]),
      [
        ['queued', 0, false],
        ['delivered', 4000, true],
        ['succeeded', 4000, false],
      ],
      'what answers has been reached',
    );
  }
});

t.test('a delivery told without steps has one', async (t) => {
  t.equal(
    shape({ id: ID, type: 'x', deliveries: [{ drone: 'd1', state: 'rejected', reason: 'armed' }] }),
    'rejected:now:bad',
  );
});

t.test('nonsense is no command, and no crash', async (t) => {
  for (const value of [null, 1, 'x', [], {}, { id: 1, type: 'hold' }]) t.equal(readCommand(value), null);
  t.same(readCommand({ id: ID, type: 'hold', deliveries: [null, 1, {}, { drone: 'd1' }] })?.deliveries, []);
  t.equal(readCommands({ commands: [command(step('queued', 0)), null] }).length, 1);
  t.same(readCommands('x'), []);
});

t.test('the live stream moves a delivery on, and never back', async (t) => {
  const entry = (state: CommandEntry['state'], s: number): CommandEntry => ({
    ...{ id: ID, type: 'hold', state, reason: null, words: null, at: at(s), issuedBy: 'Ann' },
  });
  const held = read(step('queued', 0), step('accepted', 2));
  t.equal(withLive(held, 'd1', entry('delivered', 1)), held, 'older');
  t.equal(withLive(held, 'd1', entry('accepted', 2)), held, 'the same');
  t.equal(withLive(held, 'd2', entry('executing', 3)), held, 'another drone');
  const moved = withLive(held, 'd1', entry('succeeded', 3));
  t.equal(deliveryTo(moved, 'd1')?.state, 'succeeded');
  t.equal(deliveryTo(moved, 'd1')?.steps.length, 3);
  t.ok(isOpen(held));
  t.notOk(isOpen(moved));
});

t.test('proof in words', async (t) => {
  const plain = proofOf({ before: 'a1', after: 'b2', downtimeMs: 4210, bootMs: 3120, rttMs: 12, none: null }).map(
    ({ label, value }) => `${label}: ${value.replace(/\u202f/g, ' ')}`,
  );
  t.same(plain, ['Before: a1', 'After: b2', 'Away for: 4.2 s', 'Since boot: 3 s', 'Round trip: 12 ms']);
  t.same(proofOf(null), []);
  const paused = proofOf({ mode: 'AUTO', from: 'AUTO', how: 'accepted' }).map(({ label }) => label);
  t.same(paused, ['Mode', 'Seen by'], 'a pause comes from nowhere');
  t.same(proofOf({ mode: 'GUIDED', from: 'AUTO' }).length, 2);
  t.same(proofOf({ how: 'effect-seen', altRelM: 34.14 }), [
    { label: 'Seen by', value: 'the effect was seen' },
    { label: 'Height', value: '34.1\u202fm' },
  ]);
  t.same(proofOf({ after: { name: 'X', value: 2 } }), [{ label: 'After', value: 'name X, value 2' }]);
});

t.test('the code of a reason, whatever stands behind it', async (t) => {
  const codes = [null, 'pilot', 'in-command: Ann; Bob', 'armed; in-air'].map((reason) => {
    const delivery = deliveryTo(read(step('rejected', 1, reason)), 'd1');
    return delivery === null ? null : codeOf(delivery);
  });
  t.same(codes, [undefined, 'pilot', 'in-command', 'armed']);
});
