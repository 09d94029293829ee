/** The checksums of the newest batches of a lane, so that most repeats are known without asking the store. */
const SIZE = 128;

export class CrcMemory {
  readonly #seqs = new Uint32Array(SIZE);
  readonly #crcs = new Uint32Array(SIZE);

  set(seq: number, crc: number): void {
    this.#seqs[seq % SIZE] = seq;
    this.#crcs[seq % SIZE] = crc;
  }

  /** undefined: not remembered. */
  get(seq: number): number | undefined {
    return seq > 0 && this.#seqs[seq % SIZE] === seq ? this.#crcs[seq % SIZE] : undefined;
  }

  clear(): void {
    this.#seqs.fill(0);
  }
}
