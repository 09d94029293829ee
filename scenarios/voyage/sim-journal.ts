/** The command journal of an agent of the simulation: on its card, with the deadline of the real one. */
import type { CommandJournal, JournalledCommand } from '../../agent/commands/types.ts';
import type { Card } from './card.ts';
import { PowerCut } from './device.ts';
import type { ProcessTimers, World } from './world.ts';

const DEADLINE_MS = 300;
const AGAIN_MS = 5_000;
const LINE_BYTES = 300;

export interface SimJournalOptions {
  readonly world: World;
  readonly timers: ProcessTimers;
  readonly card: Card;
  readonly onPowerCut: () => void;
  /** What earlier starts wrote, each command as it stood last. */
  readonly onRead: (entries: Iterable<JournalledCommand>) => void;
}

export class SimJournal implements CommandJournal {
  readonly #o: SimJournalOptions;
  opening = true;

  constructor(o: SimJournalOptions) {
    this.#o = o;
    o.timers.after(o.world.between(2, 80), () => this.#read());
  }

  #read(): void {
    try {
      const { entries } = this.#o.card.journal.read();
      this.opening = false;
      this.#o.onRead(new Map(entries.map((entry) => [entry.id, entry])).values());
    } catch {
      this.#o.timers.after(AGAIN_MS, () => this.#read());
    }
  }

  command(entry: JournalledCommand): Promise<'durable' | 'late' | 'failed'> {
    const { card, timers, onPowerCut } = this.#o;
    return new Promise((resolve) => {
      timers.after(DEADLINE_MS, () => resolve('late'));
      timers.after(card.device.latencyMs(), () => {
        try {
          card.journal.commit([(state) => state.entries.push(entry)], LINE_BYTES, entry.id);
          timers.after(0.2, () => resolve('durable'));
        } catch (error) {
          if (error instanceof PowerCut) onPowerCut();
          else resolve('failed');
        }
      });
    });
  }
}
