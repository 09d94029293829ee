/** What is made from the table of commands: help, the man page, completion. */
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import t from 'tap';
import { commandHelp, commandsOf, completion, manPage, overview } from './cli/index.ts';
import { AgentConfig } from './config.ts';
import { PROGRAM } from './program.ts';

const MAN = fileURLToPath(new URL('../docs/man/skein-agent.1', import.meta.url));
const commands = commandsOf(PROGRAM);

t.test('every command can be learnt from its help', async (t) => {
  for (const command of commands) {
    const help = commandHelp(PROGRAM, command);
    for (const { name } of command.flags) t.match(help, `--${name}`, `${command.name} --${name}`);
    for (const { line } of command.examples) {
      t.ok(line.startsWith(command.name), `an example of ${command.name}`);
      // Brackets and quotes that the shell would take for its own.
      if (line.includes('| jq')) t.match(line, /\| jq (-r )?('[^']+'|[.A-Za-z]+)$/, line);
    }
    t.match(overview(PROGRAM), ` ${command.name} `);
    t.ok(
      help.split('\n').every((line) => line.length <= 100 || line.includes('skein-agent ')),
      command.name,
    );
  }
});

t.test('no name stands for two things', async (t) => {
  const names = commands.flatMap(({ name, aliases = [] }) => [name, ...aliases]);
  t.equal(new Set(names).size, names.length);
  for (const { name, flags, settings } of commands) {
    const own = flags.flatMap(({ name, short }) => [name, ...(short === undefined ? [] : [short])]);
    t.equal(new Set(own).size, own.length, name);
    t.same(
      own.filter((flag) => (settings && flag in AgentConfig.properties) || ['config', 'help', 'h'].includes(flag)),
      [],
      `${name}: a flag that is a setting too would hide it`,
    );
  }
});

t.test('the man page of the source is made from the table', async (t) => {
  t.equal(
    readFileSync(MAN, 'utf8'),
    manPage(PROGRAM),
    'write it anew: node agent/skein-agent.js man > docs/man/skein-agent.1',
  );
});

t.test('no sentence of the man page ends twice', async (t) => t.notMatch(manPage(PROGRAM), /[?.]\.$/m));

t.test('groff takes the man page without complaint', { skip: !has('groff') && 'there is no groff here' }, async (t) => {
  const { stdout, stderr } = spawnSync('groff', ['-man', '-Tutf8', '-ww', '-k'], { input: manPage(PROGRAM) });
  t.equal(stderr.toString(), '');
  t.match(stdout.toString(), /skein.agent/);
});

function has(program: string): boolean {
  return spawnSync(program, ['--version']).error === undefined;
}

/** What bash offers behind these words. */
function offered(...words: readonly string[]): string[] {
  const script = `${completion(PROGRAM, 'bash')}
COMP_WORDS=(skein-agent ${words.map((word) => `'${word}'`).join(' ')}); COMP_CWORD=${words.length}
_skein_agent; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).trim().split('\n');
}

t.test(
  'bash offers commands, their flags, values and words',
  { skip: !has('bash') && 'there is no bash' },
  async (t) => {
    t.same(
      offered(''),
      commands.map(({ name }) => name),
    );
    t.same(offered('st'), ['stations', 'status']);
    t.same(offered('params', '--'), ['--apply', '--safety', '--calibration', '--json', '--config', '--help']);
    t.same(offered('params', 're'), ['restore']);
    t.same(offered('completion', ''), ['bash', 'zsh', 'fish']);
    t.same(offered('help', 'do'), ['doctor']);
    t.same(offered('decode', 'x'), [''], 'files are left to bash');
  },
);

t.test('the scripts of all shells are whole', async (t) => {
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const script = completion(PROGRAM, shell);
    for (const { name } of commands) t.match(script, name);
    if (has(shell)) t.equal(spawnSync(shell, ['-n'], { input: script }).stderr.toString(), '', shell);
  }
});
