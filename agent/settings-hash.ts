/** How the settings of drones are told apart from afar (docs/fleet-configuration.md): one word that says whether they fly with the same. */
import { createHash } from 'node:crypto';
import { type AgentConfig, SECRET_KEYS } from './config.ts';

/** True of one drone by its nature. */
const OWN = ['drone', 'groups', 'dataDir', 'link', 'uplink.username', 'page.names'];
const LEFT_OUT = new Set<string>([...OWN, ...SECRET_KEYS]);
const HEX = 12;

export function settingsHash(config: AgentConfig): string {
  return createHash('sha256')
    .update(JSON.stringify(shared(config, '')))
    .digest('hex')
    .slice(0, HEX);
}

/** In order of name, so that the order of a file changes nothing. */
function shared(value: unknown, path: string): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  const kept = Object.entries(value)
    .map(([name, one]) => [name, one, path === '' ? name : `${path}.${name}`] as const)
    .filter(([, , at]) => !LEFT_OUT.has(at))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return kept.map(([name, one, at]) => [name, shared(one, at)]);
}
