/**
 * TIMESYNC: the autopilot's clock against ours, its time since boot on request, and an answer to its own questions.
 * ArduPilot and PX4 both count nanoseconds since boot (the former adds its channel's number, some ns). Pure.
 *
 *   ask  ─▶ {tc1: 0, ts1: our ns} ─▶ autopilot ─▶ {tc1: its ns, ts1: ours} ─▶ offset, age, round trip
 *   its question {tc1: 0, ts1: its ns} ─▶ {tc1: our ns, ts1: its}
 */
import type { FieldsIn, Messages } from '@skein/protocol/mavlink';

/** Questions whose answers are still of interest. */
const MAX_ASKED = 16;
const KEEP_MS = 5_000;

export interface BootAge {
  /** The autopilot's time since boot when it answered, ms. */
  readonly bootMs: number;
  readonly rttMs: number;
  readonly askedMs: number;
  readonly heardMs: number;
}

export class TimeSync {
  readonly counters = { asked: 0, answered: 0, repliesGiven: 0, strange: 0 };
  readonly #asked = new Map<bigint, number>();
  #serial = 0n;
  #latest: BootAge | null = null;

  /** Its newest answer. */
  get latest(): BootAge | null {
    return this.#latest;
  }

  /** The autopilot's time since boot minus our clock, ms. */
  get offsetMs(): number | null {
    const { bootMs, askedMs, rttMs } = this.#latest ?? {};
    return bootMs === undefined || askedMs === undefined || rttMs === undefined ? null : bootMs - (askedMs + rttMs / 2);
  }

  ask(nowMs: number): Pick<FieldsIn<'TIMESYNC'>, 'tc1' | 'ts1'> {
    for (const [ts1, atMs] of this.#asked) {
      if (nowMs - atMs > KEEP_MS || this.#asked.size >= MAX_ASKED) this.#asked.delete(ts1);
    }
    // No two alike, and never 0, even if the clock stands.
    this.#serial = (this.#serial + 1n) % 1000n;
    const ts1 = BigInt(Math.max(1, Math.round(nowMs))) * 1_000_000n + this.#serial;
    this.#asked.set(ts1, nowMs);
    this.counters.asked++;
    return { tc1: 0n, ts1 };
  }

  /** A TIMESYNC of our autopilot: what to answer, or what it answered; null when it concerns somebody else. */
  take(
    f: Messages['TIMESYNC'],
    nowMs: number,
  ): { readonly reply: Pick<FieldsIn<'TIMESYNC'>, 'tc1' | 'ts1'> } | { readonly age: BootAge } | null {
    if (f.tc1 === 0n) {
      this.counters.repliesGiven++;
      return { reply: { tc1: BigInt(Math.max(1, Math.round(nowMs * 1000))) * 1000n, ts1: f.ts1 } };
    }
    const askedMs = this.#asked.get(f.ts1);
    if (askedMs === undefined) return null;
    this.#asked.delete(f.ts1);
    if (f.tc1 < 0n) {
      this.counters.strange++;
      return null;
    }
    this.counters.answered++;
    const bootMs = Number(f.tc1 / 1000n) / 1000;
    this.#latest = { bootMs, rttMs: Math.max(0, nowMs - askedMs), askedMs, heardMs: nowMs };
    return { age: this.#latest };
  }

  /** It rebooted, or is another: what was asked before says nothing now. */
  reset(): void {
    this.#asked.clear();
    this.#latest = null;
  }
}
