/** What stands for the outbox's thread: the real keeper and store, over a card in virtual time. */

import { Keeper } from '../../agent/outbox/keeper.ts';
import { laneOf, seqOf } from '../../agent/outbox/keys.ts';
import type { FromWorker, ToWorker } from '../../agent/outbox/messages.ts';
import { OutboxStore } from '../../agent/outbox/store.ts';
import type { SpawnStore } from '../../agent/outbox/thread.ts';
import type { Card } from './card.ts';
import { PowerCut } from './device.ts';
import { type HeldRow, MemoryRows } from './memory-rows.ts';
import { crcOf, type Truth } from './truth.ts';
import type { ProcessTimers, World } from './world.ts';

export interface StoreThreadOptions {
  readonly world: World;
  readonly truth: Truth;
  readonly timers: ProcessTimers;
  readonly drone: string;
  readonly card: Card;
  readonly onPowerCut: () => void;
}

export function placeOf(drone: string, { id, epoch }: HeldRow): { stream: string; seq: number } {
  return { stream: `${drone}/${epoch}/${laneOf(id)}`, seq: seqOf(id) };
}

export function simulatedThread(o: StoreThreadOptions): SpawnStore {
  const { world, truth, timers, drone, card } = o;
  return ({ message, died }) => {
    let freeUs = 0;
    let alive = true;
    const say = (what: FromWorker) => {
      timers.after(world.between(0.05, 0.5), () => {
        if (alive) message(what);
      });
    };
    const keeper = new Keeper({
      say,
      nowMs: () => world.nowUs / 1e3,
      onClosed: () => {},
      files: {
        open: (options) =>
          new OutboxStore(
            options,
            () => new MemoryRows({ tape: card.rows, onCommitted: (added) => committed(added) }),
            { bytes: () => (card.aside ? 4096 : 0), remove: () => removeAside() },
          ),
        setAside: (path) => {
          truth.cause(drone, 'corrupt');
          truth.forgottenAll(drone);
          card.rows = card.emptyRows();
          card.aside = true;
          return `${path}.aside`;
        },
        // Of a file that is damaged here nothing can be had: what becomes of one that holds rows is tested on real files.
        salvage: (_path, store) => {
          if (card.aside) store.endSalvage();
          return null;
        },
        isReadOnly: () => card.device.failing === 'read-only',
      },
    });
    const removeAside = (): boolean => {
      const was = card.aside;
      card.aside = false;
      return was;
    };
    const committed = (added: readonly HeldRow[]): void => {
      for (const row of added) {
        if (row.upto !== null) continue;
        truth.durable({ ...placeOf(drone, row), drone, crc: crcOf(row.bytes), droppable: row.droppable });
      }
    };
    const take = (what: ToWorker): void => {
      try {
        keeper.take(what);
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        o.onPowerCut();
      }
    };
    return {
      postMessage(what) {
        const tookMs = what.type === 'read' ? world.between(0.2, 2) : card.device.latencyMs();
        freeUs = Math.max(freeUs, world.nowUs) + tookMs * 1e3;
        timers.after((freeUs - world.nowUs) / 1e3, () => {
          if (alive) take(what);
        });
        if (world.chance(0.0005)) {
          timers.after(world.between(0, 50), () => {
            if (!alive) return;
            alive = false;
            card.rows.killed();
            truth.fault(`${drone}: the outbox's thread ended`);
            died('simulated');
          });
        }
      },
      terminate: async () => {
        alive = false;
      },
    };
  };
}
