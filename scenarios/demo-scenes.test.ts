/** What each scene of the demo says to look at is in what the page shows it from. In the soak; `SCENE=storm` plays that one. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import t from 'tap';
import { inRepository } from './kit/paths.ts';
import { isSoak } from './kit/seed.ts';
import { until, within } from './kit/until.ts';

/** A simulated drone takes some minutes to its first take-off on a busy machine. */
const PLAYED_MS = 300_000;
const SEEN_MS = 120_000;
const END_TIMEOUT_MS = 60_000;

type Get = <T>(path: string) => Promise<T>;
interface Order {
  readonly drone: string | null;
  readonly state: string;
  readonly words: string | null;
}
interface Drone {
  readonly freshness: { readonly state: string };
  readonly control: { readonly state: string };
  readonly trust: { readonly state: string } | null;
}

const drone = (get: Get, id: string) => get<Drone>(`/drones/${id}`);
const orders = async (get: Get) => (await get<{ orders: readonly Order[] }>('/orders?limit=20')).orders;
const alerts = async (get: Get, id: string) => {
  const { alerts: found } = await get<{ alerts: readonly { class: string; drone: string | null }[] }>(
    '/alerts?open=true&limit=50',
  );
  return found.filter((one) => one.drone === id).map((one) => one.class);
};
/** Of the newest command of a type to it. */
const stateOf = async (get: Get, id: string, type: string) => {
  const { commands } = await get<{
    commands: readonly {
      readonly type: string;
      readonly deliveries: readonly {
        readonly drone: string;
        readonly state: string;
        readonly reason: string | null;
      }[];
    }[];
  }>('/commands?limit=50');
  const found = commands.find((one) => one.type === type && one.deliveries.some((each) => each.drone === id));
  const delivery = found?.deliveries.find((each) => each.drone === id);
  return delivery === undefined ? '' : `${delivery.state} ${delivery.reason}`;
};

/** In this order, by scene; `ids` are the drones that its lines name. */
const SEEN: Readonly<Record<string, Readonly<Record<string, (get: Get, ids: readonly string[]) => Promise<boolean>>>>> =
  {
    outage: {
      stale: async (get, [id = '']) => (await drone(get, id)).freshness.state === 'stale',
      'lost after 30 s': async (get, [id = '']) => (await drone(get, id)).freshness.state === 'lost',
      'right at once': async (get, [id = '']) => (await drone(get, id)).freshness.state === 'fresh',
      'history filled in later': async (get, [id = '']) => {
        const fromMs = Date.now() - 600_000;
        const asked = `/drones/${id}/telemetry?kind=position&from=${fromMs}&to=${Date.now() + 60_000}&maxPoints=100`;
        return (await get<{ filledLater: readonly unknown[] }>(asked)).filledLater.length > 0;
      },
    },
    reboot: {
      'proved on the ground': async (get, [id = '']) => /^succeeded/.test(await stateOf(get, id, 'reboot')),
      'refused in the air': async (get, [, id = '']) => /^rejected armed/.test(await stateOf(get, id, 'reboot')),
    },
    'bad-gps': {
      'not trusted': async (get, [id = '']) => /suspect|rejected/.test((await drone(get, id)).trust?.state ?? ''),
      'landed by its failsafe': async (get, [id = '']) => (await drone(get, id)).control.state === 'autopilot-failsafe',
      'an alert': async (get, [id = '']) => (await alerts(get, id)).includes('control-taken'),
    },
    'lost-drone': {
      lost: async (get, [id = '']) => (await drone(get, id)).freshness.state === 'lost',
      'its order is given to nobody': async (get, [id = '']) =>
        (await orders(get)).some(
          (one) => one.drone === id && one.state === 'outbound' && /is silent/.test(one.words ?? ''),
        ),
    },
    storm: {
      'orders say why they wait': async (get) =>
        (await orders(get)).some(({ words }) => /ground stop by Ann: storm/.test(words ?? '')),
      'who flies goes on': async (get) =>
        (await orders(get)).some(({ state }) => /outbound|releasing|returning/.test(state)),
    },
    takeover: {
      'the pilot has it': async (get, [id = '']) => (await drone(get, id)).control.state === 'pilot',
      'an alert': async (get, [id = '']) => (await alerts(get, id)).includes('control-taken'),
    },
    'broker-down': {
      'nobody is there': async (get) =>
        get('/drones').then(
          () => false,
          () => true,
        ),
      'back, with the order where it was': async (get) =>
        (await orders(get)).some(({ state }) => /outbound|releasing|returning|closed/.test(state)),
    },
  };

async function play(scene: string, onStarted: (child: ChildProcess) => void) {
  const env = { ...process.env, SCENE: scene };
  const child = spawn(process.execPath, [inRepository('scenarios/demo.ts')], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env,
  });
  onStarted(child);
  const lines: string[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
  const all = () => lines.join('\n');
  const wait = { timeoutMs: PLAYED_MS, seen: () => lines.slice(-20) };
  const { value: url } = await until(() => all().match(/Open (http:\/\/\S+)/)?.[1], { ...wait, what: 'its address' });
  await until(() => all().match(/▶/), { ...wait, what: 'the scene' });
  const get: Get = async <T>(path: string) => {
    const answer = await fetch(`${url}/api/v1${path}`, { signal: AbortSignal.timeout(5000) });
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return (await answer.json()) as T;
  };
  const ids = () => [...all().matchAll(/▶ (?:reboot of )?([a-z]+-\d+)/g)].map(([, id = '']) => id);
  return { child, get, ids };
}

const asked = process.env.SCENE;
const played = Object.keys(SEEN).filter((scene) => (asked === undefined ? isSoak() : scene === asked));

for (const scene of played) {
  t.test(`the demo's scene ${scene} shows what it says`, { timeout: 900_000 }, async (t) => {
    const started: ChildProcess[] = [];
    t.teardown(() => {
      for (const child of started) child.kill('SIGKILL');
    });
    const { child, get, ids } = await play(scene, (one) => started.push(one));
    for (const [what, isSeen] of Object.entries(SEEN[scene] ?? {})) {
      await until(() => isSeen(get, ids()), { timeoutMs: SEEN_MS, everyMs: 500, what: `${scene}: ${what}`, seen: ids });
      t.pass(what);
    }
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGINT');
    t.equal(await within(exited, END_TIMEOUT_MS, 'its end'), 0);
  });
}

t.test('each scene that the demo has is looked at', async (t) => {
  const { SCENES } = await import('./city/scenes.ts');
  t.same(Object.keys(SEEN).sort(), Object.keys(SCENES).sort());
});
