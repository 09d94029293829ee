/** What stands for the outbox's thread: the real keeper and store, over a card in virtual time. */

import { Keeper } from '../../agent/outbox/keeper.ts';
import { laneOf, seqOf } from '../../agent/outbox/keys.ts';
import type { FromWorker, ToWorker } from '../../agent/outbox/messages.ts';
import { reachIn } from '../../agent/outbox/reach.ts';
import { Salvage } from '../../agent/outbox/salvage.ts';
import { OutboxStore } from '../../agent/outbox/store.ts';
import type { SpawnStore } from '../../agent/outbox/thread.ts';
import type { Card } from './card.ts';
import { DamagedRows } from './damaged-rows.ts';
import { PowerCut } from './device.ts';
import { beyond, type HeldRow, MemoryRows, type Reach } from './memory-rows.ts';
import { crcOf, type Truth } from './truth.ts';
import type { ProcessTimers, World } from './world.ts';

export interface StoreThreadOptions {
  readonly world: World;
  readonly truth: Truth;
  readonly timers: ProcessTimers;
  readonly drone: string;
  readonly card: Card;
  /** What lies aside may have to go for want of room. */
  readonly isSmall: boolean;
  readonly onPowerCut: () => void;
}

const SALVAGE_REST_MS = 20;
const SALVAGE_LATER_MS = 10_000;

export function placeOf(drone: string, { id, epoch }: HeldRow): { stream: string; seq: number } {
  return { stream: `${drone}/${epoch}/${laneOf(id)}`, seq: seqOf(id) };
}

/** What a row says of the numbers from … to. */
function spanOf(drone: string, row: HeldRow): [stream: string, from: number, to: number] {
  const { stream, seq } = placeOf(drone, row);
  return [stream, seq, row.upto ?? seq];
}

export function simulatedThread(o: StoreThreadOptions): SpawnStore {
  const { world, truth, timers, drone, card } = o;
  return ({ message, died }) => {
    let freeUs = 0;
    let alive = true;
    let saidUs = 0;
    // In order, as a port carries it.
    const say = (what: FromWorker) => {
      saidUs = Math.max(saidUs + 1, world.nowUs + world.between(50, 500));
      timers.after((saidUs - world.nowUs) / 1e3, () => {
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
            {
              bytes: () => card.aside?.bytes ?? 0,
              remove: () => removeAside(),
              reach: () => (card.aside === null ? [] : reachIn(card.aside)),
              owed: () => card.owed,
              paid: () => {
                card.owed = [];
              },
            },
          ),
        setAside: (path) => {
          if (card.aside !== null) {
            giveUpAside(card.aside.reach);
            card.owed = [...card.owed, ...reachIn(card.aside)];
          }
          const was = card.rows.peek();
          const aside = new DamagedRows(world, was);
          truth.fault(`${drone}: a damaged file is set aside, ${aside.lost.length} rows cannot be read`);
          for (const row of aside.lost) unreadable(row, aside.reach);
          for (const { lane, known, last } of beyond(was.reach, [aside.reach]))
            truth.unknown(`${drone}/${lane}`, known + 1, last);
          card.rows = card.emptyRows();
          card.aside = aside;
          return `${path}.aside`;
        },
        // Now and then it cannot be opened, for a while.
        salvage: (_path, store) => (card.aside === null || world.chance(0.2) ? null : new Salvage(card.aside, store)),
        isReadOnly: () => card.device.failing === 'read-only',
      },
    });
    const unreadable = (row: HeldRow, reach: Reach): void => {
      const { epoch, id } = row;
      truth.damaged(...spanOf(drone, row), reach.get(`${epoch}/${laneOf(id)}`) ?? 0);
    };
    const giveUpAside = (reach: Reach): void => {
      for (const row of card.aside?.readable() ?? []) unreadable(row, reach);
    };
    const removeAside = (): boolean => {
      if (card.aside === null) return false;
      // Its bytes were needed; else all that can be read of it is somewhere else by now.
      if (o.isSmall || card.device.failing === 'full') giveUpAside(card.aside.reach);
      card.device.freed(card.aside.bytes);
      card.aside = null;
      return true;
    };
    let salvaging = false;
    const salvageOn = (): void => {
      salvaging = true;
      timers.after(SALVAGE_REST_MS + card.device.latencyMs(), () => {
        if (!alive) return;
        let went: ReturnType<Keeper['salvage']> = 'over';
        guarded(() => {
          went = keeper.salvage();
        });
        salvaging = false;
        if (went !== 'over') timers.after(went === 'later' ? SALVAGE_LATER_MS : 0, salvageOn);
      });
    };
    const committed = (added: readonly HeldRow[]): void => {
      for (const row of added) {
        if (row.upto !== null) continue;
        truth.durable({ ...placeOf(drone, row), drone, crc: crcOf(row.bytes), droppable: row.droppable });
      }
    };
    const guarded = (run: () => void): void => {
      try {
        run();
      } catch (error) {
        if (!(error instanceof PowerCut)) throw error;
        o.onPowerCut();
      }
    };
    const take = (what: ToWorker): void => {
      guarded(() => keeper.take(what));
      if (what.type === 'open' && !salvaging) salvageOn();
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
            // What it had committed and not told: nobody knows that it is durable, and memory gives up its oldest while the file fails.
            truth.cause(drone, 'not-durable');
            // What it stumbled over, perhaps: the next one knows nothing of what the file held.
            if (world.chance(0.3)) card.rows.damage();
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
