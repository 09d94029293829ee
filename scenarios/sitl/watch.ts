/**
 * Only looks: an agent and a controller against an autopilot that somebody else runs (a flight controller on a desk, or its
 * software simulator). Nothing is sent but heartbeats, requests and message intervals. Prints what came through the whole
 * thread, kind by kind.
 */
import { until } from '../kit/until.ts';
import { startGround } from './setup.ts';

const WATCH_MS = 20_000;
const BASIC = ['status', 'position', 'attitude', 'battery', 'gps', 'health', 'ekf'] as const;

interface Entry {
  readonly freshness: { readonly state: string };
  readonly kinds: Readonly<Record<string, { readonly values: unknown; readonly ageMs: number }>>;
}
interface History {
  readonly times: readonly string[];
  readonly columns?: unknown;
}

/** True when every basic kind came through. */
export async function watch(link: string): Promise<boolean> {
  const ground = await startGround(link);
  const { controller, agent } = ground;
  let failed = true;
  try {
    const entry = (): Promise<Entry> => controller.get<Entry>('/api/v1/drones/sitl');
    const first = await until(async () => (await entry()).freshness.state === 'fresh', {
      timeoutMs: 30_000,
      what: `anything from the autopilot at ${link}`,
    });
    console.log(`live after ${(first.tookMs / 1000).toFixed(1)} s; watching for ${WATCH_MS / 1000} s …`);
    const began = performance.now();
    await until(() => performance.now() - began > WATCH_MS, { timeoutMs: WATCH_MS * 2, what: 'the time to pass' });

    const seen = await entry();
    const from = Date.now() - WATCH_MS;
    for (const [kind, value] of Object.entries(seen.kinds).sort()) {
      const query = `/api/v1/drones/sitl/telemetry?kind=${kind.split('.')[0]}&from=${from}&to=${Date.now()}&maxPoints=2000`;
      const history = await controller.get<History>(query);
      const perS = ((history.times.length * 1000) / WATCH_MS).toFixed(1);
      console.log(`${kind.padEnd(12)} ${perS.padStart(5)} /s  ${JSON.stringify(value.values).slice(0, 150)}`);
    }
    const status = await agent.status();
    console.log(JSON.stringify({ link: status.link, vehicle: status.vehicle, outbox: status.outbox }, null, 1));
    const missing = BASIC.filter((kind) => seen.kinds[kind] === undefined);
    failed = missing.length > 0;
    console.log(failed ? `missing: ${missing.join(', ')}` : 'every basic kind came through');
  } finally {
    await ground.close(failed);
    if (failed) console.error(`logs are kept in ${ground.dir}`);
  }
  return !failed;
}
