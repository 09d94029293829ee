/**
 * When what is urgent is written, and from when on it may be sent. Texts and clock records come at any time, live shows them at
 * once, and a commit of their own writes 7 kB to the card: they go with the next that is written anyway, history mostly, or by
 * themselves when they have waited as long as history may. Until then they are not sent: so hardly anything is at the
 * controller that a card has not when its agent is cut off (docs/decisions/0020-answers-from-memory.md).
 */
import type { Lane } from '@skein/protocol/fleet';
import type { KindName, Sample } from '@skein/protocol/telemetry';
import type { Entry } from './entry.ts';
import type { Timers } from './timers.ts';

/** Age at which the oldest goes alone: what the promise of one second leaves a late timer. */
const ALONE_AFTER_MS = 850;
/** Answers and what became of parcels are not among them: what was done is on the card as soon as may be. */
const PATIENT: readonly KindName[] = ['text', 'clock'];

export class Company {
  readonly #timers: Timers;
  readonly #alone: () => void;
  #callOff: (() => void) | null = null;
  #isPressing = false;
  #waitsFrom = Number.POSITIVE_INFINITY;

  /** `alone`: nothing came that it could go with. */
  constructor(timers: Timers, alone: () => void) {
    this.#timers = timers;
    this.#alone = alone;
  }

  /** Something waits that waits for nothing else. */
  get isPressing(): boolean {
    return this.#isPressing;
  }

  /** All that waits may go on waiting for company, and goes alone in time. What is under no such clock is written as soon as may be. */
  get isPatient(): boolean {
    return this.#callOff !== null;
  }

  /**
   * One past the last number of a lane that is sent before it is durable: of the urgent lane all that waits for no company, since an
   * answer waits for no card; of history nothing but while the disk fails.
   */
  memoryEnd(lane: Lane, isFailing: boolean): number {
    if (lane === 'urgent') return this.#waitsFrom;
    return isFailing ? Number.POSITIVE_INFINITY : 0;
  }

  /** It waits now, a batch of these samples or a gap. While a commit is under way the next is as good as begun. */
  add(entry: Entry, samples: readonly Sample[], o: { readonly nowUs: number; readonly writing: boolean }): void {
    const { lane, gap, seq, monoFromUs } = entry;
    const mayWait = lane === 'urgent' && gap === null && samples.every(({ kind }) => PATIENT.includes(kind));
    if (!mayWait || o.writing) this.press();
    else if (!this.#isPressing) this.#wait(seq, (o.nowUs - monoFromUs) / 1000);
  }

  /** What waits is to be written at the next occasion. */
  press(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#isPressing = true;
    this.#waitsFrom = Number.POSITIVE_INFINITY;
  }

  #wait(seq: number, ageMs: number): void {
    this.#waitsFrom = Math.min(this.#waitsFrom, seq);
    this.#callOff ??= this.#timers.after(Math.max(0, ALONE_AFTER_MS - ageMs), () => {
      this.press();
      this.#alone();
    });
  }

  /** All that waited is with the worker, or given up. */
  gone(): void {
    this.#callOff?.();
    this.#callOff = null;
    this.#isPressing = false;
    this.#waitsFrom = Number.POSITIVE_INFINITY;
  }
}
