/** Who may connect: so many in all, so many of one address, so many a second of one address. */
import { TokenBucket } from './token-bucket.ts';

export interface DoorLimits {
  readonly maxConnections: number;
  readonly maxPerAddress: number;
  readonly connectsPerS: number;
  readonly connectBurst: number;
}

export type Refusal = 'refusedTotal' | 'refusedAddress' | 'refusedRate';

interface Address {
  open: number;
  readonly rate: TokenBucket;
}

/** Addresses remembered; those with nothing open and a full bucket go first. */
const MAX_ADDRESSES = 10_000;

export class Door {
  readonly #limits: DoorLimits;
  readonly #addresses = new Map<string, Address>();
  #open = 0;

  constructor(limits: DoorLimits) {
    this.#limits = limits;
  }

  get open(): number {
    return this.#open;
  }

  /** null: come in (and `leave` later). */
  enter(address: string, nowUs: number): Refusal | null {
    const at = this.#addressOf(address, nowUs);
    if (this.#open >= this.#limits.maxConnections) return 'refusedTotal';
    if (at.open >= this.#limits.maxPerAddress) return 'refusedAddress';
    if (!at.rate.tryTake(nowUs)) return 'refusedRate';
    at.open++;
    this.#open++;
    return null;
  }

  leave(address: string): void {
    const at = this.#addresses.get(address);
    if (at) at.open--;
    this.#open--;
  }

  #addressOf(address: string, nowUs: number): Address {
    const known = this.#addresses.get(address);
    if (known) return known;
    if (this.#addresses.size >= MAX_ADDRESSES) {
      for (const [old, at] of this.#addresses) {
        if (at.open === 0 && at.rate.isFull(nowUs)) this.#addresses.delete(old);
      }
    }
    const fresh: Address = { open: 0, rate: new TokenBucket(this.#limits.connectsPerS, this.#limits.connectBurst) };
    this.#addresses.set(address, fresh);
    return fresh;
  }
}
