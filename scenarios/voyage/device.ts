/**
 * A storage device as it can be: ordered writes of 512-byte sectors, syncs, and what a power cut leaves of writes that no
 * sync has made safe: any of them, none of them, each sector whole or not at all. It can be slow, full, failing, read-only,
 * and it can lie about its last syncs.
 */
import type { World } from './world.ts';

export const SECTOR_BYTES = 512;

export type Failing = 'full' | 'io' | 'read-only' | 'locked';

/** The power is gone in the middle of a write; whatever was running, runs no more. */
export class PowerCut extends Error {}

const CODES: Readonly<Record<Failing, string>> = {
  full: 'SQLITE_FULL',
  io: 'SQLITE_IOERR',
  'read-only': 'SQLITE_READONLY',
  locked: 'SQLITE_BUSY',
};

export class Device {
  readonly #world: World;
  #failing: Failing | null = null;
  /** Of a full one: what was given back, and may be written before it is full again. */
  #freeSectors = 0;
  /** Sectors it still writes before the power goes; null: as many as come. */
  cutAfter: number | null = null;
  /** Of the next commit the sync fails, after all was written. */
  failNextSync = false;
  slowMs = 0;
  sectors = 0;

  constructor(world: World) {
    this.#world = world;
  }

  /** How long a commit takes, ms. */
  latencyMs(): number {
    return this.slowMs + this.#world.between(1, 12);
  }

  error(failing: Failing): Error {
    return Object.assign(new Error(`simulated: ${failing}`), { code: CODES[failing] });
  }

  get failing(): Failing | null {
    return this.#failing;
  }

  set failing(how: Failing | null) {
    this.#failing = how;
    this.#freeSectors = 0;
  }

  /** A file was removed. */
  freed(bytes: number): void {
    if (this.#failing === 'full') this.#freeSectors += Math.floor(bytes / SECTOR_BYTES);
  }

  check(): void {
    if (this.#failing === 'full' && this.#freeSectors > 0) return;
    if (this.#failing !== null) throw this.error(this.#failing);
  }

  /** So many of these sectors are written; fewer than asked for: the power is gone. */
  write(count: number): number {
    if (this.#failing === 'full') {
      if (this.#freeSectors < count) throw this.error('full');
      this.#freeSectors -= count;
    }
    this.sectors += count;
    if (this.cutAfter === null) return count;
    const written = Math.min(count, this.cutAfter);
    this.cutAfter -= written;
    return written;
  }

  sync(): void {
    if (this.cutAfter === 0) throw new PowerCut();
    if (!this.failNextSync) return;
    this.failNextSync = false;
    throw this.error('io');
  }
}
