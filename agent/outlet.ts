/** Text on its way to a reader that may be slow, or go away (`| head`): waits for it, and ends quietly with it. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';

export class Outlet {
  readonly #to: Writable;
  #gone = false;
  readonly #onGone = (): void => {
    this.#gone = true;
  };

  constructor(to: Writable) {
    this.#to = to;
    to.on('error', this.#onGone);
    to.on('close', this.#onGone);
  }

  /** Nobody reads any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** Resolves when more may be put. */
  async put(text: string | Uint8Array): Promise<void> {
    if (this.#gone || text.length === 0 || this.#to.write(text) || this.#gone) return;
    // Whichever comes first takes the other's listeners away.
    const settled = new AbortController();
    const { signal } = settled;
    const first = Promise.race([once(this.#to, 'drain', { signal }), once(this.#to, 'close', { signal })]);
    await first.then(() => {}, this.#onGone);
    settled.abort();
  }

  /** It is left open, and may fail later without a word. */
  release(): void {
    this.#to.off('error', this.#onGone);
    this.#to.off('close', this.#onGone);
    this.#to.on('error', () => {});
  }
}
