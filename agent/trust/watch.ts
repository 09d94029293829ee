/**
 * The verdict on the position, said when it changes and each 10 s, and asked by whoever wants to act on a position.
 *
 *   every sample ─▶ PositionTrust ─▶ positionTrusted() ─▶ goto, resume, itineraries, pre-flight
 *                        └─ tick ─▶ sample `trust`, for the worse in the urgent lane
 */
import { type ReasonCode, reason } from '@skein/protocol/fleet';
import {
  PositionTrust,
  type Sample,
  TRUST_STATES,
  type Trust,
  type TrustCounters,
  trustWords,
} from '@skein/protocol/telemetry';

const SAY_EVERY_MS = 10_000;
/** A verdict is said at most so often; what is decided by it always asks for that of now. */
const SAY_WITHIN_MS = 1_000;
/** The autopilot's time is asked for at most so often, and only while its positions seem late. */
const ASK_EVERY_MS = 500;

/** May the position be acted on now? `reason`: `position: code: words`, as an answer to a command carries it. */
export type PositionWord = { readonly ok: true } | { readonly ok: false; readonly reason: string };

export interface TrustStatus {
  readonly state: Trust['state'];
  readonly reason: string | null;
  readonly words: string;
  readonly forMs: number;
  readonly lastAgeMs: number | null;
  readonly radiusM: number | null;
  readonly counters: Readonly<TrustCounters>;
  /** How often each reason began to hold. */
  readonly doubts: Readonly<Record<string, number>>;
}

export interface TrustWatchOptions {
  /** The clock that samples carry, µs. */
  readonly nowUs: () => number;
  readonly onSample: (sample: Sample<'trust'>, urgent: boolean) => void;
  readonly onEvent: (words: string) => void;
  /** The autopilot's time since boot, asked now, ms; null: no answer. */
  readonly askClock?: () => Promise<{ readonly bootMs: number; readonly rttMs: number } | null>;
}

export class TrustWatch {
  readonly #o: TrustWatchOptions;
  readonly #trust = new PositionTrust();
  #said: { readonly state: Trust['state']; readonly reason: string | null; readonly atMs: number } | null = null;

  #asking = false;
  #askedMs = Number.NEGATIVE_INFINITY;

  constructor(o: TrustWatchOptions) {
    this.#o = o;
  }

  /** Every sample the agent makes. */
  take(sample: Sample): void {
    this.#trust.take(sample);
  }

  get now(): Trust {
    return this.#trust.at(this.#o.nowUs());
  }

  positionTrusted(): PositionWord {
    const { state, reason: code } = this.now;
    const refusal: ReasonCode = 'position';
    return state === 'trusted' ? { ok: true } : { ok: false, reason: reason(refusal, wordsOf(code)) };
  }

  /** Call some times a second. */
  tick(): void {
    const { now } = this;
    const nowMs = this.#o.nowUs() / 1e3;
    if (this.#trust.wantsClock && nowMs - this.#askedMs >= ASK_EVERY_MS) void this.#ask(nowMs);
    const before = this.#said;
    const sinceMs = before === null ? Number.POSITIVE_INFINITY : nowMs - before.atMs;
    const isOther = before?.state !== now.state || before.reason !== now.reason;
    const isWorse = before !== null && TRUST_STATES.indexOf(now.state) > TRUST_STATES.indexOf(before.state);
    if (!isWorse && sinceMs < (isOther ? SAY_WITHIN_MS : SAY_EVERY_MS)) return;
    this.#said = { state: now.state, reason: now.reason, atMs: nowMs };
    if (before !== null && before.state !== now.state) {
      this.#o.onEvent(now.reason === null ? 'the position is trusted' : `${now.state}: ${wordsOf(now.reason)}`);
    }
    this.#o.onSample(this.#sample(now), isWorse);
  }

  async #ask(nowMs: number): Promise<void> {
    if (this.#asking || this.#o.askClock === undefined) return;
    this.#asking = true;
    this.#askedMs = nowMs;
    const said = await this.#o.askClock();
    this.#asking = false;
    if (said !== null) this.#trust.clock(said.bootMs, this.#o.nowUs() - said.rttMs * 1e3);
  }

  #sample({ state, reason: code, forMs, last, estimate }: Trust): Sample<'trust'> {
    return {
      kind: 'trust',
      monoUs: Math.round(this.#o.nowUs()),
      bootMs: null,
      values: {
        state,
        reason: code,
        forMs: Math.round(forMs),
        lastAgeMs: last === null ? null : Math.round(last.ageMs),
        lastLatDeg: last?.latDeg ?? null,
        lastLonDeg: last?.lonDeg ?? null,
        lastAltAmslM: last?.altM ?? null,
        latDeg: estimate?.latDeg ?? null,
        lonDeg: estimate?.lonDeg ?? null,
        radiusM: estimate?.radiusM ?? null,
      },
    };
  }

  status(): TrustStatus {
    const { state, reason: code, forMs, last, estimate } = this.now;
    return {
      state,
      reason: code,
      words: code === null ? 'the position is trusted' : trustWords(code),
      forMs,
      lastAgeMs: last?.ageMs ?? null,
      radiusM: estimate?.radiusM ?? null,
      counters: { ...this.#trust.counters },
      doubts: { ...this.#trust.entered },
    };
  }
}

const wordsOf = (code: string | null): string => (code === null ? '' : `${code}: ${trustWords(code)}`);
