/**
 * What a card may hold after a power cut: the rules of docs/testing.md ("Power cuts"), applied to a file log.
 *
 *   operations ─▶ Card: of each file and name what is synced, and what is not yet ─▶ image(): one legal choice of the rest
 */
import type { Random } from '../seed.ts';
import type { FileOperation } from './file-log.ts';
import { NodeOnCard } from './node-on-card.ts';

/** How much of what was not synced is there after the cut. */
export const LEFTOVERS = [
  'nothing',
  'everything',
  'sectors',
  'some',
  'one',
  'all-but-one',
  'names-only',
  'bytes-only',
] as const;
export type Leftover = (typeof LEFTOVERS)[number];

/** Paths relative to the root → the file there; null: a folder. */
export type Image = ReadonlyMap<string, Uint8Array | null>;

interface NameChange {
  readonly index: number;
  readonly folder: string;
  apply(names: Map<string, NodeOnCard>): void;
}

const folderOf = (path: string): string => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '');

export class Card {
  /** As the running program sees it. */
  readonly #names = new Map<string, NodeOnCard>();
  /** As it is on the card for sure. */
  readonly #synced = new Map<string, NodeOnCard>();
  readonly #byInode = new Map<number, NodeOnCard>();
  readonly #changes: NameChange[] = [];
  readonly #nodes = new Set<NodeOnCard>();
  readonly #begun = new Map<number, number>();
  #index = 0;

  /** `base` is what lay there before the first operation, all of it synced. */
  constructor(base: Image) {
    for (const [path, bytes] of base) {
      const node = new NodeOnCard(bytes);
      this.#nodes.add(node);
      this.#names.set(path, node);
      this.#synced.set(path, node);
    }
  }

  /** `honest`: a sync that ends has done what it says; false: the card only said so. */
  take(operation: FileOperation, honest: boolean): void {
    const index = this.#index++;
    switch (operation.type) {
      case 'open': {
        const node = operation.how === 'made' ? this.#make(index, operation.path, false) : this.#at(operation.path);
        if (operation.how === 'emptied') node.truncate(index, 0);
        this.#byInode.set(operation.inode, node);
        break;
      }
      case 'mkdir':
        this.#byInode.set(operation.inode, this.#make(index, operation.path, true));
        break;
      case 'write':
        this.#open(operation.inode).write(index, operation.at, operation.bytes);
        break;
      case 'truncate':
        this.#open(operation.inode).truncate(index, operation.length);
        break;
      case 'sync-begin':
        this.#begun.set(operation.sync, index);
        break;
      case 'sync-end': {
        const begun = this.#begun.get(operation.sync);
        this.#begun.delete(operation.sync);
        if (begun !== undefined && operation.ok && honest) this.#sync(this.#open(operation.inode), begun);
        break;
      }
      case 'rename':
        this.#rename(index, operation.path, operation.to);
        break;
      case 'unlink':
        this.#unlink(index, operation.path);
        break;
      case 'mark':
        break;
    }
  }

  #at(path: string): NodeOnCard {
    const node = path === '' ? this.#root : this.#names.get(path);
    if (node === undefined) throw new Error(`the log speaks of ${path}, which it never made`);
    return node;
  }

  readonly #root = new NodeOnCard(null);

  #open(inode: number): NodeOnCard {
    const node = this.#byInode.get(inode);
    if (node === undefined) throw new Error(`the log speaks of inode ${inode}, which it never opened`);
    return node;
  }

  #change(change: NameChange): void {
    change.apply(this.#names);
    this.#changes.push(change);
  }

  #make(index: number, path: string, isFolder: boolean): NodeOnCard {
    const node = new NodeOnCard(isFolder ? null : new Uint8Array());
    this.#nodes.add(node);
    this.#change({ index, folder: folderOf(path), apply: (names) => void names.set(path, node) });
    return node;
  }

  #rename(index: number, from: string, to: string): void {
    const node = this.#at(from);
    this.#change({
      index,
      folder: folderOf(from),
      apply: (names) => {
        if (names.get(from) !== node) return;
        names.delete(from);
        names.set(to, node);
      },
    });
  }

  #unlink(index: number, path: string): void {
    const node = this.#names.get(path);
    // A socket: nobody opened it as a file.
    if (node === undefined) return;
    this.#change({
      index,
      folder: folderOf(path),
      apply: (names) => {
        if (names.get(path) === node) names.delete(path);
      },
    });
  }

  #sync(node: NodeOnCard, begun: number): void {
    if (!node.isFolder) {
      node.sync(begun);
      return;
    }
    const path = node === this.#root ? '' : [...this.#names].find(([, one]) => one === node)?.[0];
    for (let i = 0; i < this.#changes.length; ) {
      const change = this.#changes[i];
      if (change !== undefined && change.folder === path && change.index < begun) {
        change.apply(this.#synced);
        this.#changes.splice(i, 1);
      } else i++;
    }
  }

  /** Everything done so far, as after an orderly end. */
  whole(): Image {
    return imageOf(this.#names, (node) => node.now());
  }

  /** One of the states that the card may be in now, after a cut. */
  afterCut(leftover: Leftover, random: Random): Image {
    const pending = [...this.#nodes].reduce((sum, node) => sum + node.pending, this.#changes.length);
    const one = Math.floor(random.between(0, Math.max(1, pending)));
    let counted = 0;
    const share = random.next();
    const choice = (): boolean => {
      const mine = counted++;
      if (leftover === 'one') return mine === one;
      if (leftover === 'all-but-one') return mine !== one;
      if (leftover === 'nothing') return false;
      if (leftover === 'everything') return true;
      return random.next() < share;
    };
    const names = new Map(this.#synced);
    for (const change of this.#changes) {
      const there = choice();
      if (leftover === 'names-only' || (leftover !== 'bytes-only' && there)) change.apply(names);
    }
    const nodes = new Map<NodeOnCard, Uint8Array>();
    for (const node of this.#nodes) nodes.set(node, node.afterCut(leftover, choice, random));
    return imageOf(names, (node) => nodes.get(node) ?? new Uint8Array());
  }
}

function imageOf(names: ReadonlyMap<string, NodeOnCard>, bytesOf: (node: NodeOnCard) => Uint8Array): Image {
  const isThere = (path: string): boolean =>
    path === '' || (names.get(path)?.isFolder === true && isThere(folderOf(path)));
  const image = new Map<string, Uint8Array | null>();
  for (const [path, node] of [...names].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (isThere(folderOf(path))) image.set(path, node.isFolder ? null : bytesOf(node));
  }
  return image;
}
