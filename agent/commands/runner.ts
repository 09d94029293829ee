/**
 * The commands under way: whose turn it is, journalled before they act, ended once.
 *
 *   take ─▶ accepted ─▶ turn ─▶ against? ─▶ prepare ─▶ journal ─▶ against? ─▶ executing ─▶ act ─▶ ended
 *                                            (300 ms; late: hold, return, land go on, others are rejected)
 *
 * Whoever ends a task ends it once: what its executor still says afterwards counts for nothing.
 */
import { COMMANDS, type Command, type CommandType, reason, reasons } from '@skein/protocol/fleet';
import { isExpired } from './admission.ts';
import { blank, type Said, STEPS } from './known.ts';
import { refusedByControl, touchesAircraft } from './permission.ts';
import { laneOf, turnOf } from './turns.ts';
import type { DeskOptions, Executor, JournalledCommand, Json, Outcome, Task, Via } from './types.ts';

const MAX_WAITING = 32;
/** No executor takes so long; a bound in case one does. */
const LONGEST_MS = { free: 10_000, safe: 60_000, flight: 60_000, ground: 200_000, transfer: 3_600_000 } as const;

interface Running extends Task {
  readonly command: Command;
  readonly controller: AbortController;
  /** When its turn came. */
  sinceMs: number;
  phase: 'waiting' | 'preparing' | 'acting' | 'over';
  /** The journal was late or failed; only safe commands get so far. */
  journalLate: boolean;
  act: Json;
}

export interface RunnerOptions extends DeskOptions {
  readonly say: (said: Said) => void;
  /** Journals and answers an end. */
  readonly conclude: (entry: JournalledCommand) => Promise<void>;
  /** The executor of `cancel`. */
  readonly cancel: (id: string) => Outcome;
}

export class TaskRunner {
  readonly #o: RunnerOptions;
  readonly #running = new Set<Running>();
  readonly #waiting: Running[] = [];
  readonly counters = { taken: 0, waitingFull: 0, journalLate: 0, superseded: 0 };
  #closed = false;

  constructor(o: RunnerOptions) {
    this.#o = o;
  }

  take(command: Command, via: Via, type: CommandType, params: Json): void {
    const controller = new AbortController();
    const task: Running = {
      id: command.id,
      type,
      params,
      issuedBy: command.issuedBy,
      grants: command.grants,
      via,
      signal: controller.signal,
      command,
      controller,
      sinceMs: this.#o.nowMs(),
      phase: 'waiting',
      journalLate: false,
      act: {},
    };
    this.counters.taken++;
    this.#o.say({ ...blank(command), state: 'accepted', reason: '' });
    const turn = turnOf(type, [...this.#running]);
    if (turn.do === 'start') {
      for (const old of turn.supersede)
        void this.#end(old, { state: 'superseded', reason: reason('newer', task.type) });
      if (laneOf(type) === 'safe') this.#dropWaiting();
      void this.#run(task);
    } else if (this.#waiting.length >= MAX_WAITING) {
      this.counters.waitingFull++;
      void this.#end(task, { state: 'rejected', reason: reason('not-now', 'too many at once') });
    } else this.#waiting.push(task);
  }

  /** A hold, return or land also means: not what was still to come. */
  #dropWaiting(): void {
    for (const task of this.#waiting.filter((one) => COMMANDS[one.type].flight)) {
      void this.#end(task, { state: 'superseded', reason: reason('newer') });
    }
  }

  async #run(task: Running): Promise<void> {
    task.phase = 'preparing';
    task.sinceMs = this.#o.nowMs();
    this.#running.add(task);
    let outcome: Outcome | null;
    try {
      outcome = await this.#carryOut(task);
    } catch (error) {
      // A bug: it is named in the answer, and the command is not left without an end.
      outcome = {
        state: 'unknown',
        reason: reason('no-answer', error instanceof Error ? error.message : String(error)),
      };
    }
    if (outcome !== null) await this.#end(task, outcome);
    this.#next();
  }

  /** Null: it was ended from elsewhere. */
  async #carryOut(task: Running): Promise<Outcome | null> {
    const executor = this.#executor(task);
    if (executor.ready !== undefined) await executor.ready(task);
    if (isOver(task)) return null;
    const before = this.#against(task, executor);
    if (before !== null) return before;
    if (executor.prepare !== undefined) {
      const prepared = await executor.prepare(task);
      if (isOver(task)) return null;
      if (!prepared.ok) return prepared.outcome;
      task.act = prepared.act;
    }
    const written = await this.#o.journal.command(
      this.#entry(task.command, { state: 'executing', reason: '', detail: {}, act: task.act, step: STEPS.executing }),
    );
    if (isOver(task)) return null;
    if (written !== 'durable') {
      this.counters.journalLate++;
      if (!COMMANDS[task.type].safe) return { state: 'rejected', reason: reason('journal-unavailable', written) };
      task.journalLate = true;
    }
    if (task.type === 'arm' || task.type === 'start') await this.#o.beforeArming();
    const now = isOver(task) ? null : this.#against(task, executor);
    if (isOver(task) || now !== null) return now;
    if (COMMANDS[task.type].flight) this.#o.commander.take(task.issuedBy, { over: task.params.takeOver === true });
    task.phase = 'acting';
    this.#o.say({
      ...blank(task.command),
      state: 'executing',
      reason: task.journalLate ? reason('journal', 'late') : '',
    });
    return executor.act(task, task.act);
  }

  /** All that speaks against it at this moment, or null. */
  #against(task: Running, executor: Executor): Outcome | null {
    const time = this.#o.controllerTime();
    if (time !== null && isExpired(task.command.expiresAt, time))
      return { state: 'expired', reason: reason('expired') };
    const rule = COMMANDS[task.type];
    const takeOver = task.params.takeOver === true;
    const inCommand = rule.flight && !rule.safe && !takeOver ? this.#o.commander.refuses(task.issuedBy) : null;
    const control = refusedByControl(task.type, task.params, this.#o.circumstances());
    const all = [
      ...(control === null ? [] : [control]),
      ...(inCommand === null ? [] : [reason('in-command', inCommand)]),
      ...(executor.against?.(task) ?? []),
    ];
    const [first, ...others] = all;
    if (first === undefined) return null;
    const detail = others.length === 0 ? {} : { reasons: all };
    return { state: 'rejected', reason: reasons(all), detail };
  }

  #executor(task: Task): Executor {
    if (task.type !== 'cancel') return this.#o.executors[task.type];
    return { act: async ({ params }) => this.#o.cancel(String(params.id)) };
  }

  /** Ends a task, whoever was first; its executor is told, its turn is free. */
  async #end(task: Running, outcome: Outcome): Promise<void> {
    if (isOver(task)) return;
    const begun = task.phase !== 'waiting';
    task.phase = 'over';
    this.#running.delete(task);
    const at = this.#waiting.indexOf(task);
    if (at >= 0) this.#waiting.splice(at, 1);
    task.controller.abort();
    if (COMMANDS[task.type].flight && begun) this.#o.commander.settle();
    const late = task.journalLate && outcome.state === 'succeeded';
    const detail = { ...outcome.detail, ...(task.journalLate ? { journal: 'late' } : {}) };
    const why = late ? reason('journal', 'late') : outcome.reason;
    const { state } = outcome;
    if (state === 'superseded') this.counters.superseded++;
    await this.#o.conclude(this.#entry(task.command, { state, reason: why, detail, act: task.act, step: STEPS.final }));
    this.#next();
  }

  #next(): void {
    for (const task of [...this.#waiting]) {
      const turn = this.#closed ? { do: 'wait' as const } : turnOf(task.type, [...this.#running]);
      if (turn.do === 'wait') continue;
      this.#waiting.splice(this.#waiting.indexOf(task), 1);
      void this.#run(task);
    }
  }

  #entry(
    { id, type, issuedBy }: Command,
    o: Pick<JournalledCommand, 'state' | 'reason' | 'detail' | 'act' | 'step'>,
  ): JournalledCommand {
    return { id, type, issuedBy, boot: this.#o.boot, monoMs: Math.round(this.#o.nowMs()), ...o };
  }

  /** Ends one that has not acted yet, or a transfer; null: there is no such one here. */
  cancel(id: string): 'cancelled' | 'too-late' | null {
    const task = [...this.#running, ...this.#waiting].find((one) => one.id === id);
    if (task === undefined) return null;
    if (task.phase === 'acting' && laneOf(task.type) !== 'transfer') return 'too-late';
    void this.#end(task, { state: 'cancelled', reason: reason('cancelled') });
    return 'cancelled';
  }

  /** Control was taken from us: nothing more is sent for what is under way. `why` is a reason code. */
  controlTaken(why: string): void {
    const touched = (task: Running) => touchesAircraft(task.type);
    for (const task of [...this.#running, ...this.#waiting].filter(touched)) {
      void this.#end(task, { state: 'superseded', reason: why });
    }
  }

  /** Tasks that last too long, and those whose time is over before their turn, come to an end. */
  tick(): void {
    const nowMs = this.#o.nowMs();
    for (const task of [...this.#running]) {
      if (nowMs - task.sinceMs < LONGEST_MS[laneOf(task.type)]) continue;
      void this.#end(task, { state: 'unknown', reason: reason('no-answer') });
    }
    const time = this.#o.controllerTime();
    for (const task of [...this.#waiting]) {
      if (time === null || !isExpired(task.command.expiresAt, time)) continue;
      void this.#end(task, { state: 'expired', reason: reason('expired') });
    }
  }

  get tasks(): readonly { readonly id: string; readonly type: CommandType; readonly phase: string }[] {
    return [...this.#running, ...this.#waiting].map(({ id, type, phase }) => ({ id, type, phase }));
  }

  /** What acts is told to stop and left as the journal has it: the next start looks for its effect. */
  close(): void {
    this.#closed = true;
    for (const task of [...this.#running, ...this.#waiting]) {
      task.phase = 'over';
      task.controller.abort();
    }
  }
}

const isOver = (task: Running): boolean => task.phase === 'over';
