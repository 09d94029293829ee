/**
 * Who may ask what now: one outstanding command per MAV_CMD, because an answer names nothing else. A second one waits
 * its turn; after a *once* command that got no answer its late answer is waited for, so that it is not taken for the next one's.
 *
 *   run() ─▶ waiting per command ─▶ Transaction ─▶ promise
 *                    ▲ the interval keeper's own questions count as outstanding too (`isTaken`)
 */
import type { CommandOutcome, CommandRequest } from './command.ts';
import type { VehicleState } from './state.ts';
import { Transaction } from './transaction.ts';

const MAX_WAITING = 32;
/** How late an answer may come after its question was given up. */
const LATE_ANSWER_MS = 3_000;

export interface DeskOptions {
  /** Sends one frame; false when it was dropped. */
  readonly send: (request: CommandRequest, confirmation: number) => boolean;
  readonly nowMs: () => number;
  readonly state: () => VehicleState;
  /** Somebody else has a question of this command outstanding. */
  readonly isTaken: (command: number) => boolean;
  /** It will show nothing: the autopilot refused it, or it was not sent and will not be. */
  readonly onRefused: (command: number) => void;
}

interface Job {
  readonly machine: Transaction;
  readonly settle: (outcome: CommandOutcome) => void;
  readonly signal: AbortSignal | undefined;
  settled: boolean;
}

export interface DeskCounters {
  sent: number;
  repeated: number;
  refused: number;
  unanswered: number;
  lateAnswers: number;
  turnedAway: number;
}

export class CommandDesk {
  readonly counters: DeskCounters = {
    sent: 0,
    repeated: 0,
    refused: 0,
    unanswered: 0,
    lateAnswers: 0,
    turnedAway: 0,
  };
  readonly #o: DeskOptions;
  readonly #current = new Map<number, Job>();
  readonly #quietUntilMs = new Map<number, number>();
  #waiting: Job[] = [];

  constructor(o: DeskOptions) {
    this.#o = o;
  }

  /** Somebody asks this now, waits to, or is owed an answer. */
  wants(command: number): boolean {
    return (
      this.#current.has(command) ||
      this.#isQuiet(command, this.#o.nowMs()) ||
      this.#waiting.some(({ machine }) => machine.request.command === command)
    );
  }

  /** Anything under way: pictures of the vehicle are of use now. */
  get isBusy(): boolean {
    return this.#current.size > 0 || this.#waiting.length > 0;
  }

  run(request: CommandRequest, signal?: AbortSignal): Promise<CommandOutcome> {
    const machine = new Transaction(request);
    if (signal?.aborted) machine.abort();
    if (machine.outcome !== null) return Promise.resolve(machine.outcome);
    if (this.#waiting.length >= MAX_WAITING) {
      this.counters.turnedAway++;
      return Promise.resolve({ ok: false, code: 'busy', result: null, texts: [], sent: false });
    }
    return new Promise((resolve) => {
      const onAbort = (): void => {
        machine.abort();
        this.tick();
      };
      const settle = (outcome: CommandOutcome): void => {
        signal?.removeEventListener('abort', onAbort);
        resolve(outcome);
      };
      signal?.addEventListener('abort', onAbort, { once: true });
      this.#waiting.push({ machine, settle, signal, settled: false });
      this.tick();
    });
  }

  /** An answer meant for us. False: nobody here asked. */
  acknowledged(command: number, result: number): boolean {
    const job = this.#current.get(command);
    if (job === undefined) {
      if (!this.#quietUntilMs.delete(command)) return false;
      this.counters.lateAnswers++;
      this.tick();
      return true;
    }
    job.machine.acknowledged(result, this.#o.nowMs(), this.#o.state());
    this.tick();
    return true;
  }

  text(text: string): void {
    for (const { machine } of this.#current.values()) machine.text(text);
  }

  /** Call every 100 ms and when something was heard. */
  tick(): void {
    if (!this.isBusy) return;
    const nowMs = this.#o.nowMs();
    const state = this.#o.state();
    // One signal may end several: none of them sends while the others are still being told.
    for (const { signal, machine } of [...this.#current.values(), ...this.#waiting])
      if (signal?.aborted) machine.abort();
    for (const job of [...this.#current.values()]) this.#send(job, job.machine.tick(nowMs, state), nowMs);
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const job of waiting) {
      const { command } = job.machine.request;
      const mustWait = this.#current.has(command) || this.#isQuiet(command, nowMs) || this.#o.isTaken(command);
      if (job.machine.outcome !== null) this.#settleIfEnded(job, nowMs);
      else if (mustWait) this.#waiting.push(job);
      else {
        this.#current.set(command, job);
        this.#send(job, job.machine.begin(nowMs, state), nowMs);
      }
    }
  }

  #isQuiet(command: number, nowMs: number): boolean {
    return nowMs < (this.#quietUntilMs.get(command) ?? Number.NEGATIVE_INFINITY);
  }

  #send(job: Job, confirmation: number | null, nowMs: number): void {
    const { machine } = job;
    if (confirmation !== null) {
      if (this.#o.send(machine.request, confirmation)) {
        this.counters.sent++;
        if (confirmation > 0) this.counters.repeated++;
      } else {
        machine.notSent(nowMs);
        // Nobody's doing now: what happens next is not to be taken for it.
        if (machine.request.klass === 'once') this.#o.onRefused(machine.request.command);
      }
    }
    this.#settleIfEnded(job, nowMs);
  }

  #settleIfEnded(job: Job, nowMs: number): void {
    const { machine } = job;
    const { outcome } = machine;
    if (outcome === null || job.settled) return;
    job.settled = true;
    const { command, klass } = machine.request;
    if (this.#current.get(command) === job) this.#current.delete(command);
    // A repeatable one's late answer says nothing false about the next: its effect is looked for as well.
    if (machine.owesAnswer && klass === 'once') this.#quietUntilMs.set(command, nowMs + LATE_ANSWER_MS);
    if (!outcome.ok && outcome.code === 'refused') {
      this.counters.refused++;
      this.#o.onRefused(command);
    }
    if (!outcome.ok && outcome.code === 'no-ack') this.counters.unanswered++;
    job.settle(outcome);
  }

  close(): void {
    const jobs = [...this.#current.values(), ...this.#waiting];
    this.#current.clear();
    this.#waiting = [];
    for (const { machine, settle } of jobs) {
      machine.abort();
      if (machine.outcome !== null) settle(machine.outcome);
    }
  }
}
