/** What has arrived: of which moment each position is, whether it follows the one before, and for how long things are seen. */
import { Evidence } from './evidence.ts';
import { BRIDGE_MS, STAMP_ASK_MS } from './limits.ts';
import { Stamps, type StampVerdict } from './stamps.ts';

export interface Arrival {
  readonly heardUs: number;
  /** When it was true, by our clock: less than `heardUs` by what it was late; of one that is old, when the one before was. */
  readonly atUs: number;
  /** By `Evidence`. */
  readonly seenUs: number;
  readonly verdict: StampVerdict;
  /** Its stamp, where that is one to count by. */
  readonly bootMs: number | null;
  /** Of which nothing came between the one before and this one, ms: what was held back and came at last is none. */
  readonly missedMs: number;
}

export class Arrivals {
  readonly #stamps = new Stamps();
  readonly #evidence = new Evidence();
  #newest: Arrival | null = null;

  /** The newest position. */
  get newest(): Arrival | null {
    return this.#newest;
  }

  /** How long things have been seen, µs: see `Evidence`. */
  get seenUs(): number {
    return this.#evidence.us;
  }

  /** Its positions seem late; its time as asked would tell why. */
  get wantsClock(): boolean {
    return this.#stamps.lateMs > STAMP_ASK_MS;
  }

  clock(bootMs: number, askedUs: number): void {
    const lateMs = this.#stamps.lateMs;
    this.#stamps.clock(bootMs, askedUs / 1e3);
    const newest = this.#newest;
    if (newest === null) return;
    // What it has lost is no delay of the newest one either.
    const atUs = newest.atUs + (lateMs - this.#stamps.lateMs) * 1e3;
    this.#newest = { ...newest, atUs: Math.min(newest.heardUs, atUs) };
  }

  /** Any sample, when it came. */
  heard(monoUs: number): number {
    return this.#evidence.heard(monoUs);
  }

  /** A position that was `heard`; null: one that came later is known already. */
  position(stamp: number | null, monoUs: number): Arrival | null {
    const last = this.#newest;
    if (last !== null && monoUs < last.heardUs) return null;
    const verdict = this.#stamps.take(stamp, monoUs);
    const bootMs = verdict === 'unknown' || verdict === 'old' ? null : stamp;
    const wasMs = verdict === 'rebooted' ? null : (last?.bootMs ?? null);
    const stepMs = bootMs === null || wasMs === null ? null : bootMs - wasMs;
    const joined = stepMs !== null && stepMs > 0 && stepMs <= BRIDGE_MS;
    this.#newest = {
      ...{ heardUs: monoUs, verdict, bootMs },
      atUs: verdict === 'old' && last !== null ? last.atUs : monoUs - this.#stamps.lateMs * 1e3,
      seenUs: this.#evidence.position(joined ? stepMs : null),
      missedMs: joined ? stepMs : (monoUs - (last?.heardUs ?? monoUs)) / 1e3,
    };
    return this.#newest;
  }
}
