/**
 * One command from the question to what became of it. Pure: times, answers, texts and pictures of the vehicle go in;
 * the `confirmation` to send with comes out.
 *
 *   begin ─already so──▶ already
 *     │ send                                     repeatable, no answer: again with confirmation + 1, then no-ack
 *     ▼                                          once, no answer: its effect is looked for, then no-ack; never again
 *   asked ─ACCEPTED──▶ accepted, or its effect is looked for (no-effect)
 *     │ ▲ └IN_PROGRESS: wait longer
 *     │ └──TEMPORARILY_REJECTED: repeatable, later again
 *     └─DENIED, FAILED, UNSUPPORTED…──▶ texts that come with it ──▶ refused
 */
import { MavResult } from '@skein/protocol/mavlink';
import type { CommandFailure, CommandOutcome, CommandRequest } from './command.ts';
import type { VehicleState } from './state.ts';

const ACK_WITHIN_MS = { repeatable: 1_000, once: 2_500 } as const;
const TRIES = 4;
const EFFECT_WITHIN_MS = 5_000;
const IN_PROGRESS_MS = 5_000;
/** However often it says that it is still at it. */
const LONGEST_MS = 120_000;
const BUSY_AGAIN_MS = 500;
/** A refusal's STATUSTEXT comes within the same few milliseconds over TCP, later over a busy serial line. */
const TEXTS_AFTER_MS = 300;
const MAX_TEXTS = 8;

type Phase = 'new' | 'asked' | 'pause' | 'effect' | 'texts' | 'done';

export class Transaction {
  readonly request: CommandRequest;
  #phase: Phase = 'new';
  #deadlineMs = 0;
  #startedMs = 0;
  #tries = 0;
  #sent = 0;
  #accepted = false;
  #answered = false;
  #result: string | null = null;
  readonly #texts: string[] = [];
  #outcome: CommandOutcome | null = null;

  constructor(request: CommandRequest) {
    this.request = request;
  }

  /** Null while it is under way. */
  get outcome(): CommandOutcome | null {
    return this.#outcome;
  }

  /** A frame left and nothing has answered it: a late answer may still come. */
  get owesAnswer(): boolean {
    return this.#sent > 0 && !this.#answered && this.request.unanswered !== true;
  }

  /** Called once. Returns the confirmation to send with, or null when there is nothing to send. */
  begin(nowMs: number, state: VehicleState): number | null {
    this.#startedMs = nowMs;
    if (!state.alive) return this.#fail('no-autopilot');
    if (this.request.alreadySo?.(state)) return this.#end({ ok: true, how: 'already' });
    if (this.request.may?.(state) === false) return this.#fail('changed');
    return this.#ask(nowMs);
  }

  /** What was to be sent last was not: the link is closed or would not take it. */
  notSent(nowMs: number): void {
    this.#sent--;
    if (this.request.klass === 'once') this.#fail('no-link');
    else this.#deadlineMs = Math.min(this.#deadlineMs, nowMs + BUSY_AGAIN_MS);
  }

  acknowledged(result: number, nowMs: number, state: VehicleState): void {
    if (this.#phase !== 'asked' && this.#phase !== 'pause' && !(this.#phase === 'effect' && !this.#answered)) return;
    this.#answered = true;
    if (result === MavResult.IN_PROGRESS) {
      this.#answered = false;
      this.#phase = 'asked';
      this.#deadlineMs = Math.min(nowMs + IN_PROGRESS_MS, this.#startedMs + LONGEST_MS);
      // It is at it: asking again would begin it anew.
      this.#tries = TRIES;
      return;
    }
    if (result === MavResult.ACCEPTED) {
      this.#accepted = true;
      this.#lookForEffect(nowMs, state);
      return;
    }
    this.#result = resultName(result);
    if (result === MavResult.TEMPORARILY_REJECTED && this.request.klass === 'repeatable' && this.#tries < TRIES) {
      this.#phase = 'pause';
      this.#deadlineMs = nowMs + BUSY_AGAIN_MS;
      return;
    }
    this.#phase = 'texts';
    this.#deadlineMs = nowMs + TEXTS_AFTER_MS;
  }

  text(text: string): void {
    if (this.#phase === 'new' || this.#phase === 'done') return;
    if (this.#texts.length < MAX_TEXTS && !this.#texts.includes(text)) this.#texts.push(text);
  }

  /** Call every 100 ms and when something was heard: the confirmation to send with now, or null. */
  tick(nowMs: number, state: VehicleState): number | null {
    switch (this.#phase) {
      case 'new':
      case 'done':
        return null;
      case 'effect':
        if (this.#isSeen(state)) return this.#end({ ok: true, how: this.#accepted ? 'accepted' : 'effect-seen' });
        if (nowMs < this.#deadlineMs) return null;
        return this.#fail(this.#accepted ? 'no-effect' : 'no-ack');
      default:
    }
    const { unanswered } = this.request;
    if (unanswered && this.#phase === 'asked' && this.#isSeen(state))
      return this.#end({ ok: true, how: 'effect-seen' });
    if (nowMs < this.#deadlineMs) return null;
    if (this.#phase === 'texts') return this.#fail('refused');
    if (this.#phase === 'asked' && this.#isSeen(state)) return this.#end({ ok: true, how: 'effect-seen' });
    if (this.request.klass === 'repeatable' && this.#tries < TRIES) return this.#ask(nowMs);
    if (this.request.klass === 'repeatable') return this.#fail(this.#sent === 0 ? 'no-link' : 'no-ack');
    if (this.request.effect === undefined) return this.#fail('no-ack');
    this.#phase = 'effect';
    this.#deadlineMs = nowMs + (this.request.effectWithinMs ?? EFFECT_WITHIN_MS);
    return null;
  }

  abort(): void {
    if (this.#phase !== 'done') this.#fail('aborted');
  }

  #ask(nowMs: number): number {
    const confirmation = this.#tries;
    this.#tries++;
    this.#sent++;
    this.#phase = 'asked';
    this.#deadlineMs = nowMs + (this.request.ackWithinMs ?? ACK_WITHIN_MS[this.request.klass]);
    return confirmation;
  }

  #lookForEffect(nowMs: number, state: VehicleState): void {
    if (this.request.effect === undefined || this.#isSeen(state)) {
      this.#end({ ok: true, how: 'accepted' });
      return;
    }
    this.#phase = 'effect';
    this.#deadlineMs = nowMs + (this.request.effectWithinMs ?? EFFECT_WITHIN_MS);
  }

  #isSeen(state: VehicleState): boolean {
    return this.request.effect?.(state) ?? false;
  }

  #fail(code: CommandFailure): null {
    return this.#end({ ok: false, code, result: this.#result, texts: [...this.#texts], sent: this.#sent > 0 });
  }

  #end(outcome: CommandOutcome): null {
    this.#phase = 'done';
    this.#outcome = outcome;
    return null;
  }
}

const RESULT_NAMES = new Map(Object.entries(MavResult).map(([name, value]) => [value as number, name]));

/** `FAILED`, or `result 42` for one the definitions lack. */
export function resultName(result: number): string {
  return RESULT_NAMES.get(result) ?? `result ${result}`;
}
