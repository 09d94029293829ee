/**
 * What speaks against the position, each by itself, with hysteresis both ways: it counts once it has lasted `enterMs`,
 * and until the contrary has been seen for `leaveMs`. Between the limits (`null`) nothing begins and nothing ends.
 */
import { TRUST_REASON_CODES, TRUST_REASONS, type TrustReason } from './reasons.ts';

interface Doubt {
  holds: boolean;
  badSinceUs: number | null;
  goodSinceUs: number | null;
  seenUs: number;
  leaveMs: number;
}

/** Evidence farther apart than this does not last from one to the next. */
const JOINED_US = 12_000_000;

export class Doubts {
  readonly #doubts = new Map<TrustReason, Doubt>();
  /** How often each began to hold. */
  readonly entered: Partial<Record<TrustReason, number>> = {};

  /** `bad`: true against, false for, null neither. `sure`: it need not last. */
  look(code: TrustReason, bad: boolean | null, atUs: number, o: { sure?: boolean; leaveMs?: number } = {}): void {
    const rule = TRUST_REASONS[code];
    const known = this.#doubts.get(code);
    if (known === undefined && bad !== true) return;
    const doubt = known ?? { holds: false, badSinceUs: null, goodSinceUs: null, seenUs: atUs, leaveMs: rule.leaveMs };
    this.#doubts.set(code, doubt);
    if (atUs - doubt.seenUs > JOINED_US) {
      doubt.badSinceUs = null;
      doubt.goodSinceUs = null;
    }
    doubt.seenUs = atUs;
    if (o.leaveMs !== undefined) doubt.leaveMs = o.leaveMs;
    doubt.badSinceUs = bad === true ? (doubt.badSinceUs ?? atUs) : null;
    doubt.goodSinceUs = bad === false ? (doubt.goodSinceUs ?? atUs) : null;
    if (doubt.badSinceUs !== null && !doubt.holds) {
      doubt.holds = o.sure === true || atUs - doubt.badSinceUs >= rule.enterMs * 1e3;
      if (doubt.holds) {
        doubt.leaveMs = o.leaveMs ?? rule.leaveMs;
        this.entered[code] = (this.entered[code] ?? 0) + 1;
      }
    }
    if (doubt.goodSinceUs !== null && atUs - doubt.goodSinceUs >= doubt.leaveMs * 1e3) doubt.holds = false;
  }

  holds(code: TrustReason): boolean {
    return this.#doubts.get(code)?.holds ?? false;
  }

  /** The gravest that holds. */
  get worst(): TrustReason | null {
    return TRUST_REASON_CODES.find((code) => this.holds(code)) ?? null;
  }

  /** Nothing of what was seen counts any more. */
  forget(keep: readonly TrustReason[] = []): void {
    for (const code of this.#doubts.keys()) if (!keep.includes(code)) this.#doubts.delete(code);
  }
}
