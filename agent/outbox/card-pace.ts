/**
 * How fast the card takes what it is given, and when that is worth a word. Cards pause for a second or three to put
 * their blocks in order, so one long commit says nothing: two within a minute do, or one that does not end.
 */
import type { Entry } from './entry.ts';

const SLOW_MS = 2_000;
const STUCK_MS = 10_000;
/** A commit that long keeps a card slow that was; for a minute without one it is well. */
const FAIR_MS = 1_000;
const REMEMBERED_MS = 60_000;

export class CardPace {
  #longestMs = 0;
  #worstNotDurableUs = 0;
  #begunMs: number | null = null;
  #isSlow = false;
  /** When the last long commit ended, and how long the longest of late took. */
  #longAtMs = Number.NEGATIVE_INFINITY;
  #lateMs = 0;

  began(nowMs: number): void {
    this.#begunMs = nowMs;
  }

  /** The commit under way came to nothing: how long a failing disk took says nothing about a good one. */
  failed(): void {
    this.#begunMs = null;
  }

  committed(group: readonly Entry[], tookMs: number, nowMs: number): void {
    this.#begunMs = null;
    this.#longestMs = Math.max(this.#longestMs, tookMs);
    for (const { gap, monoFromUs } of group) {
      if (gap === null) this.#worstNotDurableUs = Math.max(this.#worstNotDurableUs, nowMs * 1000 - monoFromUs);
    }
    const again = this.#isRemembered(nowMs);
    if (!again) this.#isSlow = false;
    if (tookMs < (this.#isSlow ? FAIR_MS : SLOW_MS)) return;
    this.#isSlow ||= again || tookMs >= STUCK_MS;
    this.#lateMs = again ? Math.max(this.#lateMs, tookMs) : tookMs;
    this.#longAtMs = nowMs;
  }

  #isRemembered(nowMs: number): boolean {
    return nowMs - this.#longAtMs < REMEMBERED_MS;
  }

  /** Its part of the status; the stamp is that of the oldest sample that waits. */
  shown(oldestMonoUs: number | null, nowUs: number) {
    const notDurableUs = nowUs - (oldestMonoUs ?? nowUs);
    return {
      oldestNotDurableMs: notDurableUs / 1000,
      worstNotDurableMs: Math.max(notDurableUs, this.#worstNotDurableUs) / 1000,
      longestCommitMs: this.#longestMs,
      slowCommitMs: this.slowMs(nowUs / 1000),
    };
  }

  /** Longest commit of late, ms; null while the card is not to be called slow. */
  slowMs(nowMs: number): number | null {
    const underWayMs = this.#begunMs === null ? 0 : nowMs - this.#begunMs;
    if (underWayMs >= STUCK_MS) return Math.max(underWayMs, this.#lateMs);
    return this.#isSlow && this.#isRemembered(nowMs) ? Math.max(this.#lateMs, underWayMs) : null;
  }
}
