import t from 'tap';
import type { Command } from './command.ts';
import { readLine } from './line.ts';

const SHAPE: Pick<Command, 'name' | 'usage' | 'flags' | 'words' | 'settings'> = {
  name: 'logs',
  usage: ['[--follow] [FILE]', '--level LEVEL'],
  flags: [
    { name: 'follow', short: 'f', words: 'go on' },
    { name: 'level', value: 'LEVEL', choices: ['info', 'warn'], words: 'from which on' },
    { name: 'grep', value: 'TEXT', words: 'with these words' },
  ],
  words: { least: 0, most: 1, are: 'files' },
  settings: true,
};

const read = (...args: string[]) => readLine('skein-agent', SHAPE, args);

t.test('own flags, words, the settings file, and settings with their values', async (t) => {
  const line = read(
    ...['-f', '--level', 'warn', '--grep=a=b', '--config', 'x.toml', 'one.log', '--dataDir', '/d', '--log.stdout'],
    '--link.url=tcp://h:1',
  );
  if (!line.ok) throw new Error(line.problems.join());
  t.match(line.line, {
    command: 'logs',
    configFile: 'x.toml',
    words: ['one.log'],
    flags: ['--dataDir', '/d', '--log.stdout', '--link.url=tcp://h:1'],
  });
  t.same([...line.line.switches], ['follow']);
  t.same(
    [...line.line.options],
    [
      ['level', 'warn'],
      ['grep', 'a=b'],
    ],
  );
  t.match(read('-'), { ok: true, line: { words: ['-'] } });
  t.match(read('--', '--odd'), { ok: true, line: { words: ['--odd'] } }, 'behind -- all are words');
});

t.test('what is wrong is said with what to write', async (t) => {
  const problem = (...args: string[]): string => {
    const line = read(...args);
    return line.ok ? '' : line.problems.join('\n');
  };
  t.match(problem('--level', 'wran'), /--level wran: there is info, warn \(warn\?\)/);
  t.match(problem('--level'), /--level wants a value: --level LEVEL/);
  t.match(problem('--grep', '--follow'), /--grep wants a value/);
  t.match(problem('--folow'), /--folow is no flag of logs: did you mean --follow\?/);
  t.match(problem('--follow=yes'), /takes no value/);
  t.match(problem('-x'), /-x is no flag of logs/);
  t.equal(problem('one', 'two'), 'usage: skein-agent logs [--follow] [FILE]\n       skein-agent logs --level LEVEL');
  const strict = readLine('skein-agent', { ...SHAPE, settings: false }, ['--dataDir=/d']);
  t.match(strict, { ok: false, problems: [/--dataDir is no flag of logs: "skein-agent help logs"/] });
});
