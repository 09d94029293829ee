import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import path from 'node:path';
import { resolveConfig } from '@skein/protocol/config';
import Database from 'better-sqlite3';
import { parse } from 'smol-toml';
import t, { type Test } from 'tap';
import { ConfigSchema, configProblems } from './config.ts';
import { tempDir, testConfig } from './testing/controller.ts';
import { FakeAgent, position } from './testing/fake-agent.ts';
import { until } from './testing/until.ts';

const SHIM = path.join(import.meta.dirname, 'skein-controller.js');

/** The program as a process of its own. */
function program(t: Test, args: readonly string[], env: Record<string, string> = {}) {
  const child: ChildProcess = spawn(process.execPath, [SHIM, ...args], {
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const out = { stdout: '', stderr: '', code: null as number | null };
  child.stdout?.on('data', (chunk) => {
    out.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    out.stderr += chunk;
  });
  const exited = once(child, 'close').then(([code]) => {
    out.code = code;
  });
  t.teardown(async () => {
    child.kill('SIGKILL');
    await exited;
  });
  return { child, out, exited };
}

async function run(t: Test, dataDir: string, env: Record<string, string> = {}) {
  const flags = [`--dataDir=${dataDir}`, '--http.port=0', '--broker.port=0', '--log.stderr=false'];
  const started = program(t, ['run', ...flags], env);
  await until(() => started.out.stdout.includes('\n'), 'its line', 30_000);
  const line = JSON.parse(started.out.stdout) as { event: string; http: string; mqtt: string };
  return { ...started, line };
}

t.test('killed with -9 under traffic, again and again: every acked batch is there once', async (t) => {
  const dataDir = tempDir();
  const agent = new FakeAgent({ drone: 'd1', session: 'aaaaaaaa00000001', epoch: '00000000000000a1' });
  let sent = 0;
  const temporary = tempDir();
  for (let round = 0; round < 3; round++) {
    const { child, line, exited } = await run(t, dataDir, { TMPDIR: temporary });
    t.equal(line.event, 'listening');
    agent.acks.length = 0;
    await agent.connectTo(line.mqtt);
    agent.presence();
    const begin = (await agent.acked('history', 0)).upTo;
    t.ok(begin <= sent, `${begin} of ${sent} were committed`);
    for (let seq = begin + 1; seq <= begin + 200; seq++) {
      agent.send('history', agent.batch('history', seq, [position(seq * 1e6)]));
      sent = Math.max(sent, seq);
    }
    const acked = (await agent.acked('history', begin + 1)).upTo;
    child.kill('SIGKILL');
    await exited;
    await until(() => agent.closed, 'the connection to break');
    t.comment(`killed with ${acked} acked`);
  }
  const cache = path.join(temporary, 'node-compile-cache');
  t.ok(
    fs.existsSync(cache) && fs.readdirSync(cache).length > 0,
    'what its threads load is compiled for the next start',
  );
  const { line, child, exited, out } = await run(t, dataDir);
  agent.acks.length = 0;
  await agent.connectTo(line.mqtt);
  agent.presence();
  const upTo = (await agent.acked('history', 1)).upTo;
  const url = `${line.http}/api/v1/drones/d1/telemetry?kind=position&from=0&to=2100-01-01T00:00:00Z`;
  const { rows } = (await (await fetch(url)).json()) as { rows: number };
  t.equal(rows, upTo, 'as many as acked, none twice');
  child.kill('SIGTERM');
  await exited;
  t.equal(out.code, 0, 'ends cleanly when asked to');
  t.ok(fs.readdirSync(path.join(dataDir, 'log')).some((name) => name.startsWith('controller.')));
});

t.test(
  'what is wrong is said on one line each, and the exit code tells settings (2) from what cannot run here (1)',
  async (t) => {
    const cases: [string[], RegExp, number?][] = [
      [['run', '--http.prot=1'], /http\.prot is not known; did you mean http\.port\?/],
      [['run', '--http.port=x'], /http\.port/],
      [['run', '--http.host=0.0.0.0'], /http\.host .*loopback only, because TLS and accounts do not exist yet/],
      [['run', '--store.url=postgres://x'], /only SQLite is there yet/],
      [['run', '--config=/nowhere.toml'], /\/nowhere\.toml cannot be read/],
      [
        ['run', `--dataDir=${SHIM}/data`, '--http.port=0', '--broker.port=0'],
        /cannot be written: check owner, rights/,
        1,
      ],
    ];
    for (const [args, message, code = 2] of cases) {
      const { out, exited } = program(t, [...args, ...(args.length > 2 ? ['--log.stderr=false'] : [])]);
      await exited;
      t.equal(out.code, code, args.join(' '));
      t.match(out.stderr, message);
      t.notMatch(out.stderr, /^\s+at /m, 'no stack trace');
    }
    const { out, exited } = program(t, ['config', '--print'], { SKEIN_HTTP_PORT: '1234' });
    await exited;
    t.match(out.stdout, /port = 1234 {2}# set by environment/);
  },
);

t.test(
  'verify and rebuild: what a controller has stored is sound, and made again the same; what was changed is named',
  async (t) => {
    const dataDir = tempDir();
    const { child, exited, line } = await run(t, dataDir);
    const agent = new FakeAgent({ drone: 'd1', session: 'aaaaaaaa00000001', epoch: '00000000000000a1' });
    await agent.connectTo(line.mqtt);
    agent.presence();
    await agent.acked('history', 0);
    const to = path.join(tempDir(), 'copy');
    const again = ['restore', `--from=${to}`, `--damaged=${dataDir}`];
    const beside = async (...args: string[]) => {
      const { out, exited } = program(t, args);
      await exited;
      return out;
    };
    t.match(await beside('backup', `--to=${to}`, `--dataDir=${dataDir}`), {
      code: 0,
      stdout: /signed up to event \d+/,
    });
    t.match(await beside(...again, `--dataDir=${to}-new`), {
      code: 1,
      stderr: /runs on this directory: stop it first/,
    });
    child.kill('SIGTERM');
    await exited;
    t.match(await beside(...again, `--dataDir=${to}-new`), { code: 0, stdout: /no event is known to be lost/ });
    const tool = (...args: string[]) => beside(...args, `--dataDir=${dataDir}`);
    t.match(await tool('verify'), { code: 0, stdout: /sound\n$/, stderr: '' });
    t.match(await tool('rebuild'), { code: 0, stdout: /the same as before/ });
    const db = new Database(path.join(dataDir, 'core.db'));
    db.exec("UPDATE event SET data = '{}' WHERE type = 'session'");
    db.close();
    t.match(await tool('verify'), {
      code: 3,
      stdout: /edited: entity drone:d1, version \d+, id \d+: .*\n(.*\n)*NOT SOUND/,
    });
    t.match(
      JSON.parse((await beside('verify', '--json', `--dataDir=${to}`)).stdout),
      { ok: true, unknown: /^every event there is/ },
      'the copy is, and all of it is signed',
    );
    t.match(await tool('verify', '--key=/nowhere.pem'), { code: 1, stderr: /nowhere\.pem/ });
  },
);

t.test('a command asked for help tells it and does nothing else', async (t) => {
  for (const args of [
    ['backup', '--help'],
    ['run', '-h'],
  ]) {
    const { out, exited } = program(t, args);
    await exited;
    t.match(out, { code: 0, stdout: /skein-controller backup {3}--to=DIR/, stderr: '' }, args.join(' '));
  }
});

t.test('the example file is the default, every key of it', (t) => {
  const text = fs.readFileSync(path.join(import.meta.dirname, 'controller.example.toml'), 'utf8');
  const resolved = resolveConfig(ConfigSchema, { file: parse(text) });
  const defaults = resolveConfig(ConfigSchema, {});
  t.ok(resolved.ok && defaults.ok);
  if (!resolved.ok || !defaults.ok) throw new Error('the example does not resolve');
  t.same(resolved.config, defaults.config);
  t.same([...new Set(Object.values(resolved.sources))], ['file'], 'no key is missing in it');
  t.same(configProblems(resolved.config), []);
  t.end();
});

t.test('what the schema cannot say is checked', (t) => {
  const problems = (flag: string) => configProblems(testConfig('x', [flag]));
  t.match(problems('--broker.host=192.168.1.1'), [/broker\.host/]);
  t.match(problems('--broker.url=ws://x'), [/broker\.url/]);
  t.same(problems('--broker.url=mqtt://127.0.0.1:1884'), []);
  t.end();
});
