/**
 * The whole agent, started again on what a power cut has left, and drained into a real controller under an id of its own:
 * what its journal and lock say, what the store then holds.
 */
import { randomUUID } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { createLink, createMemoryHub } from '@skein/hardware/link';
import { resolveConfig } from '@skein/protocol/config';
import { createAgent } from '../../../agent/compose.ts';
import { AgentConfig } from '../../../agent/config.ts';
import { readLocks } from '../../../agent/lock/index.ts';
import type { EpochState } from '../../../agent/outbox/entry.ts';
import { systemPorts } from '../../../agent/ports.ts';
import { SOCKET_NAME } from '../../../agent/socket.ts';
import { createInProcessWorld, type InProcessWorld } from '../../in-process.ts';
import { readStore, type StoredBatch } from '../batches.ts';
import { getJson } from '../http.ts';
import { until } from '../until.ts';
import type { Image } from './card.ts';
import { writeImage } from './image.ts';

const DRAINED_WITHIN_MS = 60_000;
const LANES = ['urgent', 'history'] as const;

export interface Reopened {
  /** The journal's text as the cut left it. */
  readonly journalText: string;
  readonly lock: string | null;
  readonly epoch: string;
  /** Every epoch it has spoken of: a start draws another when its file turns out to be damaged. */
  readonly epochs: ReadonlySet<string>;
  readonly n: number;
  readonly journalId: string | null;
  readonly custody: string;
  readonly counters: Readonly<Record<string, number>>;
  readonly store: readonly StoredBatch[];
}

interface Status {
  readonly n: number;
  readonly outbox: { readonly epochs: readonly EpochState[]; readonly counters: Readonly<Record<string, number>> };
  readonly commanding: { readonly journal: { readonly id: string | null } };
  readonly itinerary: { readonly custody: string };
}

/** Each number that the outbox speaks of is in the store, as batch or gap. */
function holds(store: readonly StoredBatch[], epochs: readonly EpochState[]): boolean {
  return epochs.every(({ epoch, lanes }) =>
    LANES.every((lane) => {
      const rows = store.filter((row) => row.epoch === epoch && row.lane === lane);
      const held = rows.reduce((sum, { seq, to }) => sum + to - seq + 1, 0);
      return held >= lanes[lane].next - lanes[lane].first;
    }),
  );
}

/** A controller that many reopened agents drain into, each another drone. */
export class Reopener {
  readonly #world: InProcessWorld;
  readonly #hub = createMemoryHub();

  static async create(): Promise<Reopener> {
    return new Reopener(await createInProcessWorld({ drones: 0 }));
  }

  private constructor(world: InProcessWorld) {
    this.#world = world;
  }

  /** With room enough that nothing of what the cut left is removed before this controller has it. */
  async reopen(drone: string, image: Image): Promise<Reopened> {
    const dataDir = path.join(this.#world.dir, drone);
    writeImage(dataDir, image);
    const journal = path.join(dataDir, 'journal.jsonl');
    const journalText = fs.existsSync(journal) ? fs.readFileSync(journal, 'utf8') : '';
    const lock = (await readLocks(path.join(dataDir, 'lock.json'))).here?.reason ?? null;
    const resolved = resolveConfig(AgentConfig, {
      env: {},
      flags: [
        `--drone=${drone}`,
        `--dataDir=${dataDir}`,
        '--link.url=memory://nobody',
        `--uplink.url=${this.#world.mqttUrl}`,
        '--uplink.backfillKBps=100000',
      ],
      file: {},
    });
    if (!resolved.ok) throw new Error(resolved.problems.join('; '));
    // A power cut is another boot.
    const identity = { boot: randomUUID(), serial: drone };
    const agent = createAgent(
      resolved.config,
      systemPorts({
        createLink: (url) => createLink({ url, memory: this.#hub }),
        identity: () => Promise.resolve(identity),
      }),
    );
    const { epoch } = await agent.start();
    try {
      // Everything of earlier starts, and of this one what it begins with: the gap before it.
      const status = () => getJson<Status>('http://agent/status', { socketPath: path.join(dataDir, SOCKET_NAME) });
      const spokenOf = new Set([epoch]);
      const listen = async (): Promise<Status> => {
        const said = await status();
        for (const one of said.outbox.epochs) spokenOf.add(one.epoch);
        return said;
      };
      const { epochs } = (await listen()).outbox;
      const stored = (): readonly StoredBatch[] => readStore(path.join(this.#world.dir, 'controller'), drone);
      const drained = async (): Promise<boolean> => {
        await listen();
        return holds(stored(), epochs);
      };
      await until(drained, {
        timeoutMs: DRAINED_WITHIN_MS,
        everyMs: 20,
        what: `${drone} to drain`,
        seen: () => JSON.stringify([agent.status().outbox, agent.status().uplink]),
      });
      const store = stored();
      const { n, commanding, itinerary, outbox } = await listen();
      return {
        journalText,
        lock,
        epoch,
        epochs: spokenOf,
        n,
        journalId: commanding.journal.id,
        custody: itinerary.custody,
        counters: outbox.counters,
        store,
      };
    } finally {
      await agent.close();
      fs.rmSync(dataDir, { recursive: true, force: true });
    }
  }

  close(): Promise<void> {
    return this.#world.close();
  }
}
