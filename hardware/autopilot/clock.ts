/**
 * Asks the autopilot for its time, answers when it asks for ours, and tells a reboot from silence: timesync.ts and boot.ts
 * together, with who waits for an answer.
 */
import type { FieldsIn, Messages } from '@skein/protocol/mavlink';
import { BootWatch } from './boot.ts';
import { type BootAge, TimeSync } from './timesync.ts';

/** Also what keeps an autopilot's own time in our reach between the stamps of its streams. */
const EVERY_MS = 10_000;
const TRY_MS = 500;
const TRIES = 3;
const MAX_WAITING = 16;

export type TimeFields = Pick<FieldsIn<'TIMESYNC'>, 'tc1' | 'ts1'>;

export interface ClockOptions {
  readonly send: (fields: TimeFields) => boolean;
  readonly nowMs: () => number;
  readonly drawId: () => string;
  readonly onRebooted: () => void;
}

interface Waiter {
  readonly sinceMs: number;
  tries: number;
  nextMs: number;
  readonly settle: (age: { bootMs: number; rttMs: number } | null) => void;
}

export class AutopilotClock {
  readonly #o: ClockOptions;
  readonly #timesync = new TimeSync();
  readonly #boot: BootWatch;
  #waiters: readonly Waiter[] = [];
  #nextMs = Number.NEGATIVE_INFINITY;
  /** Its newest stamp was, and it is asked. */
  #isDoubtful = false;

  constructor(o: ClockOptions) {
    this.#o = o;
    this.#boot = new BootWatch(o.drawId);
  }

  get boot(): BootWatch {
    return this.#boot;
  }

  get offsetMs(): number | null {
    return this.#timesync.offsetMs;
  }

  /** Of the newest answer, ms; null: none came yet. */
  get roundTripMs(): number | null {
    return this.#timesync.latest?.rttMs ?? null;
  }

  get counters(): TimeSync['counters'] {
    return this.#timesync.counters;
  }

  /** Its time since boot, asked now; null: no answer to three questions in 1.5 s. */
  age(signal?: AbortSignal): Promise<{ bootMs: number; rttMs: number } | null> {
    if (signal?.aborted || this.#waiters.length >= MAX_WAITING) return Promise.resolve(null);
    return new Promise((resolve) => {
      const settle: Waiter['settle'] = (age) => {
        signal?.removeEventListener('abort', onAbort);
        this.#waiters = this.#waiters.filter((other) => other !== waiter);
        resolve(age);
      };
      const onAbort = (): void => settle(null);
      const nowMs = this.#o.nowMs();
      const waiter: Waiter = { sinceMs: nowMs, tries: 0, nextMs: nowMs, settle };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiters = [...this.#waiters, waiter];
      this.#turn(nowMs);
    });
  }

  /** Ask with the next tick: it was silent, or says that it boots. */
  askSoon(): void {
    this.#nextMs = Number.NEGATIVE_INFINITY;
  }

  take(f: Messages['TIMESYNC'], nowMs: number): void {
    const heard = this.#timesync.take(f, nowMs);
    if (heard === null) return;
    if ('reply' in heard) {
      this.#o.send(heard.reply);
      return;
    }
    this.#answered(heard.age, nowMs);
  }

  /** A stamp of its time since boot in some message. */
  stamp(bootMs: number, nowMs: number): void {
    const isDoubtful = this.#boot.isDoubtful(bootMs, nowMs);
    if (isDoubtful && !this.#isDoubtful) this.askSoon();
    this.#isDoubtful = isDoubtful;
    if (!isDoubtful && this.#boot.heard(bootMs, nowMs)) this.#rebooted();
  }

  #answered({ bootMs, rttMs, askedMs }: BootAge, nowMs: number): void {
    if (this.#boot.asked(bootMs, askedMs, nowMs)) this.#rebooted();
    for (const waiter of this.#waiters) if (askedMs >= waiter.sinceMs) waiter.settle({ bootMs, rttMs });
  }

  #rebooted(): void {
    this.#timesync.reset();
    this.#o.onRebooted();
  }

  /** Call every 100 ms while the link is open and the autopilot heard. */
  tick(nowMs: number): void {
    this.#turn(nowMs);
    if (nowMs < this.#nextMs) return;
    this.#nextMs = nowMs + EVERY_MS;
    this.#o.send(this.#timesync.ask(nowMs));
  }

  #turn(nowMs: number): void {
    for (const waiter of this.#waiters) {
      if (nowMs < waiter.nextMs) continue;
      if (waiter.tries >= TRIES) {
        waiter.settle(null);
        continue;
      }
      waiter.tries++;
      waiter.nextMs = nowMs + TRY_MS;
      this.#o.send(this.#timesync.ask(nowMs));
    }
  }

  /** Instead of `tick` while there is nobody to ask: who waits is not kept waiting. */
  idle(nowMs: number): void {
    for (const waiter of this.#waiters) if (nowMs - waiter.sinceMs >= TRIES * TRY_MS) waiter.settle(null);
  }

  close(): void {
    for (const waiter of this.#waiters) waiter.settle(null);
  }
}
