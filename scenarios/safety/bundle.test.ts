/** `skein-agent bundle`, the program itself: no secret in any byte of what it makes, and what it cannot take is said. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { encode, encodeTlogRecord } from '@skein/protocol/mavlink';
import t, { type Test } from 'tap';
import { unzip } from '../../agent/testing/unzip.ts';
import { inRepository, programs } from '../kit/paths.ts';
import { withFullDisk } from '../kit/private-mount.ts';

/** By where they stand. */
const SECRETS = {
  password: 'hush "quoted" ä/word',
  address: 'in-the-address-4711',
  station: 'station-word-4712',
  environment: 'only-in-the-environment-4713',
  token: 'tok_4714abcdef',
  key: 'MHcCAQEEIPrivateBytes4715',
  turn: 'relay-word-4716',
  bearer: 'eyJhbGciOi4717.body.sign',
} as const;
const FLIGHT = inRepository('protocol/mavlink/testdata/flight-excerpt.tlog');

interface Board {
  readonly dir: string;
  readonly data: string;
  readonly config: string;
}

function board(test: Test): Board {
  const dir = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'sb-')));
  test.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const data = path.join(dir, 'data');
  for (const folder of ['log', 'recordings']) fs.mkdirSync(path.join(data, folder), { recursive: true });
  const config = path.join(dir, 'agent.toml');
  const settings = [
    'drone = "kite-1"',
    `dataDir = ${JSON.stringify(data)}`,
    `station = ["tcp://op:${SECRETS.station}@127.0.0.1:5770"]`,
    ...['[uplink]', `url = "mqtts://kite-1:${SECRETS.address}@fleet.example:8883"`],
    `password = ${JSON.stringify(SECRETS.password)}`,
  ];
  fs.writeFileSync(config, `${settings.join('\n')}\n`);
  const key = `-----BEGIN EC PRIVATE KEY-----\n${SECRETS.key}\n-----END EC PRIVATE KEY-----`;
  const said = [
    `login with ${SECRETS.password}`,
    `mqtts://kite-1:${SECRETS.address}@fleet.example:8883: refused`,
    `turn:relay?username=x&password=${SECRETS.turn} and turns://kite:${SECRETS.turn}@relay`,
    `{"token":"${SECRETS.token}","tries":3}`,
    `Authorization: Bearer ${SECRETS.bearer}`,
    `sent with ${SECRETS.environment}`,
    key,
  ].map((msg, i) => JSON.stringify({ level: 30, time: 1_795_262_400_000 + i, drone: 'kite-1', part: 'uplink', msg }));
  // A stack trace of a program that died is no JSON, and stands there all the same.
  fs.writeFileSync(path.join(data, 'log', 'skein-agent.1.log'), `${said.join('\n')}\n${key}\n`);
  const words = `pw ${SECRETS.address} ok`;
  const frame = encode(
    'STATUSTEXT',
    { severity: 6, text: words, id: 0, chunk_seq: 0 },
    { sysid: 1, compid: 1, seq: 0 },
  );
  const late = encodeTlogRecord(Date.UTC(2026, 10, 21, 19, 40) * 1000, frame);
  fs.writeFileSync(
    path.join(data, 'recordings', 'skein-000001-000000.tlog'),
    Buffer.concat([fs.readFileSync(FLIGHT), late]),
  );
  const lock = { reason: `set by hand, password: ${SECRETS.token}`, by: `tcp://op:${SECRETS.station}@127.0.0.1` };
  fs.writeFileSync(path.join(data, 'lock.json'), JSON.stringify(lock));
  return { dir, data, config };
}

interface Made {
  readonly exit: unknown;
  readonly out: string;
  readonly err: string;
}

function bundle(
  { config }: Board,
  out: string,
  prefix: readonly string[] = [],
  more: readonly string[] = [],
): Promise<Made> {
  const [program = '', ...args] = [
    ...[...prefix, process.execPath, programs.agent, 'bundle', '--config', config, '--out', out],
    ...more,
  ];
  const env = { ...process.env, FLEET_TOKEN: SECRETS.environment };
  return new Promise((resolve) => {
    execFile(program, args, { env }, (error, stdout, err) => resolve({ exit: error?.code ?? 0, out: stdout, err }));
  });
}

t.test('no secret in any byte, however it came there', async (t) => {
  const at = board(t);
  const out = path.join(at.dir, 'bundle.zip');
  const made = await bundle(at, out);
  t.match(made, { exit: 0, err: '' });
  const zip = fs.readFileSync(out);
  const files = unzip(zip);
  for (const name of ['config.toml', 'log/skein-agent.1.log', 'recordings/skein-000001-000000.tlog', 'lock.json'])
    t.ok(files.has(name), name);
  for (const [where, secret] of Object.entries(SECRETS)) {
    const forms = [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)];
    for (const [name, content] of [...files, ['the zip', zip], ['the terminal', Buffer.from(made.out)]] as const)
      for (const form of forms) t.notOk(content.includes(form), `${where} in ${name}`);
  }
  // What is no secret is all there.
  const text = (name: string): string => files.get(name)?.toString() ?? '';
  t.match(text('log/skein-agent.1.log'), /mqtts:\/\/…@fleet\.example:8883: refused/);
  for (const line of text('log/skein-agent.1.log').split('\n').slice(0, 7)) t.ok(JSON.parse(line), line);
  t.match(JSON.parse(text('lock.json')), { reason: 'set by hand, password: …' });
  const taken = files.get('recordings/skein-000001-000000.tlog');
  t.equal(taken?.length, fs.statSync(path.join(at.data, 'recordings', 'skein-000001-000000.tlog')).size);
  t.ok(taken?.subarray(0, 100_000).equals(fs.readFileSync(FLIGHT).subarray(0, 100_000)), 'but for the one text');
  for (const said of [made.out, text('about.txt')])
    t.match(said, /of recordings\/skein-000001-000000\.tlog:? +a password stood in it, once: written over there/);
});

/** Root reads everything, unless it lays that down. */
const asAnybody = process.getuid?.() === 0 ? ['setpriv', '--bounding-set', '-all', '--'] : [];

t.test(
  'what cannot be read is said, inside and on the terminal',
  { skip: process.platform === 'linux' ? false : 'setpriv is needed' },
  async (t) => {
    const at = board(t);
    fs.copyFileSync(FLIGHT, path.join(at.data, 'recordings', 'skein-000002-000000.tlog'));
    fs.writeFileSync(path.join(at.data, 'log', 'skein-agent.2.log'), '{"level":30,"time":1,"msg":"x"}\n');
    for (const file of ['recordings/skein-000001-000000.tlog', 'log/skein-agent.1.log', 'lock.json'])
      fs.chmodSync(path.join(at.data, file), 0o000);
    fs.writeFileSync(path.join(at.data, 'outbox.db'), 'no database');
    const out = path.join(at.dir, 'part.zip');
    const made = await bundle(at, out, asAnybody, ['--flight', 'all']);
    t.match(made, { exit: 0, err: '' });
    const files = unzip(fs.readFileSync(out));
    const about = files.get('about.txt')?.toString() ?? '';
    for (const what of [
      'recordings/skein-000001-000000.tlog',
      'log/skein-agent.1.log',
      'lock.json',
      'of outbox.json',
      'status.json, metrics.txt',
    ]) {
      t.match(made.out, `! not in it: ${what}: `, what);
      t.match(about.split('Not in it:')[1], what, what);
    }
    t.match(about, /skein-000001-000000\.tlog +only 0 of \d+ bytes: EACCES/);
    t.ok(files.get('recordings/skein-000002-000000.tlog')?.equals(fs.readFileSync(FLIGHT)), 'the other is whole');
    t.ok(files.has('log/skein-agent.2.log'));
  },
);

t.test(
  'without room there is no half of one',
  { skip: process.platform === 'linux' ? false : 'a name space for mounts is needed' },
  async (t) => {
    const at = board(t);
    const full = path.join(at.dir, 'full');
    fs.mkdirSync(full);
    // The disk is seen by the program alone: it is listed before it goes.
    const listed = ['sh', '-c', `"$@"; code=$?; ls "${full}"; exit $code`, 'sh'];
    const made = await bundle(at, path.join(full, 'x.zip'), [...withFullDisk(full), ...listed]);
    t.match(made, { exit: 1, out: 'somebody-else\n', err: /no room for .*x\.zip; what was begun of it is removed/ });
  },
);
