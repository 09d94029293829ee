/** A drone's card: the outbox file, the command journal, how often the agent has started. It outlives the process. */
import type { JournalledCommand } from '../../agent/commands/types.ts';
import type { PastEpoch } from '../../agent/outbox/past.ts';
import { DamagedRows } from './damaged-rows.ts';
import { Device } from './device.ts';
import { type Beyond, beyond, type HeldRow, type Reach, RowState, reachOf } from './memory-rows.ts';
import { Tape } from './tape.ts';
import type { World } from './world.ts';

export class JournalState {
  entries: JournalledCommand[] = [];

  clone(): JournalState {
    const other = new JournalState();
    other.entries = [...this.entries];
    return other;
  }
}

interface Content {
  readonly rows: Tape<RowState, readonly HeldRow[]>;
  readonly journal: Tape<JournalState, string>;
  readonly journalId: string;
  readonly starts: number;
  readonly aside: DamagedRows | null;
  readonly owed: readonly PastEpoch[];
}

export interface Lost {
  readonly rows: readonly HeldRow[];
  readonly beyond: readonly Beyond[];
}

export class Card {
  readonly #world: World;
  readonly device: Device;
  rows: Tape<RowState, readonly HeldRow[]>;
  journal: Tape<JournalState, string>;
  journalId: string;
  starts = 0;
  /** A damaged file, until it is salvaged or given up. */
  aside: DamagedRows | null = null;
  /** How far those went that lay aside before it, until the open file knows. */
  owed: readonly PastEpoch[] = [];

  constructor(world: World) {
    this.#world = world;
    this.device = new Device(world);
    this.rows = this.emptyRows();
    this.journal = new Tape(world, this.device, new JournalState());
    this.journalId = world.hex(16);
  }

  emptyRows(): Tape<RowState, readonly HeldRow[]> {
    return new Tape(this.#world, this.device, new RowState());
  }

  content(device = this.device): Content {
    const { journalId, starts, owed } = this;
    const aside = this.#copied(this.aside);
    return { rows: this.rows.copy(device), journal: this.journal.copy(device), journalId, starts, aside, owed };
  }

  #copied(aside: DamagedRows | null): DamagedRows | null {
    return aside === null ? null : new DamagedRows(this.#world, aside);
  }

  /** `lies`: so many of the last syncs were none. What it was called safe to hold and no longer does, or knows of. */
  powerCut(lies: number): Lost {
    const { reach } = this.rows.promised();
    const rows = this.rows.powerCut(lies).flat();
    return { rows, beyond: beyond(reach, [this.rows.peek().reach, this.aside?.reach, this.#owedReach]) };
  }

  get #owedReach(): Reach {
    return reachOf(
      [],
      this.owed.map(({ epoch, next: { urgent, history } }) => ({
        epoch,
        gone: { urgent: urgent - 1, history: history - 1 },
      })),
    );
  }

  /** It is as it was then. */
  restore(content: Content): void {
    this.rows = content.rows.copy();
    this.journal = content.journal.copy();
    this.journalId = content.journalId;
    this.starts = content.starts;
    this.aside = this.#copied(content.aside);
    this.owed = content.owed;
  }

  /** Its file is lost; the next start begins another. */
  loseJournal(): void {
    this.journal = new Tape(this.#world, this.device, new JournalState());
    this.journalId = this.#world.hex(16);
  }

  clone(): Card {
    const other = new Card(this.#world);
    other.restore(this.content(other.device));
    return other;
  }
}
