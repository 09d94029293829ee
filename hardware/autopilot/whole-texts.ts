/** STATUSTEXTs of our autopilot as whole texts, for whoever listens. */
import type { Messages } from '@skein/protocol/mavlink';
import { type Sample, SEVERITIES, StatusTexts } from '@skein/protocol/telemetry';
import type { HeardText } from './state.ts';

export class Texts {
  readonly #chunks = new StatusTexts();
  readonly #listeners = new Set<(text: HeardText) => void>();

  listen(listener: (text: HeardText) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  take(fields: Messages['STATUSTEXT'], nowMs: number): void {
    for (const text of this.#chunks.take(fields, nowMs * 1000)) this.#give(text, nowMs);
  }

  /** Call every 100 ms: a text whose end is overdue is given out. */
  tick(nowMs: number): void {
    for (const text of this.#chunks.expire(nowMs * 1000)) this.#give(text, nowMs);
  }

  #give(sample: Sample, atMs: number): void {
    if (sample.kind !== 'text' || sample.values.text === null) return;
    const severity = SEVERITIES.indexOf(sample.values.severity ?? 'debug');
    const text = { atMs, severity, text: sample.values.text };
    for (const listener of this.#listeners) listener(text);
  }
}
