/** Gives the page what it shows and what may be ordered from it (a part of the composition root). */
import type { AgentConfig } from './config.ts';
import { addressOf, PageServer, type RecentLines, viewOf } from './page/index.ts';
import type { AgentPorts } from './ports.ts';
import type { RunningAgent } from './running.ts';
import { type AgentStatus, headline, type Routes } from './status/index.ts';

export interface PageParts {
  readonly config: AgentConfig;
  readonly ports: AgentPorts;
  readonly recent: RecentLines;
  /** Null while the agent is not up. */
  readonly running: () => Pick<RunningAgent, 'safety' | 'vehicle'> | null;
  readonly routes: () => Routes | null;
  readonly status: () => AgentStatus | null;
}

export function wirePage({ config, ports, recent, running, routes, status }: PageParts): PageServer {
  const nowMs = (): number => ports.nowUs() / 1000;
  return new PageServer({
    address: addressOf(config.page.address),
    names: config.page.names,
    nowMs,
    view: () => {
      const [parts, now] = [running(), status()];
      if (parts === null || now === null) return null;
      const { landed, landedAgeMs, texts } = parts.vehicle.autopilot.state;
      return viewOf({
        headline: headline(now),
        status: now,
        preflight: parts.safety.preflight(),
        lock: parts.safety.locked(),
        ...{ landed, landedAgeMs, log: recent.lines() },
        texts: texts.map(({ atMs, severity, text }) => ({ ageMs: nowMs() - atMs, severity, text })),
      });
    },
    // The socket's own routes: what the command line may, the page may, and nothing else.
    order: (what, body) => routes()?.[`POST /${what}`]?.(body) ?? null,
    onProblem: (message) => ports.log.warn({ part: 'page' }, message),
  });
}
