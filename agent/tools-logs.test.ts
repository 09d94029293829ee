/** `skein-agent logs` as it is typed. */
import { spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { typed } from './testing/typed.ts';

const SHIM = fileURLToPath(new URL('./skein-agent.js', import.meta.url));
const NOON = Date.parse('2026-11-21T12:00:00Z');
const line = (minute: number, level: number, msg: string) =>
  `${JSON.stringify({ level, time: NOON + minute * 60_000, drone: 'd', part: 'link', msg })}\n`;

function given(test: Test): string {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'log'));
  writeFileSync(join(root, 'log', 'skein-agent.1.log'), line(0, 30, 'began') + line(1, 40, 'not well'));
  writeFileSync(join(root, 'log', 'skein-agent.2.log'), `${line(2, 30, 'well')}{"level":30,"time`);
  return root;
}

t.test('what is asked for, in order, and what is no line is said', async (t) => {
  const root = given(t);
  const logs = (...args: string[]) => typed('logs', `--dataDir=${root}`, '--display.timeZone=Europe/Paris', ...args);
  t.match(await logs(), {
    code: 0,
    out: /^2026-11-21 13:00:00\.000 UTC\+1 {2}INFO .*began\n.*WARN .*not well\n.*well\n\{"level":30,"time\n$/,
    err: /1 lines in .* are no log lines/,
  });
  t.match(await logs('--level=warn', '--since', '2026-11-21T13:00'), { code: 0, out: /^[^\n]*not well\n$/ });
  t.equal((await logs('--json', '-n', '1')).out, line(2, 30, 'well'));
  t.equal((await logs('--level=warn', '-n', '0')).err.includes('nothing'), false, 'there is one');
  t.match(await logs('--since', 'soon'), { code: 2, out: '', err: /--since soon: write 10m/ });
  rmSync(join(root, 'log'), { recursive: true });
  t.match(await logs(), { code: 1, out: '', err: /there are no log files in .*\n.*--dataDir=FOLDER/ });
});

t.test('where nothing is found, that is said, and since when', async (t) => {
  const root = given(t);
  const logs = (...args: string[]) => typed('logs', `--dataDir=${root}`, '--display.timeZone=Europe/Paris', ...args);
  for (const [args, err] of [
    [
      ['--level=error'],
      /^nothing of level error or above is in .*log since 2026-11-21 13:00:00 UTC\+1, when it begins\n/,
    ],
    [
      ['--level=warn', '--since=2026-11-21T13:01:30'],
      /^nothing of level warn or above is in .* since 2026-11-21 13:01:30 UTC\+1\n/,
    ],
    [['--grep', 'gripper', '--json'], /^no line with "gripper" is in .* since 2026-11-21 13:00:00 /],
  ] as const)
    t.match(await logs(...args), { code: 0, out: '', err }, args.join(' '));
  writeFileSync(join(root, 'log', 'skein-agent.1.log'), '');
  writeFileSync(join(root, 'log', 'skein-agent.2.log'), '');
  t.match(await logs('--level=warn'), {
    code: 0,
    out: '',
    err: /nothing of level warn or above is in .*no log line yet/,
  });
});

t.test('followed into the next file, until its reader goes away', async (t) => {
  const root = given(t);
  const child = spawn(process.execPath, [SHIM, 'logs', '-f', `--dataDir=${root}`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  let out = '';
  const ended = new Promise((resolve) => child.on('exit', resolve));
  const has = (text: string) =>
    new Promise<void>((resolve) => {
      const look = () => {
        if (!out.includes(text)) return;
        child.stdout.off('data', look);
        resolve();
      };
      child.stdout.on('data', look);
      look();
    });
  child.stdout.on('data', (bytes: Buffer) => {
    out += bytes.toString();
  });
  await has('well');
  writeFileSync(join(root, 'log', 'skein-agent.3.log'), line(3, 30, 'rotated'));
  await has('rotated');
  child.stdout.destroy();
  // It notices when it has something to say.
  const timer = setInterval(() => appendFileSync(join(root, 'log', 'skein-agent.3.log'), line(4, 30, 'unheard')), 100);
  t.equal(await ended, 0);
  clearInterval(timer);
});
