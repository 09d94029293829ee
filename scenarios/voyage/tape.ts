/**
 * A file that is changed in transactions: the state that is safe, and a log of transactions behind it, each in sectors of
 * its own and with a checksum over all of them. What is read back after a crash is the safe state and the log up to the
 * first transaction that is not whole.
 *
 *   base │ whole │ whole │ torn │ whole, but behind a torn one: gone
 */
import { type Device, PowerCut, SECTOR_BYTES } from './device.ts';
import type { World } from './world.ts';

interface Transaction<S, T> {
  readonly changes: readonly ((state: S) => void)[];
  readonly sectors: number;
  readonly about: T;
  /** Sectors that reached the device; all of them unless the power went. */
  written: number;
  synced: boolean;
}

const CHECKPOINT_EVERY = 24;
const HEADER_BYTES = 64;

export class Tape<S extends { clone(): S }, T> {
  readonly #world: World;
  readonly #device: Device;
  #base: S;
  #log: Transaction<S, T>[] = [];
  /** Its base was written over syncs that never were. */
  #damaged = false;

  constructor(world: World, device: Device, empty: S) {
    this.#world = world;
    this.#device = device;
    this.#base = empty;
  }

  /** Durable when it returns. A storage error: all of it may be found after reopening, or nothing. */
  commit(changes: readonly ((state: S) => void)[], bytes: number, about: T): void {
    this.#device.check();
    this.checkSound();
    // A sync failed, and the file was not opened anew: what it was about is written over.
    while (this.#log.at(-1)?.synced === false) this.#log.pop();
    const sectors = Math.ceil((bytes + HEADER_BYTES) / SECTOR_BYTES);
    const written = this.#device.write(sectors);
    const made: Transaction<S, T> = { changes, sectors, about, written, synced: false };
    this.#log.push(made);
    if (written < sectors) throw new PowerCut();
    this.#device.sync();
    for (const one of this.#log) one.synced = true;
    if (this.#log.length >= CHECKPOINT_EVERY) this.#checkpoint();
  }

  /** The log is folded into the base: its own writes can tear nothing, the log stands until they are safe. */
  #checkpoint(): void {
    for (const one of this.#log) for (const change of one.changes) change(this.#base);
    this.#log = [];
  }

  /** The process is gone, its system is not: what was written will be. */
  killed(): void {
    this.#keep((one) => one.written === one.sectors);
  }

  /** The power was cut. `lies`: so many of the last syncs were none. Returns what was called safe and is gone. */
  powerCut(lies: number): T[] {
    if (lies > this.#log.length) this.#damaged = true;
    const called = this.#log.filter((one) => one.synced);
    this.#log.forEach((one, i) => {
      if (i >= this.#log.length - lies) one.synced = false;
    });
    const share = this.#world.pick([0, 0.5, 0.9, 1]);
    this.#keep((one) => {
      if (one.synced) return true;
      let whole = one.written === one.sectors;
      for (let i = 0; i < one.written; i++) if (!this.#world.chance(share)) whole = false;
      return whole;
    });
    return called.filter((one) => !this.#log.includes(one)).map((one) => one.about);
  }

  #keep(whole: (one: Transaction<S, T>) => boolean): void {
    const kept: Transaction<S, T>[] = [];
    for (const one of this.#log) {
      if (!whole(one)) break;
      one.synced = true;
      kept.push(one);
    }
    this.#log = kept;
  }

  /** Something of it is no longer what was written; whoever reads or writes next finds it out. */
  damage(): void {
    this.#damaged = true;
  }

  checkSound(): void {
    if (this.#damaged) throw Object.assign(new Error('simulated: malformed'), { code: 'SQLITE_CORRUPT' });
  }

  /** As it is read at opening: what was written and not whole ends the log. */
  read(): S {
    this.#device.check();
    this.checkSound();
    this.killed();
    return this.peek();
  }

  /** As it would be read if all that is in the log were whole. */
  peek(): S {
    const state = this.#base.clone();
    for (const one of this.#log) for (const change of one.changes) change(state);
    return state;
  }

  /** What was called safe. */
  promised(): S {
    const state = this.#base.clone();
    for (const { synced, changes } of this.#log) if (synced) for (const change of changes) change(state);
    return state;
  }

  /** The same content: a backup, or a cloned card on another device. */
  copy(device = this.#device): Tape<S, T> {
    const other = new Tape<S, T>(this.#world, device, this.#base.clone());
    other.#log = this.#log.map((one) => ({ ...one }));
    other.#damaged = this.#damaged;
    return other;
  }
}
