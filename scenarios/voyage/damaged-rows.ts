/**
 * A damaged outbox file of the simulation, set aside: rows in pages in the order of their keys, the newest still in its log.
 * Of some pages nothing can be read; the table of epochs lies in the first, and some of its rows are damaged or old copies.
 *
 *   epochs │ row row row-of-  │  -three-pages │ ▒▒▒▒▒▒ │ row │ … │ log: row row
 */
import { readEnvelope } from '@skein/protocol/telemetry';
import type { FoundEpoch, FoundRow, Place } from '../../agent/outbox/damaged-file.ts';
import { ROW_OVERHEAD } from '../../agent/outbox/rows.ts';
import type { DamagedPages } from '../../agent/outbox/salvage.ts';
import { type HeldRow, PAGE_BYTES, type Reach, type RowState, reachOf } from './memory-rows.ts';
import type { World } from './world.ts';

interface Laid {
  readonly row: HeldRow;
  readonly page: number;
  /** 0: all of it is in the log. */
  readonly lastPage: number;
}

export class DamagedRows implements DamagedPages {
  readonly pages: number;
  readonly #epochs: FoundEpoch[] = [];
  /** What can be read, by the page on which it begins. */
  readonly #laid: Map<number, (Laid | undefined)[]> = new Map();
  readonly lost: HeldRow[] = [];
  /** Epochs whose row is damaged. */
  readonly lostEpochs: string[] = [];
  readonly #logBytes: number;
  #pagesInFile: number;

  /** Of another one: as that is now. */
  constructor(world: World, of: RowState | DamagedRows) {
    if (of instanceof DamagedRows) {
      this.pages = of.pages;
      this.#epochs = of.#epochs;
      this.#laid = new Map(of.#laid);
      this.lost = of.lost;
      this.lostEpochs = of.lostEpochs;
      this.#logBytes = of.#logBytes;
      this.#pagesInFile = of.#pagesInFile;
      return;
    }
    const { rows, epochs } = of;
    const inLog = world.whole(0, Math.min(8, rows.length));
    const laid: Laid[] = [];
    let bytes = PAGE_BYTES;
    rows.forEach((row, i) => {
      const page = 1 + Math.floor(bytes / PAGE_BYTES);
      bytes += row.bytes.length + ROW_OVERHEAD;
      laid.push({ row, page, lastPage: i >= rows.length - inLog ? 0 : 1 + Math.floor((bytes - 1) / PAGE_BYTES) });
    });
    const log = laid.filter(({ lastPage }) => lastPage === 0);
    this.#logBytes = log.reduce((sum, { row }) => sum + row.bytes.length + ROW_OVERHEAD, 0);
    this.#pagesInFile = Math.max(1, ...laid.map(({ lastPage }) => lastPage));
    this.pages = Math.max(this.#pagesInFile, ...laid.map(({ page }) => page));
    const holes = Array.from({ length: world.whole(0, 3) }, () => {
      const from = world.whole(2, this.pages);
      return { from, to: from + world.pick([0, 2, 20]) };
    });
    const isLost = ({ page, lastPage }: Laid) =>
      holes.some(({ from, to }) => page <= to && from <= Math.max(page, lastPage));
    for (const one of laid) {
      if (isLost(one)) this.lost.push(one.row);
      else this.#laid.set(one.page, [...(this.#laid.get(one.page) ?? []), one]);
    }
    for (const { epoch, boot, acked, gone } of epochs) {
      const old = world.chance(0.2) ? { urgent: 0, history: 0 } : acked;
      if (world.chance(0.15)) this.lostEpochs.push(epoch);
      else this.#epochs.push({ epoch, boot, acked: old, gone }, { epoch, boot, acked, gone });
    }
  }

  get bytes(): number {
    return this.#pagesInFile * PAGE_BYTES + this.#logBytes;
  }

  /** That can be read still, and was not cut off. */
  *readable(): Iterable<HeldRow> {
    for (const laid of this.#laid.values()) for (const one of laid) if (one !== undefined) yield one.row;
  }

  /** How far it can still be read from it that each lane went. */
  get reach(): Reach {
    return reachOf(this.readable(), this.#epochs);
  }

  look(
    nth: number,
    on: { readonly row: (row: FoundRow, place: Place) => void; readonly epoch: (e: FoundEpoch) => void },
  ): void {
    if (nth === 1) for (const one of this.#epochs) on.epoch(one);
    this.#laid.get(nth)?.forEach((one, cell) => {
      const found = one === undefined ? null : foundIn(one);
      if (found !== null) on.row(found, { page: nth, cell });
    });
  }

  again({ page, cell }: Place): FoundRow | null {
    const one = this.#laid.get(page)?.[cell];
    return one === undefined ? null : foundIn(one);
  }

  cutAfter(page: number): void {
    if (page >= this.#pagesInFile) return;
    this.#pagesInFile = page;
    // A row that is cut off leaves the others of its page where they are: by their places they are asked for again.
    for (const [number, laid] of this.#laid) {
      this.#laid.set(
        number,
        laid.map((one) => (one !== undefined && one.lastPage <= page ? one : undefined)),
      );
    }
  }

  close(): void {}
}

function foundIn({ row: { bytes, droppable }, lastPage }: Laid): FoundRow | null {
  const envelope = readEnvelope(bytes);
  return envelope.ok ? { envelope, droppable, lastPage } : null;
}
