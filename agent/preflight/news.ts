/**
 * When a pre-flight list is worth saying again: a verdict has changed; the words have, numbers aside, and the last time is
 * some seconds ago (a voltage changes every second); or a minute has passed.
 */
import type { Preflight } from './facts.ts';

const SAY_EVERY_MS = 60_000;
const SAY_WORDS_EVERY_MS = 5_000;

export class PreflightNews {
  #verdicts: string | null = null;
  #words = '';
  #saidMs = 0;

  /** True: say it, and take it as said. */
  isNews({ items }: Preflight, nowMs: number): boolean {
    const verdicts = items.map(({ item, verdict }) => `${item} ${verdict}`).join();
    const words = items.map((each) => each.words.replaceAll(/\d+(\.\d+)?/g, '#')).join();
    const sinceMs = nowMs - this.#saidMs;
    const news =
      verdicts !== this.#verdicts ||
      sinceMs >= SAY_EVERY_MS ||
      (words !== this.#words && sinceMs >= SAY_WORDS_EVERY_MS);
    if (news) {
      this.#verdicts = verdicts;
      this.#words = words;
      this.#saidMs = nowMs;
    }
    return news;
  }
}
