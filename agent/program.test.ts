/** What is made from the table of commands: help, the man page, completion. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { commandHelp, commandsOf, completion, manPage, overview, SHELLS, type Shell } from './cli/index.ts';
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

t.test('mandoc finds nothing wrong with it', { skip: !has('mandoc') && 'there is no mandoc here' }, async (t) => {
  // Without a date, as it is made from the source; lines as long as sentences.
  const { stdout } = spawnSync('mandoc', ['-T', 'lint', '-W', 'warning'], { input: manPage(PROGRAM) });
  t.notMatch(stdout.toString(), /(WARNING|ERROR|UNSUPP): (?!missing date)/);
});

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

/** A script in a file, as people install it; fish reads none from the socket that is a child's standard input here. */
function installed(test: Test, shell: Shell): string {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  const file = join(root, `skein-agent.${shell}`);
  writeFileSync(file, completion(PROGRAM, shell));
  return file;
}

t.test('the scripts of all shells are whole', async (t) => {
  for (const shell of SHELLS) {
    const script = completion(PROGRAM, shell);
    for (const { name } of commands) t.match(script, name);
    if (has(shell)) t.equal(spawnSync(shell, ['-n', installed(t, shell)]).stderr.toString(), '', shell);
  }
});

t.test('bash loads its script by the line that it names', { skip: !has('bash') && 'there is no bash' }, async (t) => {
  const loaded = spawnSync('bash', ['-c', `source ${installed(t, 'bash')} && complete -p skein-agent`]);
  t.match(loaded.stdout.toString(), /complete -o default -F _skein_agent skein-agent/);
  const options = (...words: readonly string[]): string => {
    const typed = `COMP_WORDS=(skein-agent ${words.join(' ')} ''); COMP_CWORD=${words.length + 1}`;
    const script = `compopt() { echo "$*"; }; source ${installed(t, 'bash')}; ${typed}; _skein_agent`;
    return spawnSync('bash', ['-c', script]).stdout.toString().trim();
  };
  t.equal(options('status'), '+o default', 'it takes no words, and is offered no files');
  t.equal(options('status', '--config'), '', 'but for the value of a flag');
  t.equal(options('decode'), '');
});

t.test('fish loads its script, and offers what there is', { skip: !has('fish') && 'there is no fish' }, async (t) => {
  const file = installed(t, 'fish');
  const offers = (typed: string): string[] => {
    const { stdout, stderr } = spawnSync('fish', ['--no-config', '-c', `source ${file}; complete -C '${typed}'`]);
    t.equal(stderr.toString(), '', typed);
    const lines = stdout.toString().trim().split('\n');
    return lines.map((line) => line.split('\t')[0] ?? '');
  };
  t.same(offers('skein-agent ').sort(), commands.map(({ name }) => name).sort());
  t.same(offers('skein-agent logs --level w'), ['warn']);
  t.same(offers('skein-agent logs --fo'), ['--follow']);
  t.same(offers('skein-agent params re'), ['restore']);
  t.same(offers('skein-agent status '), [''], 'it takes no words');
});

t.test(
  'zsh loads its script, and gives it to its completion',
  { skip: !has('zsh') && 'there is no zsh' },
  async (t) => {
    const stub = `_arguments() { print -l -- "$@" }; words=(skein-agent logs ''); CURRENT=3; _skein_agent`;
    const script = `autoload -U compinit; compinit -u -D; source ${installed(t, 'zsh')}; print $_comps[skein-agent]; ${stub}`;
    const { stdout, stderr } = spawnSync('zsh', ['-f', '-c', script]);
    t.equal(stderr.toString(), '');
    const [name, ...offered] = stdout.toString().trim().split('\n');
    t.equal(name, '_skein_agent');
    t.ok(offered.includes('--level[this and worse]:LEVEL:(trace debug info warn error fatal)'), offered.join('\n'));
    t.ok(offered.some((one) => one.startsWith('-f[')));
  },
);
