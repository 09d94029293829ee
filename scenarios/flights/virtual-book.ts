/** The disk under an agent's book in virtual time: slow, refusing, and what a power cut leaves of a write. */
import type { Random } from '@skein/hardware/simulator';

export interface VirtualBookOptions {
  readonly random: Random;
  readonly after: (ms: number, run: () => void) => void;
  /** Share of the writes that are slow, and that the disk refuses. */
  readonly slow: number;
  readonly fails: number;
  /** Share of the crashes that leave a torn file. */
  readonly tears: number;
}

const FOREVER = new Promise<never>(() => {});

export class VirtualBook {
  readonly #o: VirtualBookOptions;
  /** What the next start finds; null: no file. */
  #text: string | null = null;
  #writing: string | null = null;
  /** The file was torn by a crash: whoever reads it knows nothing any more. */
  torn = 0;

  constructor(o: VirtualBookOptions) {
    this.#o = o;
  }

  get text(): string | null {
    return this.#text;
  }

  /** Resolves when the disk has it. `alive`: that process still runs. */
  write(text: string, alive: () => boolean): Promise<void> {
    const { random, slow, fails, after } = this.#o;
    if (!alive()) return FOREVER;
    if (random.next() < fails) return Promise.reject(new Error('ENOSPC: no space left on device'));
    this.#writing = text;
    const tookMs = random.next() < slow ? 300 + random.next() * 4_000 : 2 + random.next() * 30;
    return new Promise((resolve) => {
      after(tookMs, () => {
        if (!alive()) return;
        this.#text = text;
        this.#writing = null;
        resolve();
      });
    });
  }

  read(): Promise<string> {
    if (this.#text !== null) return Promise.resolve(this.#text);
    return Promise.reject(Object.assign(new Error('ENOENT: no such file'), { code: 'ENOENT' }));
  }

  /** The process is killed, or the power goes: what was under way is there, or it is not, and seldom half of it is. */
  crash(): void {
    const { random, tears } = this.#o;
    const under = this.#writing;
    this.#writing = null;
    if (under !== null && random.next() < 0.5) this.#text = under;
    if (this.#text === null || random.next() >= tears) return;
    this.#text = this.#text.slice(0, Math.floor(this.#text.length * random.next()));
    this.torn++;
  }
}
