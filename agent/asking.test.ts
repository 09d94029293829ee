import t from 'tap';
import { nobodyThere } from './asking.ts';

t.test('why nobody answered decides what is to be done', async (t) => {
  for (const [reason, words] of [
    ['ENOENT', /no agent answers at \/srv\/agent\.sock \(ENOENT\)\. Start it with "skein-agent run"/],
    ['ECONNREFUSED', /Start it/],
    ['EACCES', /you may not ask the agent at \/srv\/agent\.sock .* with sudo/],
    ['no answer within 3 s', /did not answer \(no answer within 3 s\): it is busy, or it hangs\. Ask again; .*doctor/],
  ] as const) {
    const said = nobodyThere('/srv', reason).join(' ');
    t.match(said, words, reason);
    if (!/^E(NOENT|CONN)/.test(reason)) t.notMatch(said, /skein-agent run/, 'one runs already');
  }
});
