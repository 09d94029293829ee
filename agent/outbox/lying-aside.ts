/**
 * The damaged file beside the open one: its bytes, which count in the budget, and what has to be kept of it before it goes.
 * How far its epochs went is committed first and the file removed then, so that a power cut between the two costs nothing;
 * where only its bytes make room for that, as on a full disk, it is owed in memory until the next write.
 */
import type { Aside } from './aside.ts';
import type { OutboxLosses } from './entry.ts';
import { furthest, type PastEpoch } from './past.ts';
import { isStorageError } from './problems.ts';

export interface LyingAsideOptions {
  readonly aside: Aside;
  readonly losses: OutboxLosses;
  /** How far epochs went, the newest first, into the open file. */
  readonly commit: (past: readonly PastEpoch[]) => void;
  /** It has become smaller, or is gone. */
  readonly onChanged: () => void;
}

export class LyingAside {
  readonly #o: LyingAsideOptions;
  /** 0 only when there is none. */
  bytes: number;
  #isWanted = false;
  /** Newest first. */
  #owed: readonly PastEpoch[];

  constructor(o: LyingAsideOptions) {
    this.#o = o;
    this.bytes = o.aside.bytes();
    this.#owed = o.aside.owed().toReversed();
    // Of one that had to make place for this.
    if (this.#owed.length > 0) o.losses.asideGivenUp++;
  }

  /** How far epochs went that the open file may not know yet: what lies aside is looked through first. Newest first. */
  get owed(): readonly PastEpoch[] {
    return this.#owed;
  }

  /** Its bytes are needed: it goes once the transaction under way is over (`goIfWanted`). False when there is none. */
  want(): boolean {
    this.#isWanted = this.bytes > 0;
    return this.#isWanted;
  }

  /** Throws what the storage says. */
  goIfWanted(): void {
    if (this.#isWanted) this.giveUp();
  }

  /** Outside a transaction. False when there was none. Throws what the storage says: the file is gone only when that was full. */
  giveUp(): boolean {
    this.#isWanted = false;
    if (this.bytes === 0) return false;
    this.#owed = furthest([...this.#o.aside.reach().toReversed(), ...this.#owed]);
    try {
      this.#pay();
    } catch (error) {
      if (!isStorageError(error) || error.code !== 'SQLITE_FULL') throw error;
    }
    const gone = this.#o.aside.remove();
    this.changed();
    if (gone) this.#o.losses.asideGivenUp++;
    this.#pay();
    return gone;
  }

  /** Commits what is owed, unless more may be found of it. Throws what the storage says, and owes it still. */
  pay(): void {
    if (this.bytes === 0) this.#pay();
  }

  #pay(): void {
    if (this.#owed.length === 0) return;
    this.#o.commit(this.#owed);
    this.#owed = [];
    this.#o.aside.paid();
  }

  /** All that can be read of it is in the open file. */
  done(): void {
    this.#o.aside.remove();
    this.changed();
  }

  changed(): void {
    this.bytes = this.#o.aside.bytes();
    this.#o.onChanged();
  }
}
