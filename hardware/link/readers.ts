export type Reader = (chunk: Uint8Array) => void;

/** Hands every received chunk to every reader. One that throws harms no other: it is counted and told about. */
export class Readers {
  readonly #readers = new Set<{ readonly read: Reader }>();
  readonly #onError: (error: unknown) => void;
  /** Times a reader threw. Each is a bug in that reader. */
  errors = 0;

  constructor(onError: (error: unknown) => void) {
    this.#onError = onError;
  }

  /** The returned function takes the reader off again. The chunk is shared: readers do not write into it. */
  add(read: Reader): () => void {
    const entry = { read };
    this.#readers.add(entry);
    return () => {
      this.#readers.delete(entry);
    };
  }

  deliver(chunk: Uint8Array): void {
    for (const { read } of this.#readers) {
      try {
        read(chunk);
      } catch (error) {
        this.errors += 1;
        this.#onError(error);
      }
    }
  }

  get size(): number {
    return this.#readers.size;
  }
}
