import t from 'tap';
import { Refusals } from './refused.ts';

t.test('a refusal is a warning once, until it is another or is over; out of reach is none', (t) => {
  const refusals = new Refusals();
  const level = (detail: string) => refusals.say('waiting', detail).level;
  const [denied, server] = ['Connection refused: Not authorized', 'Connection refused: Server unavailable'];
  t.same(refusals.say('waiting', denied), { level: 'warn', words: `uplink waiting: ${denied}` });
  t.same(refusals.say('connecting', ''), { level: 'info', words: 'uplink connecting' });
  t.equal(level(denied), 'info', 'each try');
  t.equal(level('connect ECONNREFUSED 127.0.0.1:1883'), 'info', 'nobody is there');
  t.equal(level(denied), 'info', 'as before');
  t.equal(level(server), 'warn', 'another');
  t.equal(level('the broker lets "kite-1" read nothing below skein/1/kite-1/down: set uplink.topicRoot'), 'warn');
  t.same(refusals.say('up', ''), { level: 'info', words: 'uplink up: the broker takes this drone now' });
  t.same(refusals.say('waiting', 'connection closed'), { level: 'info', words: 'uplink waiting: connection closed' });
  t.same(refusals.say('up', ''), { level: 'info', words: 'uplink up' });
  t.equal(level(denied), 'warn', 'again');
  t.end();
});
