/**
 * Collects samples and seals them: history at the latest 0.85 s after its first sample (the promise is one second, the
 * rest is for a late timer), urgent at once. Bounded in rows; an early seal is never a loss.
 */
import type { Lane } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';

const SEAL_AFTER_US = 850_000;
/** Urgent samples wait this long for company: texts come in bursts, and each batch costs an fsync. */
const URGENT_AFTER_US = 50_000;
/** About 30 kB; keeps every envelope far below the largest message. */
const MAX_ROWS = 800;
const MAX_URGENT_ROWS = 100;

export interface SealerOptions {
  readonly append: (lane: Lane, samples: readonly Sample[], o: { readonly droppable: boolean }) => void;
  readonly nowUs: () => number;
}

export class Sealer {
  readonly #o: SealerOptions;
  #history: Sample[] = [];
  #urgent: Sample[] = [];
  #texts: Sample[] = [];
  #holding = true;

  constructor(o: SealerOptions) {
    this.#o = o;
  }

  /**
   * Until then samples are only collected: the first numbers of an epoch are for the gap before it. The outbox opens, or
   * gives up opening, within ten seconds; that is the bound.
   */
  release(): void {
    this.#holding = false;
    this.tick();
  }

  history(sample: Sample): void {
    this.#history.push(sample);
    if (!this.#holding && this.#history.length >= MAX_ROWS) this.#sealHistory();
  }

  /** Texts are kept apart from what must never be dropped. */
  urgent(sample: Sample): void {
    const into = sample.kind === 'text' ? this.#texts : this.#urgent;
    into.push(sample);
    // Somebody waits for the answer to a command: it does not wait for company.
    if (!this.#holding && (into.length >= MAX_URGENT_ROWS || sample.kind === 'answer')) this.#sealUrgent();
  }

  /** Monotonic stamp of the oldest sample not sealed, or null. */
  get oldestMonoUs(): number | null {
    const oldest = Math.min(...[this.#history[0], this.#urgent[0], this.#texts[0]].map((s) => s?.monoUs ?? Infinity));
    return Number.isFinite(oldest) ? oldest : null;
  }

  /** Call at least every 100 ms. */
  tick(): void {
    if (this.#holding) return;
    const nowUs = this.#o.nowUs();
    const due = (samples: readonly Sample[], afterUs: number) =>
      samples[0] !== undefined && nowUs - samples[0].monoUs >= afterUs;
    if (due(this.#history, SEAL_AFTER_US)) this.#sealHistory();
    if (due(this.#urgent, URGENT_AFTER_US) || due(this.#texts, URGENT_AFTER_US)) this.#sealUrgent();
  }

  /** Seals everything. */
  flush(): void {
    this.#holding = false;
    this.#sealUrgent();
    this.#sealHistory();
  }

  #sealHistory(): void {
    const samples = this.#history;
    this.#history = [];
    this.#append('history', samples, { maxRows: MAX_ROWS, droppable: false });
  }

  #sealUrgent(): void {
    const [urgent, texts] = [this.#urgent, this.#texts];
    this.#urgent = [];
    this.#texts = [];
    this.#append('urgent', urgent, { maxRows: MAX_URGENT_ROWS, droppable: false });
    this.#append('urgent', texts, { maxRows: MAX_URGENT_ROWS, droppable: true });
  }

  #append(lane: Lane, samples: readonly Sample[], o: { readonly maxRows: number; readonly droppable: boolean }): void {
    for (let from = 0; from < samples.length; from += o.maxRows) {
      this.#o.append(lane, samples.slice(from, from + o.maxRows), { droppable: o.droppable });
    }
  }
}
