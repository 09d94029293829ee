/**
 * What whoever stands beside the drone can ask and order over the local socket (`skein-agent preflight`, `lock`, `params` …).
 * Owning the socket is the right to it: no network reaches it.
 */

import { renderConfig } from '@skein/protocol/config';
import { reasonWords } from '@skein/protocol/fleet';
import { AgentConfig, SECRET_KEYS } from './config.ts';
import { FORMAT, restore, type Snapshot } from './params/index.ts';
import type { AgentPorts } from './ports.ts';
import type { Safety } from './safety.ts';
import type { Stations, StationsAnswer } from './stations/index.ts';
import { type RouteAnswer, type Routes, refusal } from './status/index.ts';
import type { Vehicle } from './vehicle/index.ts';

export interface RouteParts {
  readonly config: AgentConfig;
  readonly ports: AgentPorts;
  readonly vehicle: Vehicle;
  readonly safety: Safety;
  readonly stations: Stations;
  readonly clock: { read(nowUs: number): { readonly utcUs: number } | null };
  readonly commanding: { newPack(pack: string | null): void };
}

const MAX_REASON = 200;
const PACK_ID = /^[A-Za-z0-9._-]{1,32}$/;
const MAX_CHANGES = 5_000;
const NOT_OURS = ['pilot', 'other-station', 'autopilot-failsafe'];

const ok = (body: object): RouteAnswer => ({ code: 200, body });

function fieldsOf(body: unknown): Readonly<Record<string, unknown>> {
  return typeof body === 'object' && body !== null ? (body as Record<string, unknown>) : {};
}

function reasonOf(body: unknown): string | null {
  const { reason } = fieldsOf(body);
  return typeof reason === 'string' && reason.trim() !== '' && reason.length <= MAX_REASON ? reason.trim() : null;
}

const noReason = (): RouteAnswer => refusal(400, 'no-reason', `say why in 1 to ${MAX_REASON} characters`);

function lockRoutes({ safety }: RouteParts): Routes {
  return {
    'GET /preflight': () => ok(safety.preflight()),
    'GET /safety': () => ok(safety.status()),
    'POST /lock': async (body) => {
      const why = reasonOf(body);
      if (why === null) return noReason();
      const kept = await safety.setLock('drone', true, why);
      return ok({ locked: safety.locked(), kept });
    },
    'POST /unlock': async (body) => {
      const why = reasonOf(body);
      if (why === null) return noReason();
      const wasLocked = safety.locked() !== null;
      const refused = await safety.removeLock('drone', true, false, why);
      return refused === null ? ok({ locked: null, wasLocked }) : refusal(409, refused, reasonWords(refused));
    },
  };
}

function batteryRoutes({ commanding, ports }: RouteParts): Routes {
  return {
    'POST /new-pack': (body) => {
      const { pack = null } = fieldsOf(body);
      if (pack !== null && (typeof pack !== 'string' || !PACK_ID.test(pack))) {
        return refusal(400, 'bad-pack', 'the id of a pack is 1 to 32 of A-Z a-z 0-9 . _ -');
      }
      ports.log.info({ part: 'battery', pack }, 'a new pack, said at the drone: the charge reported counts again');
      commanding.newPack(pack);
      return ok({ remembered: null });
    },
  };
}

const stationAnswer = (answer: StationsAnswer): RouteAnswer =>
  answer.ok ? ok(answer) : refusal(409, answer.code, answer.message);

function stationRoutes({ stations }: RouteParts): Routes {
  const nameOf = (body: unknown): string | null => {
    const { station } = fieldsOf(body);
    return typeof station === 'string' ? station : null;
  };
  return {
    'GET /stations': () => ok({ stations: stations.status() }),
    'POST /stations/unlock': (body) => {
      const { minutes } = fieldsOf(body);
      return stationAnswer(stations.unlock(nameOf(body), typeof minutes === 'number' ? minutes : null));
    },
    'POST /stations/lock': (body) => stationAnswer(stations.lock(nameOf(body))),
  };
}

/** Never while armed, nor in other hands (flight rules §4). */
function againstWriting({ autopilot }: Vehicle): string | null {
  const { alive, armed } = autopilot.state;
  const { state, readOnly, adopted } = autopilot.control;
  if (!alive) return 'no-autopilot';
  if (armed !== false) return 'armed';
  if (readOnly) return 'identity-conflict';
  if (adopted) return 'adopted';
  return NOT_OURS.includes(state) ? state : null;
}

function changesOf(body: unknown): { name: string; to: number }[] | null {
  const { changes } = fieldsOf(body);
  if (!Array.isArray(changes) || changes.length > MAX_CHANGES) return null;
  const read = changes.map((change) => fieldsOf(change));
  if (!read.every(({ name, to }) => typeof name === 'string' && typeof to === 'number' && Number.isFinite(to)))
    return null;
  return read.map(({ name, to }) => ({ name: String(name), to: Number(to) }));
}

function parameterRoutes(parts: RouteParts): Routes {
  const { config, ports, vehicle, clock } = parts;
  const { autopilot } = vehicle;
  let busy = false;
  const alone = async (run: () => Promise<RouteAnswer>): Promise<RouteAnswer> => {
    if (busy) return refusal(409, 'busy', 'parameters are being read or set already; wait for it to end');
    busy = true;
    return run().finally(() => {
      busy = false;
    });
  };
  return {
    'GET /params': () =>
      alone(async () => {
        const listed = await autopilot.parameters.list();
        if (!listed.ok) {
          const message = `the parameters could not be read (${listed.got} of ${listed.count} came)`;
          return refusal(503, listed.code, message);
        }
        const { uid2, flavour, version } = autopilot.state;
        const told = clock.read(ports.nowUs());
        const snapshot: Snapshot = {
          format: FORMAT,
          takenAt: told === null ? null : new Date(told.utcUs / 1000).toISOString(),
          drone: config.drone,
          uid2,
          flavour,
          version,
          parameters: Object.fromEntries([...listed.parameters].map(([name, { value }]) => [name, value])),
        };
        return ok(snapshot);
      }),
    'POST /params/restore': (body) => {
      const changes = changesOf(body);
      if (changes === null) return refusal(400, 'bad-body', 'changes: [{name, to}] is wanted');
      return alone(async () => {
        const against = (): string | null => againstWriting(vehicle);
        const now = against();
        if (now !== null) return refusal(409, now, `parameters are not set now: ${reasonWords(now)}`);
        ports.log.info({ part: 'params', changes }, `restoring ${changes.length} parameters, ordered at the drone`);
        const run = await restore(changes, {
          writer: autopilot.parameters,
          against,
          signal: new AbortController().signal,
        });
        ports.log.info({ part: 'params', ...run }, `restored ${run.results.filter(({ ok }) => ok).length} parameters`);
        return ok(run);
      });
    },
  };
}

/** The settings this agent runs with; passwords are not among them. */
function configRoutes({ config }: RouteParts): Routes {
  return { 'GET /config': () => ok({ toml: renderConfig(AgentConfig, config, {}, SECRET_KEYS) }) };
}

export function routesOf(parts: RouteParts): Routes {
  return {
    ...configRoutes(parts),
    ...lockRoutes(parts),
    ...batteryRoutes(parts),
    ...stationRoutes(parts),
    ...parameterRoutes(parts),
  };
}
