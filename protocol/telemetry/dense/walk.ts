/**
 * Batches of codec 2 as they travel in a dense pack: what a batch shares with those before it in the same pack (the same
 * columns, values that go on where they ended) is foreseen, and only what was not foreseen costs something. Bit for bit the
 * batch that was sealed comes out; by itself a batch needs no other.
 *
 * One walk for both ways: it takes a body apart while it writes the pack, or puts it together while it reads it.
 * docs/wire.md §5.
 */
import { MAX_RICE } from '../bits.ts';
import { Malformed, unzigzag, zigzag } from '../bytes.ts';
import { MAX_COLUMNS } from '../forms.ts';
import { DICTIONARY_1 } from '../pack-dictionary.generated.ts';
import { type DenseSection, type TakenApart, Together, takeApart } from './body.ts';
import { DenseCoder, type DenseParts, nextContext, sameContext, Track } from './coder.ts';
import { DenseColumn } from './column.ts';

const MAX_ROWS = 65_535;
/** Whose it is and when: a bit each, in bytes. */
const LEAST_OF_A_ROW = 1 / 4;
const NOBODY = 0;
/** Sections of one kind in a batch: batteries, receivers, groups of motors. */
const INSTANCES = 16;
const KIND_BITS = 16;
/** In place of a section's: one that has no place yet, or never gets one. */
const OTHER = 63;
/** A body that knows every kind: what a pack begins with is foreseen from it. Of dictionary 1, which never changes. */
const PRIMER = DICTIONARY_1.subarray(3983, 7100);

/** A section as it is known from batch to batch. */
class Known {
  columnCount = new Track();
  #columns: DenseColumn[] = [];

  copy(): Known {
    const made = new Known();
    made.columnCount = this.columnCount.copy();
    made.#columns = this.#columns.map((column) => column.copy());
    return made;
  }

  /** Columns are asked for in order. */
  column(i: number): DenseColumn {
    const known = this.#columns[i];
    if (known !== undefined) return known;
    const made = new DenseColumn();
    this.#columns.push(made);
    return made;
  }
}

export interface DenseBatch {
  readonly body: Uint8Array;
  readonly rows: number;
  /** Latest stamp of a row, µs since the first. */
  readonly spanUs: number;
}

export class DenseWalk {
  readonly coder: DenseCoder;
  readonly #known = new Map<number, Known>();
  /** Sections as the primer left them: each is copied when it first comes. */
  #primed: ReadonlyMap<number, Known> = new Map();
  /** The first sections there were. */
  #keys: number[] = [];
  /** What followed a section, and what followed two. */
  #next = new Map<number, number>();
  /** The sections of the last two rows. */
  #earlier = NOBODY;
  #before = NOBODY;
  #rows = new Track();
  #boot = new Track();
  #timesRice = new Track();
  #monoFromUs = 0;
  #cellsLeft: number;

  /** `most`: cells that all batches together may hold. */
  private constructor(coder: DenseCoder, most: number) {
    this.coder = coder;
    this.#cellsLeft = most;
  }

  /** As the primer left it, once and for all. */
  static #primer: DenseWalk | null = null;

  /** `from`: what was written, which is read. */
  static begin(most: number, from?: DenseParts): DenseWalk {
    if (DenseWalk.#primer === null) {
      DenseWalk.#primer = new DenseWalk(new DenseCoder(), PRIMER.length * 8);
      DenseWalk.#primer.batch(0, PRIMER);
    }
    const primer = DenseWalk.#primer;
    const made = new DenseWalk(primer.coder.next(from), most);
    made.#primed = primer.#known;
    made.#keys = [...primer.#keys];
    made.#next = new Map(primer.#next);
    made.#earlier = primer.#earlier;
    made.#before = primer.#before;
    made.#rows = primer.#rows.copy();
    made.#boot = primer.#boot.copy();
    made.#timesRice = primer.#timesRice.copy();
    return made;
  }

  readonly #spend = (cells: number): void => {
    this.#cellsLeft -= cells;
    if (this.#cellsLeft < 0) throw new Malformed('more than a pack holds');
  };

  /** The next batch: `body` when it is written, nothing when it is read. */
  batch(monoFromUs: number, body?: Uint8Array): DenseBatch {
    const coder = this.coder;
    const from = body ? takeApart(body) : null;
    const rows = this.#rows.code(coder, from?.owners.length);
    if (rows < 0 || rows > MAX_ROWS) throw new Malformed('more rows than a batch holds');
    this.#spend(rows);
    const out = from ? null : new Together();
    out?.room(rows * LEAST_OF_A_ROW);
    const { keys, owners, sections } = this.#walkOwners(from, rows);
    const times = this.#walkTimes(from, keys);
    const passedMs = Math.round((monoFromUs - this.#monoFromUs) / 1000);
    this.#monoFromUs = monoFromUs;
    const bootFrom = this.#boot.code(coder, from?.bootFrom, this.#boot.value + passedMs);
    for (const section of sections.values()) {
      this.#walkSection(section.section, section.known, out);
      out?.endSection();
    }
    coder.checked();
    const spanUs = times.values.reduce((most, time) => Math.max(most, time), 0);
    if (out === null) return { body: body ?? new Uint8Array(0), rows, spanUs };
    if (bootFrom < 0) throw new Malformed('impossible stamp');
    const made = out.finish(
      [...sections.values()].map(({ section }) => section),
      {
        ...{ bootFrom, owners },
        writeTimes: (bits) => {
          bits.bits(times.k, 5);
          let before = 0;
          for (const time of times.values) {
            bits.bits(time === before ? 1 : 0, 1);
            if (time !== before) bits.rice(zigzag(time - before), times.k);
            before = time;
          }
        },
      },
    );
    return { body: made, rows, spanUs };
  }

  /** Whose each row is. A section is known by its kind and how many of that kind came before it. */
  #walkOwners(from: TakenApart | null, rows: number) {
    const sections = new Map<
      number,
      { readonly section: DenseSection; readonly known: Known; readonly place: number }
    >();
    const keyOf: number[] = [];
    const counts = new Map<number, number>();
    const keys: number[] = [];
    const owners = new Uint16Array(rows);
    const add = (key: number): void => {
      const kind = Math.floor(key / INSTANCES);
      const known = this.#known.get(key) ?? this.#primed.get(key)?.copy() ?? new Known();
      this.#known.set(key, known);
      const section = from?.sections[keyOf.length] ?? { kind, forms: [], rows: 0, head: null, data: null };
      sections.set(key, { section: { ...section }, known, place: keyOf.length });
      keyOf.push(key);
    };
    const nextOf = (kind: number): number => {
      const nth = counts.get(kind) ?? 0;
      counts.set(kind, nth + 1);
      if (nth >= INSTANCES || kind >= 2 ** KIND_BITS) throw new Malformed('too many sections of a kind');
      return kind * INSTANCES + nth;
    };
    for (let row = 0; row < rows; row++) {
      const owner = from?.owners[row];
      const actual = owner === undefined ? undefined : (keyOf[owner] ?? nextOf(from?.sections[owner]?.kind ?? 0));
      const key = this.#walkKey(actual);
      if (!sections.has(key)) {
        const isNext = actual !== undefined || nextOf(Math.floor(key / INSTANCES)) === key;
        if (!isNext) throw new Malformed('section that is not the next of its kind');
        add(key);
      }
      const at = sections.get(key);
      if (at === undefined) throw new Malformed('row of no section');
      owners[row] = at.place;
      if (from === null) at.section.rows++;
      keys.push(key);
    }
    if (from && from.sections.length !== sections.size) throw new Malformed('section without a row');
    return { keys, owners, sections };
  }

  /** One after two, or after one, as it was last time; else in full. */
  #walkKey(actual: number | undefined): number {
    const coder = this.coder;
    const [earlier, before] = [this.#earlier, this.#before];
    const both = -1 - (earlier * 2 ** 21 + before);
    const guesses = [this.#next.get(both), this.#next.get(before)];
    let key: number | undefined;
    let tried: number | undefined;
    for (const [i, guess] of guesses.entries()) {
      if (guess === undefined || guess === tried) continue;
      tried = guess;
      const is = coder.flag(
        nextContext(i === 0 ? 0 : 1, before, guess),
        actual === undefined ? undefined : actual === guess,
      );
      if (!is) continue;
      key = guess;
      break;
    }
    key ??= this.#walkAny(actual);
    this.#next.set(both, key);
    this.#next.set(before, key);
    this.#earlier = before;
    this.#before = key;
    return key;
  }

  #walkAny(actual: number | undefined): number {
    const found = actual === undefined ? undefined : this.#keys.indexOf(actual);
    const place = this.coder.section(found === undefined ? undefined : found < 0 ? OTHER : found);
    const known = this.#keys[place];
    if (place !== OTHER && known === undefined) throw new Malformed('row of no section');
    if (known !== undefined) return known;
    const key = this.coder.plain(KIND_BITS + 4, actual);
    // One way to say each thing: a list that holds a key twice is none that a writer keeps.
    if (this.#keys.includes(key)) throw new Malformed('section in full that has a place');
    if (this.#keys.length < OTHER) this.#keys.push(key);
    return key;
  }

  #walkTimes(from: TakenApart | null, keys: readonly number[]) {
    const coder = this.coder;
    const k = this.#timesRice.code(coder, from?.times.bits(5));
    if (k < 0 || k > MAX_RICE) throw new Malformed('times of an unknown form');
    let before = NOBODY;
    let time = 0;
    const values = keys.map((key) => {
      const actual = from ? from.times.bits(1) === 1 : undefined;
      if (!coder.flag(sameContext(before, key), actual)) time += unzigzag(coder.time(before, key, from?.times.rice(k)));
      before = key;
      return time;
    });
    return { k, values };
  }

  #walkSection(section: DenseSection, known: Known, out: Together | null): void {
    const coder = this.coder;
    const isGiven = section.head !== null;
    const count = known.columnCount.code(coder, isGiven ? section.forms.length : undefined);
    if (count < 0 || count > MAX_COLUMNS) throw new Malformed(`section of ${count} columns`);
    this.#spend(count);
    out?.room(count);
    const { head, data, rows } = section;
    const side = { coder, head, data, out, rows, spend: this.#spend };
    for (let i = 0; i < count; i++) {
      const column = known.column(i);
      const form = column.codeForm(coder, isGiven ? section.forms[i] : undefined);
      if (!isGiven) section.forms[i] = form;
      column.codeContent(side, form);
    }
  }
}
