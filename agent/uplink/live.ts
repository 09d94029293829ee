/**
 * The live lane: of each kind (and instance) the newest sample, sent when it changed; all of them every 10 s and at the
 * beginning of a session. Nothing here is numbered, kept or sent twice for being lost.
 *
 * It waits for no disk, so it is the first to tell what has just gone wrong: as the motors stop, and with a text that calls
 * for help, the next message goes at once, and for some seconds at the highest rate.
 */
import { inLiveOrder, type KindName, liveKey, type Sample } from '@skein/protocol/telemetry';

const EVERYTHING_EVERY_MS = 10_000;
/** What is older is not sent as live: a stale value must not look fresh. */
const FRESH_US = 30_000_000;
/** Kinds that stay true until they are said anew. */
const LASTING: ReadonlySet<KindName> = new Set(['home', 'autopilot', 'flight']);
/** Texts go the urgent way, each of them. */
const LEFT_OUT: ReadonlySet<KindName> = new Set(['text']);
const USUAL_HZ = 1;
const MIN_HZ = 0.5;
const MAX_HZ = 5;
/** What falls is on the ground within so long from 75 m; what lands costs as many messages. */
const HURRY_MS = 4_000;
/** An autopilot that repeats its texts does not keep the lane in a hurry. */
const TEXT_HURRIES_EVERY_MS = 20_000;

export class LiveLane {
  readonly #newest = new Map<string, Sample>();
  readonly #changed = new Set<string>();
  #everythingMs = Number.NEGATIVE_INFINITY;
  #nextMs = Number.NEGATIVE_INFINITY;
  #tookEverything = false;
  #hz = USUAL_HZ;
  #hzUntilMs = Number.NEGATIVE_INFINITY;
  #armed: boolean | null = null;
  #hurriedMs = Number.NEGATIVE_INFINITY;

  /** What was taken last was all of it. */
  get tookEverything(): boolean {
    return this.#tookEverything;
  }

  get hz(): number {
    return this.#hz;
  }

  /**
   * How often the controller wants it, kept within 0.5–5 Hz, and until when: it says so again and again while it is there. Of
   * one that fell silent behind a broker nobody would take the higher rate back.
   */
  setHz(hz: number, untilMs: number): void {
    this.#hz = Math.min(MAX_HZ, Math.max(MIN_HZ, hz));
    this.#hzUntilMs = untilMs;
  }

  note(sample: Sample): void {
    this.#heed(sample);
    if (LEFT_OUT.has(sample.kind)) return;
    const key = liveKey(sample);
    this.#newest.set(key, sample);
    this.#changed.add(key);
  }

  #heed({ kind, values, monoUs }: Sample): void {
    const nowMs = monoUs / 1e3;
    if (kind === 'text' && values.severity === 'emergency') {
      if (nowMs - this.#hurriedMs >= TEXT_HURRIES_EVERY_MS) this.#hurry(nowMs);
    } else if (kind === 'status') {
      if (this.#armed === true && values.armed === false) this.#hurry(nowMs);
      this.#armed = values.armed;
    }
  }

  #hurry(nowMs: number): void {
    this.#hurriedMs = nowMs;
    this.#nextMs = Number.NEGATIVE_INFINITY;
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
    if (nowMs >= this.#hzUntilMs) this.#hz = USUAL_HZ;
    if (nowMs < this.#nextMs) return [];
    const period = 1000 / (nowMs - this.#hurriedMs < HURRY_MS ? MAX_HZ : this.#hz);
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
