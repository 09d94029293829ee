/** An agent as the command line and the scenarios see it: made, started, asked, closed. running.ts wires its parts. */
import { join } from 'node:path';
import { type Link, parseLinkUrl } from '@skein/hardware/link';
import type { AgentConfig } from './config.ts';
import { makeDataFolder } from './data-folder.ts';
import { doctorRoutes } from './doctor-route.ts';
import { RecentLines } from './page/index.ts';
import { wirePage } from './page-wiring.ts';
import type { AgentPorts } from './ports.ts';
import { routesOf } from './routes.ts';
import { RunningAgent } from './running.ts';
import type { Sources } from './settings-marks.ts';
import { SOCKET_NAME } from './socket.ts';
import { StateFile } from './state/index.ts';
import { type AgentStatus, metricsOf, type Routes, renderMetrics, StatusServer } from './status/index.ts';
import { AGENT_VERSION } from './version.ts';

/** The agent cannot run; `code` is stable, the message says what to do. */
export class AgentRefusal extends Error {
  readonly code: 'already-running' | 'bad-link-url' | 'no-data-dir';
  constructor(code: AgentRefusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface Agent {
  /** Resolves when everything runs; the link, the disk and the controller may still be away. Throws AgentRefusal. */
  start(): Promise<{ readonly drone: string; readonly session: string; readonly epoch: string }>;
  /** Seals and commits what is left, says goodbye, closes everything. */
  close(): Promise<void>;
  status(): AgentStatus;
}

/** An agent, unstarted; usable as a process of its own or many in one process. `sources`: who set each key, if that is known. */
export function createAgent(config: AgentConfig, given: AgentPorts, sources: Sources = {}): Agent {
  const recent = new RecentLines(given.systemUtcUs);
  const ports: AgentPorts = { ...given, log: recent.over(given.log) };
  let running: RunningAgent | null = null;
  let routes: Routes | null = null;
  const statusNow = (): AgentStatus | null => (running === null ? null : { ...running.status(), page: page.status() });
  const page = wirePage({ config, ports, recent, running: () => running, routes: () => routes, status: statusNow });
  const status = (): AgentStatus => {
    const now = statusNow();
    if (now === null) throw new Error('the agent does not run');
    return now;
  };
  const server = new StatusServer({
    path: join(config.dataDir, SOCKET_NAME),
    status: statusNow,
    metrics: async () => {
      const now = statusNow();
      return now === null ? null : renderMetrics(metricsOf(now));
    },
    routes: () => routes,
  });
  return {
    async start() {
      try {
        await makeDataFolder(config.dataDir, (error) =>
          ports.log.warn({ part: 'state', err: error }, `a power cut may take ${config.dataDir}, new as it is`),
        );
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        throw new AgentRefusal('no-data-dir', `dataDir ${config.dataDir} cannot be made: ${detail}`);
      }
      let link: Link;
      try {
        link = ports.createLink(config.link.url, ports.log);
      } catch (error) {
        throw new AgentRefusal('bad-link-url', `link.url: ${error instanceof Error ? error.message : String(error)}`);
      }
      for (const entry of config.station) {
        const parsed = parseLinkUrl(typeof entry === 'string' ? entry : entry.url);
        if (!parsed.ok) throw new AgentRefusal('bad-link-url', `station: ${parsed.reason}`);
      }
      const listening = await server.listen();
      if (!listening.ok && listening.reason === 'already-running') {
        throw new AgentRefusal('already-running', listening.message);
      }
      if (!listening.ok) ports.log.warn({ part: 'status' }, `no status socket: ${listening.message}`);
      const { boot, serial } = await ports.identity(config.board.bootIdFile);
      const state = new StateFile(join(config.dataDir, 'state.json'), (message) =>
        ports.log.error({ part: 'state' }, message),
      );
      const { board: serialBefore } = await state.begin();
      state.update({ board: serial });
      const session = ports.randomHex(8);
      running = new RunningAgent(config, ports, { session, state, boot, serial, link });
      await running.start();
      routes = { ...routesOf(running), ...doctorRoutes(running, { serial, serialBefore }, sources) };
      page.start();
      const { drone } = config;
      const { epoch } = running.outbox;
      ports.log.info(
        { session, epoch, boot, n: state.state.n, version: AGENT_VERSION },
        `skein-agent runs for ${drone}`,
      );
      return { drone, session, epoch };
    },
    async close() {
      await page.close();
      await running?.close();
      await server.close();
      ports.log.info({}, 'skein-agent closed');
    },
    status,
  };
}
