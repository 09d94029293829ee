/** A technician beside a drone, without a network: what happened, what waits, and what is taken home. */
import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t from 'tap';
import { unzip } from '../../agent/testing/unzip.ts';
import { Agent } from '../kit/agent.ts';
import { programs } from '../kit/paths.ts';
import { FLEET } from '../kit/places.ts';
import { withFullDisk } from '../kit/private-mount.ts';
import { Simulator } from '../kit/simulator.ts';
import { until } from '../kit/until.ts';

const SECRET = 'hush-hush';

interface Said {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** A program with its arguments, to its end. */
function run(command: string, ...args: readonly string[]): Promise<Said> {
  return new Promise((resolve) => {
    execFile(command, args, { maxBuffer: 64 << 20 }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : -1, out, err }),
    );
  });
}

t.test('what happened, what waits, what is taken home: with the agent running, and stopped', async (t) => {
  // given: a drone that flies, whose agent reaches no controller and records
  const place = FLEET[0];
  if (place === undefined) throw new Error('no place');
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-field-'));
  const simulator = new Simulator({ ...place, dir, link: 'tcp' });
  const agent = new Agent({
    id: place.id,
    dir,
    linkUrl: () => simulator.linkUrl,
    brokerUrl: 'mqtt://127.0.0.1:9',
    extraArgs: [`--uplink.password=${SECRET}`],
  });
  t.teardown(async () => {
    await agent.stop();
    await simulator.program.stop();
    fs.rmSync(dir, { recursive: true, force: true });
  });
  await simulator.start();
  await agent.start();
  const skein = (...args: readonly string[]): Promise<Said> =>
    run(process.execPath, programs.agent, ...args, `--dataDir=${agent.dataDir}`, '--display.timeZone=Europe/Zurich');
  await until(async () => /\d+ m /.test((await skein('flights')).out), {
    timeoutMs: 60_000,
    everyMs: 1_000,
    what: 'a flight with a way',
  });

  // when: everything is looked at
  const [logs, outbox, flights] = await Promise.all([
    skein('logs', '--grep', 'latched'),
    skein('outbox', '--json'),
    skein('flights', '--json'),
  ]);

  // then: each says what there is
  t.match(logs, {
    code: 0,
    err: '',
    out: /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} UTC\+\d {2}INFO {2}vehicle +autopilot latched: system 1/,
  });
  const { agent: running, survey } = JSON.parse(outbox.out);
  t.match(running, { drone: place.id, uplink: { state: /^(?!up$)/ } });
  t.ok(survey.lanes.some(({ lane, batches }: { lane: string; batches: number }) => lane === 'history' && batches > 1));
  const { flights: listed, damaged } = JSON.parse(flights.out);
  t.same(damaged, []);
  t.match(listed, [{ n: 1, beginsOnGround: false, endsOnGround: false, usedMah: Number, files: [/^skein-000001/] }]);

  // when: it is taken home, on a full disk first
  const full = path.join(dir, 'full');
  fs.mkdirSync(full);
  const [unshare = '', ...mount] = withFullDisk(full);
  const there = path.join(full, 'home.zip');
  const command = [process.execPath, programs.agent, 'bundle', '--out', there, `--dataDir=${agent.dataDir}`];
  const script = ['sh', '-c', '"$@"; code=$?; ls "$FULL"; exit $code', 'sh'];
  const refused = await run(unshare, ...mount, 'env', `FULL=${full}`, ...script, ...command);
  t.match(refused, {
    code: 1,
    out: 'somebody-else\n',
    err: /no room for .*home\.zip; what was begun of it is removed/,
  });
  const zip = path.join(dir, 'home.zip');
  t.match(await skein('bundle', '--out', zip), { code: 0, err: '', out: /home\.zip: \d+\.\d [kM]B/ });

  // then: the whole file is there, and what was recorded opens as it is
  const files = unzip(fs.readFileSync(zip));
  t.ok(['status.json', 'preflight.json', 'log/skein-agent.1.log', 'versions.json'].every((name) => files.has(name)));
  t.same(
    [...files].filter(([, content]) => content.includes(SECRET)).map(([name]) => name),
    [],
  );
  const recording = path.join(dir, 'taken.tlog');
  fs.writeFileSync(recording, files.get('recordings/skein-000001-000000.tlog') ?? '');
  const [json, gpx] = await Promise.all([
    run(process.execPath, programs.agent, 'decode', recording),
    run(process.execPath, programs.agent, 'decode', recording, '--format', 'gpx'),
  ]);
  t.match(json, { code: 0, out: /"name":"HEARTBEAT"/, err: / 0 bytes belong to no frame/ });
  t.match(gpx, { code: 0, out: /<ele>\d+(\.\d+)?<\/ele><time>20/ });

  // when: the agent is stopped; then: the same from its folder alone
  await agent.stop();
  const [later, left] = await Promise.all([skein('bundle', '--out', path.join(dir, 'later.zip')), skein('outbox')]);
  t.match(later, { code: 0, out: /! not in it: status\.json, metrics\.txt: no agent answers here/ });
  t.match(left, { code: 0, out: /^\d+ batches wait, .* No agent runs here/ });
  const afterwards = unzip(fs.readFileSync(path.join(dir, 'later.zip')));
  t.match(JSON.parse(afterwards.get('preflight.json')?.toString() ?? ''), {
    verdict: String,
    items: { length: Number },
  });
});
