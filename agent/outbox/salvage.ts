/**
 * Salvages a damaged file row by row, in small steps between other work. Pages are looked at first, all of them; then rows
 * are copied from the end of the file to its beginning, and the file is cut behind them, so that both files together stay
 * inside the budget.
 *
 *   look ─▶ adopt (placeholders for what was found) ─▶ copy, cut ─▶ over: the damaged file is removed
 */
import type { Lane } from '@skein/protocol/fleet';
import type { FoundEpoch, FoundRow, Place } from './damaged-file.ts';
import type { EpochState } from './entry.ts';
import type { Salvaged } from './mender.ts';
import type { PastEpoch } from './past.ts';

const PAGES_A_STEP = 512;
const NONE = { urgent: 0, history: 0 };
const BYTES_A_STEP = 64 << 10;
/** What is remembered of a row is about 100 B: 20 MB. */
const MAX_ROWS = 200_000;

/** What can be read of the damaged file: `damaged-file.ts`. */
export interface DamagedPages {
  readonly pages: number;
  look(
    nth: number,
    on: { readonly row: (row: FoundRow, place: Place) => void; readonly epoch: (e: FoundEpoch) => void },
  ): void;
  again(place: Place): FoundRow | null;
  /** Nothing behind this page is wanted any more. */
  cutAfter(page: number): void;
  close(): void;
}

/** What it needs of the new file. */
export interface SalvageStore {
  readonly aside: {
    /** 0: it was removed, its bytes were needed. */
    readonly bytes: number;
    /** How far epochs went of files that lay aside before this one. Newest first. */
    readonly owed: readonly PastEpoch[];
    /** It has become smaller. */
    changed(): void;
  };
  adopt(states: readonly EpochState[], past: readonly PastEpoch[]): void;
  /** False: there is no room, and what lay aside is gone. */
  restore(rows: readonly Salvaged[]): boolean;
  endSalvage(): void;
}

interface Found extends Place {
  readonly lastPage: number;
}

interface FoundLane {
  first: number;
  last: number;
}

interface FoundIn {
  readonly boot: string;
  readonly lanes: Partial<Record<Lane, FoundLane>>;
}

export class Salvage {
  readonly #file: DamagedPages;
  readonly #store: SalvageStore;
  readonly #rows: Found[] = [];
  /** In the order of their first pages: about that of the starts. */
  readonly #found = new Map<string, FoundIn>();
  /** What was sound of the table of epochs. */
  readonly #told = new Map<string, FoundEpoch>();
  #nextPage = 1;
  #adopted = false;
  #over = false;

  constructor(file: DamagedPages, store: SalvageStore) {
    this.#file = file;
    this.#store = store;
  }

  /** One step; false when it is over. Throws what the new file says: the same step may be tried again. */
  step(): boolean {
    if (this.#over) return false;
    if (this.#store.aside.bytes === 0) this.#end();
    else if (this.#nextPage <= this.#file.pages && !this.#adopted) this.#look();
    else if (!this.#adopted) this.#adopt();
    else if (this.#rows.length > 0) this.#copy();
    else this.#end();
    return !this.#over;
  }

  #look(): void {
    const until = Math.min(this.#nextPage + PAGES_A_STEP, this.#file.pages + 1);
    for (; this.#nextPage < until; this.#nextPage++) {
      this.#file.look(this.#nextPage, {
        row: (row, place) => this.#note(row, place),
        epoch: (one) => this.#noteEpoch(one),
      });
    }
  }

  /** Of an old copy of a row the lower ack counts: what the controller has been told of too little is only told again. */
  #noteEpoch(one: FoundEpoch): void {
    const { epoch, acked, gone } = one;
    const other = this.#told.get(epoch) ?? one;
    this.#told.set(epoch, {
      ...one,
      acked: {
        urgent: Math.min(acked.urgent, other.acked.urgent),
        history: Math.min(acked.history, other.acked.history),
      },
      // How far it is known to have gone: what was acked need not be found any more.
      gone: {
        urgent: Math.max(gone.urgent, acked.urgent, other.gone.urgent),
        history: Math.max(gone.history, acked.history, other.gone.history),
      },
    });
  }

  #note({ envelope, lastPage }: FoundRow, place: Place): void {
    const { epoch, boot, lane, seq } = envelope.header;
    if (lane === 'live' || this.#rows.length >= MAX_ROWS) return;
    // The table of epochs lies near the beginning: of a full file most need not even be remembered.
    if ((envelope.gap?.to ?? seq) <= (this.#told.get(epoch)?.acked[lane] ?? 0)) return;
    this.#rows.push({ ...place, lastPage });
    const found = this.#found.get(epoch) ?? { boot, lanes: {} };
    this.#found.set(epoch, found);
    const span = found.lanes[lane] ?? { first: seq, last: seq };
    span.first = Math.min(span.first, seq);
    span.last = Math.max(span.last, envelope.gap?.to ?? seq);
    found.lanes[lane] = span;
  }

  /** They count as told by the table of epochs, of starts before those that are in it. */
  #noteOwed(): void {
    const told = [...this.#told];
    this.#told.clear();
    for (const { epoch, boot, next } of this.#store.aside.owed.toReversed()) {
      const gone = { urgent: next.urgent - 1, history: next.history - 1 };
      this.#told.set(epoch, { epoch, boot, acked: NONE, gone });
    }
    for (const [epoch, one] of told) {
      const gone = this.#told.get(epoch)?.gone ?? NONE;
      const most = (lane: Lane) => Math.max(one.gone[lane], gone[lane]);
      this.#told.set(epoch, { ...one, gone: { urgent: most('urgent'), history: most('history') } });
    }
  }

  #adopt(): void {
    this.#noteOwed();
    const states = [...this.#found].map(([epoch, { boot, lanes }]) => {
      const lane = (name: Lane) => {
        const span = lanes[name];
        const told = this.#told.get(epoch);
        const reached = Math.max(span?.last ?? 0, told?.gone[name] ?? 0);
        return { first: span?.first ?? reached + 1, next: reached + 1, acked: told?.acked[name] ?? 0 };
      };
      return { epoch, boot, lanes: { urgent: lane('urgent'), history: lane('history') } };
    });
    const past = [...this.#told.values()].filter(({ epoch }) => !this.#found.has(epoch));
    this.#store.adopt(states.reverse(), past.map(pastOf).reverse());
    this.#rows.sort((a, b) => a.lastPage - b.lastPage);
    this.#adopted = true;
  }

  #copy(): void {
    const rows: Salvaged[] = [];
    let bytes = 0;
    let count = 0;
    for (let i = this.#rows.length - 1; i >= 0 && bytes < BYTES_A_STEP; i--, count++) {
      const place = this.#rows[i];
      const found = place === undefined ? null : this.#file.again(place);
      if (found === null) continue;
      const { header, gap } = found.envelope;
      const { epoch, lane, seq } = header;
      // What was lost before is not found now.
      if (lane === 'live' || gap?.reason === 'corrupt') continue;
      bytes += found.envelope.bytes.length;
      const { droppable } = found;
      rows.push({ epoch, lane, seq, to: gap?.to ?? seq, droppable, bytes: Buffer.from(found.envelope.bytes) });
    }
    // Pages are filled better from below.
    rows.sort((a, b) => a.seq - b.seq);
    if (!this.#store.restore(rows)) {
      this.#end();
      return;
    }
    this.#rows.length -= count;
    this.#file.cutAfter(this.#rows.at(-1)?.lastPage ?? 0);
    this.#store.aside.changed();
  }

  #end(): void {
    this.#store.endSalvage();
    this.#over = true;
    this.#file.close();
  }

  /** The new file is given up, or the agent ends: what is aside is taken up again at the next opening. */
  close(): void {
    if (!this.#over) this.#file.close();
    this.#over = true;
  }
}

const pastOf = ({ epoch, boot, gone }: FoundEpoch): PastEpoch => ({
  ...{ epoch, boot },
  next: { urgent: gone.urgent + 1, history: gone.history + 1 },
});
