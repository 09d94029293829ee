/**
 * The way of a command into the agent and of its answers out of it.
 *
 *   receive ─▶ admission ─┬ wait for the controller's clock (2 s) ─▶ delivered, not-now
 *      │ known: its answer ├ rejected, expired
 *      ▼ again            └▶ runner.ts ─▶ journal, then answer
 */
import { type Command, isCommandType, reason } from '@skein/protocol/fleet';
import { admit } from './admission.ts';
import { blank, KnownCommands, type Said, STEPS, stepOf } from './known.ts';
import { TaskRunner } from './runner.ts';
import type { Answer, DeskOptions, Executor, Executors, JournalledCommand, Outcome, Via } from './types.ts';

const MAX_EARLY = 32;
const RECOVERY_MS = 200_000;

interface EarlyCommand {
  readonly command: Command;
  readonly via: Via;
  readonly cameMs: number;
}

type DeskCounter =
  | 'received'
  | 'repeats'
  | 'otherSession'
  | 'rejected'
  | 'taken'
  | 'waitingFull'
  | 'journalLate'
  | 'superseded';

export interface DeskStatus {
  readonly running: readonly { readonly id: string; readonly type: string; readonly phase: string }[];
  readonly last: readonly Answer[];
  readonly counters: Readonly<Record<DeskCounter, number>>;
}

export class CommandDesk {
  readonly #o: DeskOptions;
  readonly #known = new KnownCommands();
  readonly #runner: TaskRunner;
  readonly #early = new Map<string, EarlyCommand>();
  readonly #recovering = new Map<string, { readonly controller: AbortController; readonly untilMs: number }>();
  readonly #counters = { received: 0, repeats: 0, otherSession: 0, rejected: 0 };
  #closed = false;

  constructor(o: DeskOptions) {
    this.#o = o;
    this.#runner = new TaskRunner({
      ...o,
      say: (said) => this.#say(said),
      conclude: (entry) => this.#conclude(entry),
      cancel: (id) => this.#cancel(id),
    });
  }

  /** What an earlier start wrote. Commands that were under way are looked into, never carried out again. */
  load(entries: Iterable<JournalledCommand>): void {
    for (const entry of entries) {
      const heard = this.#known.get(entry.id);
      if (heard !== undefined && heard.state !== 'delivered') continue;
      const state = entry.state as Answer['state'];
      const { id, type, reason, detail } = entry;
      this.#known.set({ command: id, type, state, reason, detail, step: entry.step });
      if (state === 'executing') void this.#recover(entry);
    }
  }

  async #recover(entry: JournalledCommand): Promise<void> {
    const { id, type, issuedBy, boot, monoMs, act } = entry;
    const controller = new AbortController();
    this.#recovering.set(id, { controller, untilMs: this.#o.nowMs() + RECOVERY_MS });
    const executor: Executor | undefined = isExecuted(type) ? this.#o.executors[type] : undefined;
    const looking = executor?.recover?.({ id, type, issuedBy, boot, monoMs, act }, controller.signal);
    const outcome = (await looking) ?? { state: 'unknown', reason: reason('restarted') };
    if (!this.#recovering.delete(id) || this.#closed) return;
    await this.#conclude({ ...entry, ...outcome, detail: outcome.detail ?? {}, step: STEPS.found });
  }

  /** A command came, its schema checked. */
  receive(command: Command, via: Via): void {
    if (this.#closed) return;
    this.#counters.received++;
    if (command.session !== undefined && command.session !== this.#o.session) {
      this.#counters.otherSession++;
      this.#o.log.warn({ id: command.id, type: command.type }, 'a command for another session was ignored');
      return;
    }
    if (this.#early.has(command.id)) this.#counters.repeats++;
    else this.#judge({ command, via, cameMs: this.#o.nowMs() });
  }

  /** A first time exchange: what waited for it is judged now. */
  clockKnown(): void {
    for (const early of [...this.#early.values()]) this.#judge(early);
  }

  #judge(early: EarlyCommand): void {
    const { command, via, cameMs } = early;
    this.#early.delete(command.id);
    const known = this.#known.get(command.id);
    if (known !== undefined && known.state !== 'delivered') {
      this.#counters.repeats++;
      this.#o.answer(known);
      return;
    }
    const { session, nowMs, controllerTime, outboxFull } = this.#o;
    const verdict = admit(command, via, {
      session,
      nowMs: nowMs(),
      cameMs,
      controllerTime: controllerTime(),
      outboxFull: outboxFull(),
      journalOpening: this.#o.journal.opening ?? false,
    });
    switch (verdict.do) {
      case 'ignore':
        break;
      case 'wait':
        if (this.#early.size >= MAX_EARLY) this.#refuse(command, 'rejected', reason('not-now', 'too many at once'));
        else this.#early.set(command.id, early);
        break;
      case 'answer':
        if (verdict.state === 'delivered') this.#say({ ...blank(command), state: 'delivered', reason: verdict.reason });
        else this.#refuse(command, verdict.state, verdict.reason);
        break;
      case 'take':
        this.#runner.take(command, via, verdict.type, verdict.params);
        break;
    }
  }

  /** Final without having been begun: remembered, and written behind. */
  #refuse(command: Command, state: 'rejected' | 'expired', why: string): void {
    this.#counters.rejected++;
    void this.#o.journal.command({ ...this.#line(command), state, reason: why });
    this.#say({ ...blank(command), state, reason: why });
  }

  #cancel(id: string): Outcome {
    const done: Outcome = { state: 'succeeded', reason: reason('done') };
    const ended = this.#runner.cancel(id);
    if (ended !== null) return ended === 'cancelled' ? done : { state: 'failed', reason: reason('too-late') };
    const known = this.#known.get(id);
    if (known !== undefined && known.state !== 'delivered') return { state: 'failed', reason: reason('too-late') };
    // Not here yet, or not judged yet: whenever it comes, it has been cancelled.
    const type = this.#early.get(id)?.command.type ?? known?.type ?? '';
    this.#early.delete(id);
    const said = { state: 'cancelled', reason: reason('cancelled') } as const;
    void this.#o.journal.command({ ...this.#line({ id, type, issuedBy: '' }), ...said });
    this.#say({ command: id, type, ...said });
    return done;
  }

  #line({ id, type, issuedBy }: Pick<Command, 'id' | 'type' | 'issuedBy'>): JournalledCommand {
    const { boot, nowMs } = this.#o;
    const line = { id, type, issuedBy, boot, monoMs: Math.round(nowMs()), step: STEPS.final };
    return { ...line, state: 'unknown', reason: '', detail: {}, act: {} };
  }

  /** Final: first in the journal (or its deadline), then to the controller, so that a crash between loses neither. */
  async #conclude(entry: JournalledCommand): Promise<void> {
    const { id, type, reason: why, detail, step } = entry;
    const answer: Answer = { command: id, type, state: entry.state as Answer['state'], reason: why, detail, step };
    this.#known.set(answer);
    if (answer.state === 'rejected') this.#counters.rejected++;
    await this.#o.journal.command(entry);
    this.#o.answer(answer);
    this.#o.log.info({ id, type, state: answer.state, reason: why }, `command ${type}: ${answer.state}`);
  }

  #say(said: Said): void {
    const answer: Answer = { detail: {}, ...said, step: stepOf(said.state) };
    this.#known.set(answer);
    this.#o.answer(answer);
  }

  /** Control was taken from us: nothing more is sent for what is under way. `why` is a reason code. */
  controlTaken(why: string): void {
    this.#runner.controlTaken(why);
  }

  /** Call every 100 ms: whatever waits comes to an end. */
  tick(): void {
    const nowMs = this.#o.nowMs();
    for (const early of [...this.#early.values()]) this.#judge(early);
    for (const [id, { controller, untilMs }] of this.#recovering) if (nowMs > untilMs) this.#giveUp(id, controller);
    this.#runner.tick();
  }

  #giveUp(id: string, controller: AbortController): void {
    this.#recovering.delete(id);
    controller.abort();
    const type = this.#known.get(id)?.type ?? '';
    const line = { ...this.#line({ id, type, issuedBy: '' }), reason: reason('restarted'), step: STEPS.found };
    void this.#conclude(line);
  }

  status(): DeskStatus {
    return {
      running: this.#runner.tasks,
      last: this.#known.last(10),
      counters: { ...this.#counters, ...this.#runner.counters },
    };
  }

  /** What acts is told to stop and left as the journal has it: the next start looks for its effect. */
  close(): void {
    this.#closed = true;
    this.#runner.close();
    for (const { controller } of this.#recovering.values()) controller.abort();
    this.#recovering.clear();
  }
}

const isExecuted = (type: string): type is keyof Executors => isCommandType(type) && type !== 'cancel';
