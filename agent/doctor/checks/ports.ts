import type { DoctorFacts } from '../facts.ts';
import { type Finding, fine, found, unsure } from '../finding.ts';

/** Where the agent listens: end points for ground stations, and a link that waits for who sends. */
export function ports({ ports, agent }: DoctorFacts): Finding[] {
  if (agent.state === 'running') {
    const stations = agent.facts?.stations ?? [];
    const closed = stations.filter(({ open, problem }) => !open && problem !== null);
    if (closed.length > 0)
      return closed.map(({ name, url, problem }) =>
        found(
          'station-closed',
          `The end point ${name} (${url}) for ground stations is not open: ${problem}`,
          `who has the port: sudo ss -lntup | grep :${portOf(url)}`,
          'end that, or give the end point another port in [[station]]',
        ),
      );
    return stations.length === 0 ? [] : [fine('ports', `${stations.length} for ground stations are open`)];
  }
  if (ports === null) return [];
  if (!ports.ok) return [unsure('ports', `Who listens here: ${ports.why}.`)];
  if (ports.value.length === 0) return [fine('ports', 'those it listens on are free')];
  return ports.value.map(({ url, what, port, by }) =>
    found(
      'port-taken',
      `${what} wants ${url}, and ${by === null ? 'another program' : `${by.name} (process ${by.pid})`} has that port.`,
      by === null ? `who: sudo ss -lntup | grep :${port}` : `end it: sudo kill ${by.pid}`,
      'or choose another port; QGroundControl takes UDP 14550 by itself',
    ),
  );
}

export const portOf = (url: string): string => /:(\d+)\/?$/.exec(url)?.[1] ?? '';
