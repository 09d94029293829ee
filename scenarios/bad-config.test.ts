import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import t from 'tap';
import { programs } from './kit/paths.ts';

/** Runs a program to its end; none of these may start. */
function run(program: string, args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...args], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...process.env, ...env },
  });
  return { status, said: stdout + stderr };
}

for (const [name, program, section, wrong, right] of [
  ['skein-agent', programs.agent, 'outbox', 'budgetMb', 'outbox.budgetMB'],
  ['skein-controller', programs.controller, 'http', 'prot', 'http.port'],
] as const) {
  t.test(`${name}: a wrong key is refused and the right one named, wherever it stands`, async (t) => {
    const file = path.join(t.testdir(), 'config.toml');
    fs.writeFileSync(file, `[${section}]\n${wrong} = 1\n`);
    const said = new RegExp(`${section}\\.${wrong}[\\s\\S]*${right}`);

    const inFile = run(program, ['run', '--config', file]);
    t.match(inFile, { status: /[1-9]/, said }, 'in the file');
    t.notMatch(inFile.said, /\n\s+at /, 'no stack trace');
    t.match(run(program, ['run', `--${section}.${wrong}=1`]), { status: /[1-9]/, said }, 'as a flag');
    t.match(run(program, ['config', '--check', '--config', file]), { status: /[1-9]/, said }, 'config --check');
  });

  t.test(`${name}: a file that is missing or no TOML is refused in plain words`, async (t) => {
    const file = path.join(t.testdir(), 'config.toml');
    t.match(run(program, ['run', '--config', file]), { status: /[1-9]/, said: /config\.toml/ });
    fs.writeFileSync(file, 'this is = not [ toml\n');
    const broken = run(program, ['run', '--config', file]);
    t.match(broken, { status: /[1-9]/, said: /config\.toml/ });
    t.notMatch(broken.said, /\n\s+at /, 'no stack trace');
  });
}
