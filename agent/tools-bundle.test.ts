/** One file to take home, with an agent and without, and no secret in any byte of it. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import t, { type Test } from 'tap';
import { lastSample } from './outbox/last-sample.ts';
import { aboard } from './testing/aboard.ts';
import { typed } from './testing/typed.ts';
import { until } from './testing/until.ts';
import { unzip } from './testing/unzip.ts';

const FLIGHT = fileURLToPath(new URL('../protocol/mavlink/testdata/flight-excerpt.tlog', import.meta.url));
const SECRETS = ['hush "quoted" word', 'in-the-address'];
const UPLINK = `mqtt://kite-1:${SECRETS[1]}@127.0.0.1:1`;

function given(test: Test): { readonly root: string; readonly flags: readonly string[] } {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  test.teardown(() => rmSync(root, { recursive: true, force: true }));
  for (const folder of ['log', 'recordings']) mkdirSync(join(root, folder));
  // Whatever wrote it: a library, a version that knew no better.
  const said = SECRETS.map((secret) => JSON.stringify({ level: 30, time: 1, msg: `said ${secret} and ${UPLINK}` }));
  writeFileSync(join(root, 'log', 'skein-agent.1.log'), `${said.join('\n')}\n`);
  const flight = readFileSync(FLIGHT);
  writeFileSync(join(root, 'recordings', 'skein-000001-000000.tlog'), flight.subarray(0, 40_000));
  writeFileSync(join(root, 'recordings', 'skein-000001-000001.tlog'), flight.subarray(40_000));
  writeFileSync(join(root, 'recordings', 'skein-000002-000000.tlog'), '');
  return { root, flags: [`--dataDir=${root}`, `--uplink.url=${UPLINK}`, `--uplink.password=${SECRETS[0]}`] };
}

function secretIn(files: ReadonlyMap<string, Buffer>, zip: Buffer): string | null {
  const forms = SECRETS.flatMap((secret) => [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]);
  for (const [name, content] of [...files, ['the zip itself', zip] as const]) {
    for (const form of forms) if (content.includes(form)) return `${form} in ${name}`;
  }
  return null;
}

t.test('beside a running agent', async (t) => {
  const { root, flags } = given(t);
  const out = join(root, 'out.zip');
  const started = await aboard(t, root, { RTL_ALT: 1500 }, { uplink: { url: UPLINK, password: SECRETS[0] } });
  const made = await typed('bundle', '--out', out, ...flags);
  t.match(made, { code: 0, err: '', out: /status\.json +the state[\s\S]*out\.zip: \d+\.\d kB/ });
  const zip = readFileSync(out);
  const files = unzip(zip);
  t.same([...files.keys()].filter((name) => !name.startsWith('log/')).sort(), [
    ...['about.txt', 'config.toml', 'flights.json', 'metrics.txt', 'outbox.json', 'parameters.json', 'preflight.json'],
    ...['recordings/skein-000001-000000.tlog', 'recordings/skein-000001-000001.tlog', 'state.json', 'status.json'],
    'versions.json',
  ]);
  t.equal(secretIn(files, zip), null);
  const text = (name: string) => files.get(name)?.toString() ?? '';
  t.match(JSON.parse(text('parameters.json')), { format: 'skein-parameters/1', parameters: { RTL_ALT: 1500 } });
  t.match(JSON.parse(text('status.json')), { drone: 'kite-1', session: started.status().session });
  t.match(text('config.toml'), /password = "…"/);
  t.match(text('log/skein-agent.1.log'), /said …/);
  const recorded = ['skein-000001-000000.tlog', 'skein-000001-000001.tlog'].map((name) =>
    files.get(`recordings/${name}`),
  );
  t.ok(Buffer.concat(recorded.map((part) => part ?? Buffer.alloc(0))).equals(readFileSync(FLIGHT)));
  t.match(await typed('bundle', '--out', out, ...flags), { code: 1, err: /is there already: nothing is overwritten/ });
  t.ok(readFileSync(out).equals(zip));
  const unknown = join(root, 'unknown.zip');
  const without = await typed('bundle', '--flight=none', '--out', unknown, `--dataDir=${root}`);
  t.match(without.out, /! The agent has a password that this command was not given/);
  t.match(without.out, /^! not in it: recordings\/: left out, as asked \(--flight none\)$/m);
  const others = unzip(readFileSync(unknown));
  t.match(others.get('about.txt')?.toString(), /Not in it:\n[\s\S]*recordings\/ +left out, as asked/);
  t.match(others.get('about.txt')?.toString(), /The agent has a password that this command was not given/);
  t.notOk(
    [...others.values()].some((content) => content.includes(SECRETS[1] ?? '')),
    'its address it told itself',
  );
  // Once a second the list is looked at, and what is new of it told.
  await until(() => lastSample(join(root, 'outbox.db'), 'preflight') !== null, 'the list in the outbox');
  await started.close();

  const later = join(root, 'later.zip');
  const down = await typed('bundle', '--flight=none', '--out', later, '--json', ...flags);
  t.equal(down.code, 0);
  t.match(JSON.parse(down.out), {
    file: later,
    leftOut: [
      { what: 'status.json, metrics.txt', why: /no agent answers/ },
      { what: 'recordings/', why: /as asked/ },
    ],
  });
  const left = unzip(readFileSync(later));
  t.equal(secretIn(left, readFileSync(later)), null);
  t.notOk([...left.keys()].some((name) => name.startsWith('recordings/')));
  t.match(JSON.parse(left.get('preflight.json')?.toString() ?? ''), { verdict: 'stop', items: [{ item: 'link' }] });
  t.match(JSON.parse(left.get('outbox.json')?.toString() ?? ''), {
    agent: null,
    survey: { lanes: [{ lane: 'urgent' }, {}] },
  });
});

t.test('which flight, and what cannot be', async (t) => {
  const { root, flags } = given(t);
  const recordings = async (flight: string, ...more: readonly string[]): Promise<number> => {
    const out = join(root, `${flight}.zip`);
    const made = await typed('bundle', '--flight', flight, '--out', out, ...flags, ...more);
    t.match(made, { code: 0 });
    t.equal(/fewer than five bytes was not looked for in the recordings/.test(made.out), more.length > 0);
    return [...unzip(readFileSync(out)).keys()].filter((name) => name.startsWith('recordings/')).length;
  };
  t.equal(await recordings('1'), 2);
  writeFileSync(join(root, 'recordings', 'skein-000002-000000.tlog'), 'no frame of a flight');
  t.equal(await recordings('all', '--uplink.password=four'), 3);
  t.match(await typed('bundle', '--flight=2', ...flags), { code: 1, err: /there is no flight 2.*lists 1/ });
  t.match(await typed('bundle', '--flight=first', ...flags), { code: 2, err: /write last, all, none/ });
  const nowhere = await typed('bundle', `--dataDir=${join(root, 'none')}`);
  t.match(nowhere, { code: 1, out: '', err: /there is no data directory/ });
  const unwritable = await typed('bundle', '--out', join(root, 'no', 'such', 'folder.zip'), ...flags);
  t.match(unwritable, { code: 1, out: '', err: /ENOENT/ });
  t.notOk(existsSync(join(root, 'no')));
  t.same(
    readdirSync(root)
      .filter((name) => name.endsWith('.zip'))
      .sort(),
    ['1.zip', 'all.zip'],
  );
});
