/** The documents in memory: all that are open or not yet durable, and of the closed ones the last. */
import type { Held } from './held.ts';

export class Shelf<T> {
  readonly #open = new Map<string, Held<T>>();
  /** Those put here last, last. */
  readonly #closed = new Map<string, Held<T>>();
  readonly #unwritten = new Map<string, number>();
  readonly #closedKept: number;

  constructor(closedKept: number) {
    this.#closedKept = closedKept;
  }

  get(id: string): Held<T> | null {
    return this.#open.get(id) ?? this.#closed.get(id) ?? null;
  }

  open(): Iterable<Held<T>> {
    return this.#open.values();
  }

  get openCount(): number {
    return this.#open.size;
  }

  put(held: Held<T>): void {
    this.#closed.delete(held.id);
    if (held.open) {
      this.#open.set(held.id, held);
      return;
    }
    this.#open.delete(held.id);
    this.#closed.set(held.id, held);
    this.#trim();
  }

  /** Until `written`, the store knows less than memory: it stays. */
  writing(id: string): void {
    this.#unwritten.set(id, (this.#unwritten.get(id) ?? 0) + 1);
  }

  written(id: string): void {
    const left = (this.#unwritten.get(id) ?? 0) - 1;
    if (left > 0) this.#unwritten.set(id, left);
    else this.#unwritten.delete(id);
    this.#trim();
  }

  isUnwritten(id: string): boolean {
    return this.#unwritten.has(id);
  }

  #trim(): void {
    for (const id of this.#closed.keys()) {
      if (this.#closed.size <= this.#closedKept) return;
      if (!this.#unwritten.has(id)) this.#closed.delete(id);
    }
  }
}
