/** The command line as a person meets it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t from 'tap';

const SHIM = fileURLToPath(new URL('./skein-agent.js', import.meta.url));

function run(
  args: readonly string[],
  o: { untilLine?: RegExp } = {},
): Promise<{ code: number | null; out: string; err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [SHIM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    let out = '';
    let err = '';
    child.stdout.on('data', (text: Buffer) => {
      out += text.toString();
      if (o.untilLine?.test(out)) child.kill('SIGTERM');
    });
    child.stderr.on('data', (text: Buffer) => {
      err += text.toString();
    });
    child.on('close', (code) => resolve({ code, out, err }));
  });
}

t.test('help, version, and what is no command', async (t) => {
  const [help, version, bogus, plain, slip, ...asked] = await Promise.all([
    run(['help']),
    run(['version']),
    run(['stauts']),
    run([]),
    run(['lock', '--raeson', 'new propellers']),
    run(['help', 'lock']),
    run(['lock', '--help']),
    run(['lock', '--reason', 'new propellers', '-h']),
  ]);
  t.same(plain, help);
  t.match(help, { code: 0, err: '', out: /lock +the ground lock[\s\S]*decode +a recording/ });
  for (const one of asked) t.same(one, asked[0], 'a command asked for help does nothing else');
  t.match(asked[0], { code: 0, err: '', out: /--reason WORDS[\s\S]*Examples[\s\S]*changing propellers/ });
  t.match(version, { code: 0, out: /^skein-agent \d+\.\d+\.\d+/ });
  t.match(bogus, { code: 2, out: '', err: /no command "stauts"; did you mean status\?/ });
  t.match(slip, { code: 2, out: '', err: /did you mean --reason\?/ });
});

t.test(
  'what could not be written is a failure, in words',
  { skip: !existsSync('/dev/full') && 'no /dev/full' },
  async (t) => {
    const recording = fileURLToPath(new URL('../protocol/mavlink/testdata/flight-excerpt.tlog', import.meta.url));
    for (const args of [['help'], ['decode', recording], ['decode', recording, '--format', 'csv']]) {
      const full = openSync('/dev/full', 'w');
      const child = spawn(process.execPath, [SHIM, ...args], { stdio: ['ignore', full, 'pipe'] });
      closeSync(full);
      let err = '';
      child.stderr?.on('data', (text: Buffer) => {
        err += text.toString();
      });
      const [code] = await once(child, 'close');
      t.equal(code, 1, args.join(' '));
      t.match(err, /skein-agent: standard output: ENOSPC/);
      t.notMatch(err, /node:|\n +at /, 'no stack');
    }
  },
);

t.test('status without an agent, settings that are wrong, a file that is not there', async (t) => {
  const [status, unknown, decode, foreign] = await Promise.all([
    run(['status', '--dataDir=/no/such/dir']),
    run(['run', '--drone=x', '--outbox.bugetMB=9']),
    run(['decode', '/no/such/file']),
    run(['decode', import.meta.filename]),
  ]);
  t.match(status, { code: 3, err: /no agent answers at \/no\/such\/dir\/agent.sock/ });
  t.match(unknown, { code: 2, err: /did you mean outbox.budgetMB/ });
  t.match(decode, { code: 1, err: /ENOENT/ });
  t.match(foreign, { code: 1, out: '', err: /holds no MAVLink frame/ });
});

t.test('run prints one line when it runs, logs on standard error, ends on SIGTERM', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const args = ['run', '--drone=kite-1', `--dataDir=${root}`, '--link.url=tcp://127.0.0.1:9', '--uplink.url='];
  const { code, out, err } = await run(args, { untilLine: /started/ });
  t.equal(code, 0);
  t.match(JSON.parse(out), { event: 'started', drone: 'kite-1', session: /^[0-9a-f]{16}$/, epoch: /^[0-9a-f]{16}$/ });
  t.match(err, /nothing listens|refused/i, 'the link says what is wrong');
  t.match(err, /skein-agent closed/);
});

t.test('run --respawn starts an agent that died again, and stops with it when it is told to', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  t.teardown(() => rmSync(root, { recursive: true, force: true }));
  const args = ['run', '--respawn', '--drone=kite-1', `--dataDir=${root}`, '--link.url=tcp://127.0.0.1:9'];
  const watcher = spawn(process.execPath, [SHIM, ...args, '--uplink.url='], { stdio: ['ignore', 'pipe', 'ignore'] });
  const sessions: string[] = [];
  watcher.stdout.on('data', (text: Buffer) => {
    for (const line of text
      .toString()
      .split('\n')
      .filter((one) => one.includes('started'))) {
      sessions.push(JSON.parse(line).session);
      // The agent is the watcher's only child: the first is killed, the second is told to end.
      const child = Number(readFileSync(`/proc/${watcher.pid}/task/${watcher.pid}/children`, 'utf8'));
      if (sessions.length === 1) process.kill(child, 'SIGKILL');
      else watcher.kill('SIGTERM');
    }
  });
  const code = await new Promise((resolve) => watcher.on('close', resolve));
  t.equal(code, 0);
  t.equal(sessions.length, 2);
  t.not(sessions[0], sessions[1]);
});
