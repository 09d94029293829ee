/**
 * The autopilot's own stamps on its positions against our clock: do they advance, are they of now, has it restarted?
 *
 *   arrival − stamp = the difference of the clocks + the way here, so the least of it is the best known.
 *
 * A line and a busy process hold back, they do not exchange: what they deliver late has stamps that still go on, by less
 * than the time between (`late`: of the moment it says, and that is not now). Stamps that go back or stand still are no
 * delay: `old`, unless they fit an autopilot that began since the last one. An autopilot whose clock loses time (one in
 * software on a busy machine) looks like a line that fills; its own time, asked for, tells the two apart.
 */
import {
  STAMP_AHEAD_MS,
  STAMP_CLOCK_SLACK_MS,
  STAMP_CLOCK_WITHIN_MS,
  STAMP_LATE_MS,
  STAMP_SAME_MS,
  STAMP_SAME_SPREAD_MS,
  STAMP_SILENCE_MS,
  STAMP_STILL_MS,
  STAMP_WINDOW_MS,
} from './limits.ts';

export type StampVerdict = 'good' | 'late' | 'old' | 'rebooted' | 'unknown';

/** So much of a boot may lie before the last sample of the one before: clocks and rounding. */
const REBOOT_SLACK_MS = 1_000;
/** Stamps far ahead in a row before they are believed: one damaged one must not make all others old. */
const AHEAD_TIMES = 5;

export class Stamps {
  #lastBootMs: number | null = null;
  #newestBootMs = 0;
  #lastAtMs = 0;
  #advancedMs = 0;
  #least: number | null = null;
  #before: number | null = null;
  #bucketMs = 0;
  #ahead = 0;
  #late: { readonly ms: number; readonly sinceMs: number } | null = null;
  #lateMs = 0;
  #wasOld = false;

  /** How long ago the newest one was said when it came, ms, as far as it is known. */
  get lateMs(): number {
    return this.#lateMs;
  }

  /** `bootMs`: time_boot_ms; `monoUs`: when it came. */
  take(bootMs: number | null, monoUs: number): StampVerdict {
    this.#lateMs = 0;
    if (bootMs === null) return 'unknown';
    const atMs = monoUs / 1e3;
    const offset = atMs - bootMs;
    const last = this.#lastBootMs;
    const sinceMs = atMs - this.#lastAtMs;
    if (last === null || this.#least === null) return this.#begin(bootMs, atMs, 'good');
    const lateMs = offset - Math.min(this.#least, this.#before ?? this.#least);
    const mayHaveBegun = bootMs < last || sinceMs > STAMP_SILENCE_MS;
    if (mayHaveBegun && lateMs > STAMP_LATE_MS && bootMs <= sinceMs + REBOOT_SLACK_MS) {
      return this.#begin(bootMs, atMs, 'rebooted');
    }
    this.#lastAtMs = atMs;
    this.#lastBootMs = bootMs;
    if (bootMs > last) this.#advancedMs = atMs;
    if (lateMs < -STAMP_AHEAD_MS) {
      this.#ahead++;
      return this.#ahead >= AHEAD_TIMES ? this.#begin(bootMs, atMs, 'good') : 'old';
    }
    this.#ahead = 0;
    if (lateMs > STAMP_LATE_MS) {
      if (this.#stays(lateMs, atMs)) return this.#begin(bootMs, atMs, 'good');
      // One that went back stays old until it is past what was there before.
      this.#wasOld = bootMs <= this.#newestBootMs || (this.#wasOld && bootMs - last <= sinceMs + STAMP_SAME_SPREAD_MS);
      this.#newestBootMs = Math.max(this.#newestBootMs, bootMs);
      if (this.#wasOld) return 'old';
      this.#lateMs = lateMs;
      return 'late';
    }
    this.#late = null;
    this.#wasOld = false;
    this.#newestBootMs = Math.max(this.#newestBootMs, bootMs);
    if (bootMs <= last && atMs - this.#advancedMs >= STAMP_STILL_MS) return 'old';
    this.#lateMs = Math.max(0, lateMs);
    this.#note(offset, atMs);
    return 'good';
  }

  /**
   * Its time as it said when asked: `askedMs` by our clock, before it can have answered. Whatever it has lost since it
   * was heard fastest is no delay.
   */
  clock(bootMs: number, askedMs: number): void {
    if (this.#least === null) return;
    const atLeast = askedMs - bootMs - STAMP_CLOCK_SLACK_MS;
    const known = Math.min(this.#least, this.#before ?? this.#least);
    // Another clock than that of the stamps, or another boot.
    if (atLeast <= known || atLeast - known > STAMP_CLOCK_WITHIN_MS) return;
    this.#lateMs = Math.max(0, this.#lateMs - (atLeast - known));
    this.#least = atLeast;
    this.#before = null;
    this.#late = null;
  }

  #begin(bootMs: number, atMs: number, verdict: StampVerdict): StampVerdict {
    this.#lastBootMs = bootMs;
    this.#newestBootMs = bootMs;
    this.#lastAtMs = atMs;
    this.#advancedMs = atMs;
    this.#least = atMs - bootMs;
    this.#before = null;
    this.#bucketMs = atMs;
    this.#ahead = 0;
    this.#late = null;
    this.#wasOld = false;
    return verdict;
  }

  #stays(lateMs: number, atMs: number): boolean {
    if (this.#late === null || Math.abs(lateMs - this.#late.ms) > STAMP_SAME_SPREAD_MS) {
      this.#late = { ms: lateMs, sinceMs: atMs };
    }
    return atMs - this.#late.sinceMs >= STAMP_SAME_MS;
  }

  /** Two windows: crystals drift, so what was least an hour ago is not now. What is old moves neither. */
  #note(offset: number, atMs: number): void {
    if (atMs - this.#bucketMs > STAMP_WINDOW_MS) {
      this.#before = this.#least;
      this.#least = offset;
      this.#bucketMs = atMs;
    } else this.#least = Math.min(this.#least ?? offset, offset);
  }
}
