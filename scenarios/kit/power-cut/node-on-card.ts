/**
 * One file on a card: what is synced, and the writes and truncations that are not. A sector of 512 bytes is there whole, in
 * one of the versions it has had since; the length is one of those the file has had.
 */
import type { Random } from '../seed.ts';
import type { Leftover } from './card.ts';

export const SECTOR_BYTES = 512;

type Change =
  | { readonly index: number; readonly at: number; readonly bytes: Uint8Array }
  | { readonly index: number; readonly length: number };

interface Version {
  /** Of the change that made it; −1: what is synced. */
  readonly change: number;
  readonly bytes: Uint8Array;
}

const NOTHING = new Uint8Array(SECTOR_BYTES);

/** A file as it grows and shrinks; what was never written is zero. */
class Content {
  #bytes: Buffer;
  length: number;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes);
    this.length = bytes.length;
  }

  apply(change: Change): void {
    if ('length' in change) {
      if (change.length < this.length) this.#bytes.fill(0, change.length, this.length);
      this.#hold(change.length);
      this.length = change.length;
      return;
    }
    const end = change.at + change.bytes.length;
    this.#hold(end);
    this.#bytes.set(change.bytes, change.at);
    this.length = Math.max(this.length, end);
  }

  #hold(bytes: number): void {
    if (bytes <= this.#bytes.length) return;
    const wider = Buffer.alloc(Math.max(bytes, this.#bytes.length * 2));
    this.#bytes.copy(wider);
    this.#bytes = wider;
  }

  sector(number: number): Uint8Array {
    const sector = new Uint8Array(SECTOR_BYTES);
    sector.set(this.#bytes.subarray(number * SECTOR_BYTES, (number + 1) * SECTOR_BYTES));
    return sector;
  }

  copy(): Uint8Array {
    return new Uint8Array(this.#bytes.subarray(0, this.length));
  }
}

export class NodeOnCard {
  readonly isFolder: boolean;
  readonly #synced: Content;
  #pending: Change[] = [];

  /** Null: a folder. */
  constructor(bytes: Uint8Array | null) {
    this.isFolder = bytes === null;
    this.#synced = new Content(bytes ?? new Uint8Array());
  }

  get pending(): number {
    return this.#pending.length;
  }

  write(index: number, at: number, bytes: Uint8Array): void {
    this.#pending.push({ index, at, bytes });
  }

  truncate(index: number, length: number): void {
    this.#pending.push({ index, length });
  }

  /** All that was done before `begun` is on the card. */
  sync(begun: number): void {
    for (const change of this.#pending) if (change.index < begun) this.#synced.apply(change);
    this.#pending = this.#pending.filter(({ index }) => index >= begun);
  }

  now(): Uint8Array {
    const content = new Content(this.#synced.copy());
    for (const change of this.#pending) content.apply(change);
    return content.copy();
  }

  /** `choice` says of each change whether it got there; with `sectors` each sector has a fate of its own. */
  afterCut(leftover: Leftover, choice: () => boolean, random: Random): Uint8Array {
    const changes = this.#pending;
    const there = changes.map(() => choice());
    if (changes.length === 0) return this.#synced.copy();
    const content = new Content(this.#synced.copy());
    const lengths = [content.length];
    const versions = new Map<number, Version[]>();
    /** Of each sector the changes that cut it off. */
    const cutOff = new Map<number, number[]>();
    changes.forEach((change, i) => {
      const before = content.length;
      const [from, to] = 'length' in change ? [change.length, before] : [change.at, change.at + change.bytes.length];
      const touched = range(Math.floor(from / SECTOR_BYTES), Math.ceil(to / SECTOR_BYTES));
      for (const number of touched) {
        if (!versions.has(number)) versions.set(number, [{ change: -1, bytes: content.sector(number) }]);
      }
      content.apply(change);
      lengths.push(content.length);
      for (const number of touched) {
        versions.get(number)?.push({ change: i, bytes: content.sector(number) });
        if ('length' in change) cutOff.set(number, [...(cutOff.get(number) ?? []), i]);
      }
    });
    // The length is that after one of the changes; no sector is older than a truncation that this one knows of.
    const lastThere = there.lastIndexOf(true);
    const reached =
      leftover === 'sectors'
        ? Math.floor(random.between(0, lengths.length))
        : leftover === 'names-only'
          ? changes.length
          : leftover === 'bytes-only'
            ? 0
            : lastThere + 1;
    const image = new Content(this.#synced.copy());
    for (const [number, all] of versions) {
      const notBefore = Math.max(-1, ...(cutOff.get(number) ?? []).filter((i) => i < reached));
      const allowed = all.filter(({ change }) => change >= notBefore);
      const chosen = pick(allowed, leftover, there, random);
      image.apply({ index: 0, at: number * SECTOR_BYTES, bytes: chosen });
    }
    image.apply({ index: 0, length: lengths[reached] ?? content.length });
    return image.copy();
  }
}

function pick(versions: readonly Version[], leftover: Leftover, there: readonly boolean[], random: Random): Uint8Array {
  const [oldest] = versions;
  const newest = versions.at(-1);
  if (oldest === undefined || newest === undefined) return NOTHING;
  if (leftover === 'sectors') return random.pick(versions).bytes;
  if (leftover === 'names-only') return oldest.bytes;
  if (leftover === 'bytes-only') return newest.bytes;
  return versions.findLast(({ change }) => change < 0 || there[change] === true)?.bytes ?? oldest.bytes;
}

function range(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
