import { longJson } from '@skein/protocol/fleet';
import t from 'tap';
import { expand } from './expand.ts';
import { ShortAnswers } from './short-answers.ts';

const session = '0123456789abcdef';
const answer = { session, agentMonoUs: 1, receivedUtcUs: 17e14, sentUtcUs: 17e14, leaseS: 15, liveHz: 1 };

t.test('short only to a session that says it opens that, as long as it says so', async (t) => {
  const answers = new ShortAnswers();
  t.equal(answers.write('d1', answer), JSON.stringify(answer));
  answers.heard('d1', { session, opens: ['json-9', 'json-1'] });
  const short = answers.write('d1', answer);
  if (typeof short === 'string') throw new Error('it was to be short');
  t.same(JSON.parse(new TextDecoder().decode(longJson(short, expand) ?? undefined)), answer);
  t.equal(answers.write('d2', answer), JSON.stringify(answer), 'another drone');
  t.type(answers.write('d1', { ...answer, session: 'fedcba9876543210' }), 'string', 'another session');
  answers.heard('d1', { session });
  t.type(answers.write('d1', answer), 'string');
});
