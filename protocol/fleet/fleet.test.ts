import t from 'tap';
import {
  agentSubscriptions,
  clientId,
  droneOfClientId,
  isDroneId,
  mayPublish,
  maySubscribe,
  outcomeWords,
  parseDownTopic,
  parseUpTopic,
  REASONS,
  readAck,
  readPresence,
  reason,
  reasonCode,
  reasons,
  reasonWords,
  DEFAULT_TOPIC_ROOT as root,
} from './index.ts';

t.test('a drone speaks below its own name and hears what is meant for it, nothing else', async (t) => {
  t.ok(mayPublish(root, 'kite-1', 'skein/1/kite-1/up/live'));
  for (const topic of ['skein/1/kite-2/up/live', 'skein/1/kite-1/down/ack', 'skein/1/kite-1/up/+', '$SYS/x']) {
    t.notOk(mayPublish(root, 'kite-1', topic), topic);
  }
  for (const filter of agentSubscriptions(root, 'kite-1', ['north'])) {
    t.ok(maySubscribe(root, 'kite-1', ['north'], filter), filter);
  }
  for (const filter of [
    '#',
    'skein/1/+/down/#',
    'skein/1/kite-2/down/#',
    'skein/1/kite-1/up/#',
    'skein/1/group-x/down/#',
  ]) {
    t.notOk(maySubscribe(root, 'kite-1', ['north'], filter), filter);
  }
});

t.test('topics and ids are taken apart strictly', async (t) => {
  t.same(parseUpTopic(root, 'skein/1/kite-1/up/history'), { drone: 'kite-1', channel: 'history' });
  for (const topic of [
    'skein/1/kite-1/up/history/x',
    'skein/1/KITE/up/live',
    'skein/1/all/up/live',
    'other/kite-1/up/live',
  ]) {
    t.equal(parseUpTopic(root, topic), null, topic);
  }
  t.equal(parseDownTopic(root, 'skein/1/all/down/hello', 'kite-1'), 'hello');
  t.equal(parseDownTopic(root, 'skein/1/kite-2/down/ack', 'kite-1'), null);
  t.notOk(isDroneId('group-a') || isDroneId('all') || isDroneId('') || isDroneId('a'.repeat(33)) || isDroneId('a.b'));
  t.equal(droneOfClientId(clientId('kite-1', '0123456789abcdef')), 'kite-1');
  t.equal(droneOfClientId('kite-1'), null);
});

t.test('messages: unknown fields are welcome, wrong ones get a reason', async (t) => {
  const ack = {
    session: '0123456789abcdef',
    start: '0123456789abcdef',
    epoch: '0123456789abcdef',
    lane: 'urgent',
    upTo: 3,
    window: 9,
  };
  t.match(readAck(JSON.stringify({ ...ack, later: 1 })), { ok: true, value: ack });
  t.match(readAck(JSON.stringify({ ...ack, upTo: -1 })), { ok: false, reason: /upTo/ });
  t.match(readPresence('{'), { ok: false, reason: 'presence: not JSON' });
  t.match(readPresence(Uint8Array.of(0xff, 0xfe)), { ok: false, reason: 'presence: not JSON' });
  t.match(readPresence('[]'), { ok: false, reason: /presence/ });
});

t.test('reasons: one with a detail, several at once, and what is none of ours', async (t) => {
  t.equal(reasonCode(reason('in-command', 'Ann; the second')), 'in-command');
  t.equal(reasonWords(reason('in-command', 'Ann; the second')), `${REASONS['in-command']} (Ann; the second)`);
  const several = reasons([reason('armed'), reason('pilot', 'mode LOITER'), reason('active-leg')]);
  t.equal(several, 'armed; pilot: mode LOITER; active-leg');
  t.equal(reasonCode(several), 'armed');
  t.equal(reasonWords(several), `${REASONS.armed}; ${REASONS.pilot} (mode LOITER); ${REASONS['active-leg']}`);
  t.equal(reasonCode('gremlins'), null);
  t.equal(reasonWords('gremlins'), 'gremlins');
  t.match(outcomeWords('return', 'succeeded', 'done'), /not home yet/, 'begun is not done');
  t.equal(outcomeWords('hold', 'succeeded', 'done'), 'done');
  t.equal(outcomeWords('return', 'rejected', 'pilot'), REASONS.pilot);
  t.equal(outcomeWords('return', 'succeeded', 'already'), REASONS.already);
});
