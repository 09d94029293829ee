/**
 * The one place that changes the book and says so: every change of a stand or a parcel gets the next number, goes to the
 * file and out as a sample.
 */
import { type DeliverItem, type Itinerary, type ItineraryMessage, reason } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';
import type { Away } from './away.ts';
import { inCustody, isGivenLater, isOver, parcelOf, withEnded, withParcel } from './book.ts';
import type { BookFile } from './book-file.ts';
import type { Current, Ended, Json, Parcel, Stand, Verification } from './types.ts';

/** Bounds of what travels (docs/wire.md §4). */
const MAX_REASON = 1_000;
const MAX_DETAIL = 4_096;

export interface RecordsOptions {
  readonly file: BookFile;
  readonly nowUs: () => number;
  readonly onSample: (sample: Sample<'itinerary'> | Sample<'delivery'>) => void;
  readonly onEvent: (event: string, words: string) => void;
}

const textOf = (detail: Json): string => {
  const text = JSON.stringify(detail);
  return text.length > MAX_DETAIL ? '{"cut":true}' : text;
};

function replacedBy(stand: Stand, { id, version }: ItineraryMessage): Stand {
  const why = reason('newer', `${id} version ${version}`);
  return { ...stand, step: stand.step + 1, state: 'replaced', reason: why, item: null, detail: {} };
}

export class Records {
  readonly #o: RecordsOptions;
  #taking = false;

  constructor(o: RecordsOptions) {
    this.#o = o;
  }

  get book() {
    return this.#o.file.book;
  }

  get current(): Current | null {
    return this.book.current;
  }

  get itinerary(): Itinerary | null {
    return this.current?.itinerary ?? null;
  }

  /** The controller took the current one back while it was under way: it is not flown again. */
  get isTakenBack(): boolean {
    const { book, current } = this;
    return book.ended.some(({ stand, takenBack }) => takenBack && stand.id === current?.stand.id);
  }

  /** Says again how it stands; nothing changes. */
  repeat(stand: Stand): void {
    const { id, version, step, state, item, detail } = stand;
    this.#o.onSample({
      kind: 'itinerary',
      monoUs: Math.round(this.#o.nowUs()),
      bootMs: null,
      values: {
        itinerary: id,
        version,
        step,
        state,
        reason: stand.reason.slice(0, MAX_REASON),
        item,
        detail: textOf(detail),
      },
    });
  }

  repeatParcels(): void {
    for (const parcel of this.book.parcels) if (inCustody(parcel)) this.#sayParcel(parcel);
  }

  /** Something was answered that is not the current one. */
  remember(ended: Ended): void {
    this.#o.file.change(withEnded(this.book, ended));
  }

  /**
   * A new itinerary; what was there is over as `replaced`. Nothing is said of either before the disk has it: whoever was
   * told never sends it again. False: the disk did not take it, all is as it was, and it may come again.
   */
  async take(message: ItineraryMessage, itinerary: Itinerary): Promise<boolean> {
    const before = this.book;
    const replaced = before.current === null ? null : replacedBy(before.current.stand, message);
    const stand: Stand = {
      id: message.id,
      version: message.version,
      step: 0,
      state: 'received',
      reason: '',
      item: null,
      detail: {},
    };
    const { issuedBy, limits = {}, givenAt = null } = message;
    const current = { itinerary, issuedBy, limits, stand, verification: null, foreign: null, givenAt, seq: null };
    const { isTakenBack: takenBack } = this;
    const left = replaced === null ? before : withEnded(before, { stand: replaced, takenBack });
    this.#taking = true;
    this.#o.file.change({ ...left, current });
    const kept = await this.#o.file.kept();
    this.#taking = false;
    // An operator may have cancelled it meanwhile.
    const isCurrent = this.current?.itinerary === itinerary;
    if (!kept && isCurrent) {
      this.#o.file.change({ ...this.book, current: before.current, ended: before.ended });
      return false;
    }
    if (replaced !== null) {
      this.repeat(replaced);
      this.#tell(replaced);
    }
    if (isCurrent) this.stand({});
    return true;
  }

  /** Another was received, and the disk has not got it yet. */
  get isTaking(): boolean {
    return this.#taking;
  }

  /** How the current one stands from now on; the same again is not said twice. */
  stand(change: Partial<Pick<Stand, 'state' | 'reason' | 'item' | 'detail'>>): void {
    const { current } = this;
    if (current === null) return;
    const before = current.stand;
    // Particulars belong to the state they were said with.
    const moved = change.state !== undefined && change.state !== before.state;
    const next = { ...before, ...(moved ? { detail: {} } : {}), ...change };
    const same =
      before.step > 0 && before.state === next.state && before.reason === next.reason && before.item === next.item;
    if (same && JSON.stringify(before.detail) === JSON.stringify(next.detail)) return;
    if (this.#taking && !isOver(next.state)) {
      // Said with the rest, once that is kept.
      this.#o.file.change({ ...this.book, current: { ...current, stand: next } });
      return;
    }
    const stand = { ...next, step: before.step + 1 };
    this.#o.file.change({ ...this.book, current: { ...current, stand } });
    this.repeat(stand);
    if (before.state !== stand.state || before.reason !== stand.reason || before.step === 0) this.#tell(stand);
  }

  #tell(stand: Stand): void {
    const why = stand.reason === '' ? '' : ` (${stand.reason})`;
    this.#o.onEvent(stand.state, `itinerary ${stand.id} version ${stand.version}: ${stand.state}${why}`);
  }

  /** Read back and equal: so nobody has changed it. Null: that no longer holds. */
  verified(verification: Verification | null): void {
    const { current } = this;
    if (current === null || current.verification === verification) return;
    const foreign = verification === null ? current.foreign : null;
    this.#o.file.change({ ...this.book, current: { ...current, verification, foreign } });
  }

  /** Somebody else wrote. `why` is a reason. */
  foreign(why: string): void {
    const { current } = this;
    if (current === null || current.foreign === why) return;
    this.#o.file.change({ ...this.book, current: { ...current, foreign: why } });
  }

  /** What it is now is known to have been given then; `again`: by people who want it written over whatever is there. */
  given({ id, version, givenAt: at }: ItineraryMessage, again: boolean): void {
    const { current } = this;
    if (current?.stand.id !== id || current.stand.version !== version) return;
    const givenAt = isGivenLater(current, at) ? at : current.givenAt;
    const foreign = again ? null : current.foreign;
    if (givenAt === current.givenAt && foreign === current.foreign) return;
    this.#o.file.change({ ...this.book, current: { ...current, givenAt, foreign } });
  }

  /** Where the last flight came down, if not at its base. */
  away(away: Away | null): void {
    if (this.book.away !== away) this.#o.file.change({ ...this.book, away });
  }

  /** The mission item flown last. */
  flown(seq: number | null): void {
    const { current } = this;
    if (current === null || current.seq === seq) return;
    this.#o.file.change({ ...this.book, current: { ...current, seq } });
  }

  /** The current one is over: it is remembered by how it ended. */
  close(takenBack: boolean): void {
    const { current } = this;
    if (current === null) return;
    const before = this.book.ended.find(({ stand }) => stand.id === current.stand.id);
    const ended = { stand: current.stand, takenBack: takenBack || (before?.takenBack ?? false) };
    this.#o.file.change({ ...withEnded(this.book, ended), current: null });
  }

  parcel(item: number): Parcel | null {
    const { current } = this;
    return current === null ? null : parcelOf(this.book, current.stand.id, item);
  }

  /** What becomes of a parcel of the current itinerary. */
  changeParcel(item: number, change: Partial<Omit<Parcel, 'itinerary' | 'version' | 'item' | 'step'>>): void {
    const { current } = this;
    if (current === null) return;
    const before = this.parcel(item);
    const { id, version } = current.stand;
    const planned = current.itinerary.items[item];
    const base: Parcel = before ?? {
      itinerary: id,
      version,
      item,
      name: planned?.do === 'deliver' ? ((planned as DeliverItem).parcel ?? null) : null,
      step: 0,
      state: 'aboard',
      reason: '',
      begun: false,
      latDeg: null,
      lonDeg: null,
      detail: {},
    };
    this.#putParcel(before, { ...base, ...change, version });
  }

  #putParcel(before: Parcel | null, next: Parcel): void {
    const same =
      before !== null &&
      before.state === next.state &&
      before.reason === next.reason &&
      before.begun === next.begun &&
      JSON.stringify(before.detail) === JSON.stringify(next.detail);
    if (same) return;
    const parcel = { ...next, step: (before?.step ?? 0) + 1 };
    this.#o.file.change(withParcel(this.book, parcel));
    this.#sayParcel(parcel);
    if (before?.state === parcel.state) return;
    const why = parcel.reason === '' ? '' : ` (${parcel.reason})`;
    const name = parcel.name ?? `item ${parcel.item}`;
    this.#o.onEvent(`parcel-${parcel.state}`, `parcel ${name} of ${parcel.itinerary}: ${parcel.state}${why}`);
  }

  /** An operator says what became of a parcel; null: there is no such one in custody. */
  settle(o: {
    readonly itinerary: string;
    readonly item: number;
    readonly by: string;
    readonly released: boolean;
  }): Parcel | null {
    const before = parcelOf(this.book, o.itinerary, o.item);
    if (before === null || !inCustody(before)) return null;
    // What was measured of its release stays: it is what the word is held against.
    const detail = { ...before.detail, was: before.state, by: o.by, released: o.released };
    this.#putParcel(before, { ...before, state: 'settled', reason: reason('operator-word', o.by), detail });
    return before;
  }

  /** An operator says that nothing is aboard that the lost book may have told of. */
  custodyFound(): void {
    if (this.book.custodyLost !== null) this.#o.file.change({ ...this.book, custodyLost: null });
  }

  #sayParcel(parcel: Parcel): void {
    const { itinerary, version, item, step, state, latDeg, lonDeg, detail } = parcel;
    this.#o.onSample({
      kind: 'delivery',
      monoUs: Math.round(this.#o.nowUs()),
      bootMs: null,
      values: {
        itinerary,
        version,
        item,
        step,
        state,
        reason: parcel.reason.slice(0, MAX_REASON),
        latDeg,
        lonDeg,
        detail: textOf(detail),
      },
    });
  }

  /** True once the disk has all of it. */
  kept(): Promise<boolean> {
    return this.#o.file.kept();
  }
}
