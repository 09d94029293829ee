import type { World } from '../world.ts';
import { compare, readOutbox, readStore, type StoredBatch } from './batches.ts';
import { until } from './until.ts';

const FILL_TIMEOUT_MS = 120_000;

export interface Settled {
  /** Everything the agents held durable when they stopped. */
  readonly outbox: readonly StoredBatch[];
  readonly store: readonly StoredBatch[];
  /** When the agents had stopped: what is newer comes from the run that drained them. */
  readonly stoppedUtcMs: number;
}

/**
 * Ends the fleet so that both ends can be compared: agents stop in order and their outboxes are read; they start once
 * more to send what was not acked; when the store has it, everybody stops. Needs agents that keep what was acked.
 * `dataDir`: the controller's, as this process sees it.
 */
export async function settle(world: World, dataDir = world.controller.dataDir): Promise<Settled> {
  for (const { agent } of world.drones) await agent.stop();
  const outbox = world.drones.flatMap(({ id, agent }) => readOutbox(id, agent.outboxFile));
  const stoppedUtcMs = Date.now();
  for (const { agent } of world.drones) await agent.start();
  try {
    await until(() => compare(outbox, readStore(dataDir)).lost.length === 0, {
      timeoutMs: FILL_TIMEOUT_MS,
      everyMs: 500,
      what: 'everything in the outboxes to be in the store',
      seen: () => whatIsMissing(outbox, readStore(dataDir)),
    });
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${await bothEnds(world)}`);
  }
  for (const { agent } of world.drones) await agent.stop();
  return { outbox, store: readStore(dataDir), stoppedUtcMs };
}

/** What is lost, counted by epoch and lane, and what the store holds in its place. */
function whatIsMissing(outbox: readonly StoredBatch[], store: readonly StoredBatch[]): readonly string[] {
  const lost = Map.groupBy(compare(outbox, store).lost, (key) => key.slice(0, key.lastIndexOf('/')));
  return [...lost].map(([stream, keys]) => {
    const held = store.filter(({ drone, epoch, lane }) => `${drone}/${epoch}/${lane}` === stream);
    const inPlace = held.filter(({ gap }) => gap !== null).map(({ seq, to, gap }) => `${gap} ${seq}–${to}`);
    const last = Math.max(0, ...held.map(({ to }) => to));
    return `${keys.length} from ${keys[0]}; the store holds up to ${last}, gaps: ${inPlace.join(', ') || 'none'}`;
  });
}

/** What each agent and the controller say of what is stuck between them. */
async function bothEnds(world: World): Promise<string> {
  const lines: string[] = [];
  for (const { id, agent } of world.drones) {
    const status = await agent.status().catch(String);
    lines.push(`${id}: ${typeof status === 'string' ? status : JSON.stringify(status)}`);
  }
  const metrics = await world.controller.metrics().catch(() => new Map<string, number>());
  lines.push([...metrics].flatMap(([key, value]) => (/ingest|store/.test(key) ? [`${key} ${value}`] : [])).join('\n'));
  return lines.join('\n');
}
