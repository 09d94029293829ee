/** Idempotency keys: the same key with the same request gets the same answer for a day, with another it is refused. */
import type { StoredKey } from './ports.ts';

export const KEY_LIFE_US = 86_400e6;
/** Kept at most; past it the oldest go before their day is over. */
export const MAX_KEYS = 100_000;

interface Use {
  readonly hash: string;
  readonly command: string;
  readonly atUtcUs: number;
}

export type Claim =
  | { readonly kind: 'new' }
  /** The request before it is still being answered. */
  | { readonly kind: 'pending'; readonly until: Promise<unknown> }
  | { readonly kind: 'same'; readonly command: string }
  | { readonly kind: 'other' };

export class Keys {
  readonly #used = new Map<string, Use>();
  readonly #pending = new Map<string, { readonly hash: string; readonly until: Promise<unknown> }>();

  /** Those of an earlier run, newest first. */
  load(keys: readonly StoredKey[]): void {
    for (const { key, ...use } of keys.toReversed()) this.#used.set(key, use);
  }

  look(key: string, hash: string, nowUtcUs: number): Claim {
    const pending = this.#pending.get(key);
    if (pending) return pending.hash === hash ? { kind: 'pending', until: pending.until } : { kind: 'other' };
    const used = this.#used.get(key);
    if (used === undefined || nowUtcUs - used.atUtcUs > KEY_LIFE_US) return { kind: 'new' };
    return used.hash === hash ? { kind: 'same', command: used.command } : { kind: 'other' };
  }

  /** While it is being answered, a repeat waits. */
  hold(key: string, hash: string, until: Promise<unknown>): void {
    this.#pending.set(key, { hash, until });
    const done = () => this.#pending.delete(key);
    until.then(done, done);
  }

  /** The command it stood for does not exist. */
  forget(key: string): void {
    this.#used.delete(key);
  }

  use(key: string, use: Use): void {
    this.#used.delete(key);
    this.#used.set(key, use);
    for (const [oldest, { atUtcUs }] of this.#used) {
      if (this.#used.size <= MAX_KEYS && use.atUtcUs - atUtcUs <= KEY_LIFE_US) break;
      this.#used.delete(oldest);
    }
  }
}
