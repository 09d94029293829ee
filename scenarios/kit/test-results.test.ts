import t from 'tap';
import { resultsOf } from './test-results.ts';

const one = (name: string, ok = true): string =>
  `# Subtest: ${name}\n    ok 1\n${ok ? '' : 'not '}ok 1 - ${name} # time=1ms\n`;
const over = (file: string): string => `ok 2 - ${file} # time=0.1ms\n\n# over: ${file}, 1.50 s, 0.70 s of processor\n`;
const ended = { tookS: 4, cpuS: 2 };
const of = (files: readonly string[], tap: string, how = '0') =>
  resultsOf({ ...ended, files, tap, ended: how }).map(({ file, tookS, cpuS, count }) => {
    return `${file} ${tookS} ${cpuS} ${count.passed} ${count.failed} ${count.skipped}`;
  });

t.test('one file in its process', async (t) => {
  t.same(of(['a'], `${one('x')}${one('y')}ok 3 - z # SKIP make soak\n`), ['a 4 2 2 0 1']);
  t.same(of(['a'], one('x', false), '1'), ['a 4 2 0 1 0']);
  t.same(of(['a'], ''), ['a 4 2 0 1 0'], 'nothing shown is not well');
  t.same(of(['a'], one('x'), 'SIGKILL'), ['a 4 2 1 1 0'], 'nor is another end');
  const last = (tap: string): string | undefined => resultsOf({ ...ended, files: ['a'], tap, ended: '9' })[0]?.tap;
  t.match(last(one('x')), /^# its process ended: 9$/m, 'and why it failed is said');
  t.match(last(''), /^# it showed no test; its process ended: 9$/m);
});

t.test('several in one: each has its own', async (t) => {
  const both = `${one('x')}${over('a')}${one('y', false)}${over('b')}`;
  t.same(of(['a', 'b'], both, '1'), ['a 1.5 0.7 1 0 0', 'b 1.5 0.7 0 1 0']);
  t.same(of(['a', 'b'], `${one('x')}${over('a')}${over('b')}`), ['a 1.5 0.7 1 0 0', 'b 1.5 0.7 0 1 0'], 'an empty one');
  t.same(of(['a', 'b'], `${one('x')}${over('a')}${one('y')}${over('b')}`, '1').at(-1), 'b 1.5 0.7 1 1 0');
});

t.test('several in one, and it ends in the middle: nothing after that is well', async (t) => {
  const files = ['a', 'b', 'c'];
  t.same(of(files, `${one('x')}${over('a')}${one('y')}`, 'SIGKILL'), [
    'a 1.5 0.7 1 0 0',
    'b 2.5 2 1 1 0',
    'c 0 2 0 1 0',
  ]);
  t.same(of(files, one('x')), ['a 4 2 1 1 0', 'b 0 2 0 1 0', 'c 0 2 0 1 0']);
});
