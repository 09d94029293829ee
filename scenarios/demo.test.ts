import { type ChildProcess, spawn } from 'node:child_process';
import net from 'node:net';
import { createInterface } from 'node:readline';
import t from 'tap';
import { inRepository } from './kit/paths.ts';
import { STANDING } from './kit/places.ts';
import { isFree } from './kit/ports.ts';
import { descendants, isAlive } from './kit/processes.ts';
import { until, within } from './kit/until.ts';

const START_TIMEOUT_MS = 90_000;
const END_TIMEOUT_MS = 30_000;

interface Demo {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly address: string;
  readonly exited: Promise<number | null>;
}

/** What `make run` runs once everything is built. */
async function startDemo(onStarted: (child: ChildProcess) => void): Promise<Demo> {
  const child = spawn(process.execPath, [inRepository('scenarios/demo.ts')], { stdio: ['ignore', 'pipe', 'inherit'] });
  onStarted(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const found = await until(() => lines.join('\n').match(/Open (http:\/\/\S+)/)?.[1], {
    timeoutMs: START_TIMEOUT_MS,
    what: 'the demo to print its address',
    seen: () => lines,
  });
  return { child, lines, address: found.value, exited };
}

/** The drone on the ground gets a delivery once nothing speaks against its start; resolves with how that stands. */
async function canDeliver(address: string): Promise<string> {
  const call = async (path: string, body?: unknown): Promise<unknown> => {
    const post = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
    const answer = await fetch(`${address}/api/v1${path}`, body === undefined ? {} : post);
    return answer.json();
  };
  const { id, home } = STANDING;
  const verdict = async (): Promise<string | undefined> => {
    const { kinds } = (await call(`/drones/${id}`)) as { kinds: { preflight?: { values: { verdict: string } } } };
    return kinds.preflight?.values.verdict;
  };
  await until(async () => (await verdict()) === 'ok', {
    timeoutMs: START_TIMEOUT_MS,
    everyMs: 500,
    what: `${id} ready`,
  });
  const { latDeg, lonDeg } = home;
  const there = { latDeg: latDeg + 0.001, lonDeg, altM: 30, frame: 'home' };
  const door = { do: 'deliver', ...there, how: 'drop', releaseAltM: 10, parcel: 'P-1' };
  const items = [{ do: 'take-off', altM: 30 }, door, { do: 'return' }];
  await call('/itineraries', { id: 'first', version: 1, base: { latDeg, lonDeg }, items });
  await call('/itineraries/first/assign', { targets: [id] });
  const stand = async (): Promise<string> => {
    const { drones } = (await call('/itineraries/first')) as { drones: readonly { state: string }[] };
    return drones[0]?.state ?? 'none';
  };
  const answered = async (): Promise<boolean> => /verified|refused|failed/.test(await stand());
  await until(answered, { timeoutMs: 30_000, everyMs: 500, what: 'its answer' });
  return stand();
}

async function endDemo(demo: Demo, how: NodeJS.Signals): Promise<{ code: number | null; left: number[] }> {
  const family = descendants(demo.child.pid ?? 0);
  demo.child.kill(how);
  const code = await within(demo.exited, END_TIMEOUT_MS, `the demo to end on ${how}`);
  await until(() => !family.some(isAlive), {
    timeoutMs: END_TIMEOUT_MS,
    what: 'every process of the demo to be gone',
    seen: () => family.filter(isAlive),
  });
  return { code, left: family.filter(isAlive) };
}

/** Holds a port; one that somebody else holds already is as good. */
async function occupy(port: number): Promise<() => void> {
  if (!(await isFree(port))) return () => {};
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return () => server.close();
}

t.test(
  'the demo starts twice in a row, finds other ports when its own are taken, and leaves nothing behind',
  async (t) => {
    const started: ChildProcess[] = [];
    t.teardown(() => {
      for (const child of started) child.kill('SIGKILL');
    });

    for (const run of ['first', 'second']) {
      // given / when: it is started, and ended with Ctrl-C as soon as it is live
      const wasFree = await isFree(8080);
      const demo = await startDemo((child) => started.push(child));
      if (wasFree) t.equal(demo.address, 'http://127.0.0.1:8080', `${run} run: the usual port`);
      t.equal((await fetch(demo.address)).status, 200, `${run} run: the page is there`);
      if (run === 'first') {
        t.equal(await canDeliver(demo.address), 'verified', 'one stands ready, and takes a delivery');
        t.match(demo.lines.join('\n'), new RegExp(`${STANDING.id} stands ready`));
        t.match(
          demo.lines.join('\n'),
          /skein-agent run .*\n.*--uplink.topicRoot=skein\/1\/demo-\d+/,
          'how one is added',
        );
      }

      // then: it ends by itself, in order, with all its processes
      t.same(await endDemo(demo, 'SIGINT'), { code: 0, left: [] }, `${run} run ended`);
      t.match(demo.lines.at(-1), /All ended/);
    }

    // given: both ports are taken
    const free = [await occupy(8080), await occupy(1883)];
    t.teardown(() => {
      for (const release of free) release();
    });

    // when
    const demo = await startDemo((child) => started.push(child));

    // then: it says so and uses others
    t.match(demo.lines.join('\n'), /Port 8080 \(web\) is taken; using \d+ instead/);
    t.match(demo.lines.join('\n'), /Port 1883 \(MQTT\) is taken; using \d+ instead/);
    t.not(demo.address, 'http://127.0.0.1:8080');
    t.equal((await fetch(demo.address)).status, 200);

    // and: even when it is killed -9 nothing of it goes on
    t.same(await endDemo(demo, 'SIGKILL'), { code: null, left: [] });
  },
);
