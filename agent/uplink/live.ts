/**
 * The live lane: of each kind (and instance) the newest sample, sent when it changed; all of them every 10 s and at the
 * beginning of a session. Nothing here is numbered, kept or sent twice for being lost.
 */
import { inLiveOrder, type KindName, liveKey, type Sample } from '@skein/protocol/telemetry';

const EVERYTHING_EVERY_MS = 10_000;
/** What is older is not sent as live: a stale value must not look fresh. */
const FRESH_US = 30_000_000;
/** Kinds that stay true until they are said anew. */
const LASTING: ReadonlySet<KindName> = new Set(['home', 'autopilot', 'flight']);
/** Texts go the urgent way, each of them. */
const LEFT_OUT: ReadonlySet<KindName> = new Set(['text']);
const MIN_HZ = 0.5;
const MAX_HZ = 5;

export class LiveLane {
  readonly #newest = new Map<string, Sample>();
  readonly #changed = new Set<string>();
  #everythingMs = Number.NEGATIVE_INFINITY;
  #nextMs = Number.NEGATIVE_INFINITY;
  #tookEverything = false;
  #hz = 1;

  /** What was taken last was all of it. */
  get tookEverything(): boolean {
    return this.#tookEverything;
  }

  get hz(): number {
    return this.#hz;
  }

  /** How often the controller wants it; kept within 0.5–5 Hz. */
  setHz(hz: number): void {
    this.#hz = Math.min(MAX_HZ, Math.max(MIN_HZ, hz));
  }

  note(sample: Sample): void {
    if (LEFT_OUT.has(sample.kind)) return;
    const key = liveKey(sample);
    this.#newest.set(key, sample);
    this.#changed.add(key);
  }

  /** What was taken could not be sent: nobody knows it, and its newest is due again. */
  unsent(samples: readonly Sample[]): void {
    for (const sample of samples) this.#changed.add(liveKey(sample));
  }

  /** A session began: everything at the next tick. */
  begin(): void {
    this.wantAll();
    this.#nextMs = Number.NEGATIVE_INFINITY;
  }

  /** Everything when it is time next. */
  wantAll(): void {
    this.#everythingMs = Number.NEGATIVE_INFINITY;
  }

  /** What to send now; empty when it is not time or nothing changed. */
  take(nowMs: number, nowUs: number): readonly Sample[] {
    if (nowMs < this.#nextMs) return [];
    const period = 1000 / this.#hz;
    // On a grid while it is kept, so that a timer's lateness does not add up.
    this.#nextMs = nowMs - this.#nextMs > period ? nowMs + period : this.#nextMs + period;
    const everything = nowMs - this.#everythingMs >= EVERYTHING_EVERY_MS;
    const keys = everything ? [...this.#newest.keys()] : [...this.#changed];
    const samples = keys
      .flatMap((key) => this.#newest.get(key) ?? [])
      .filter((sample) => LASTING.has(sample.kind) || nowUs - sample.monoUs < FRESH_US);
    if (everything && samples.length > 0) this.#everythingMs = nowMs;
    this.#tookEverything = everything;
    this.#changed.clear();
    return inLiveOrder(samples);
  }
}
