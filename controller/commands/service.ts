/**
 * Commands from the API to the drones and back.
 *
 *   post ──► plan ──► written down (store) ──► sent ──► answers (urgent batches, after their commit) ──► final
 *              │                                ▲ again on each presence, and with back-off in between
 *              └── refused                      └ one after another, so many at a time (rollout.ts)
 *
 * Nothing leaves before its delivery is written down as sent; only hold, return and land, which may be repeated without
 * harm, wait no longer than half a second for a store that is slow.
 */
import { isFinal } from '@skein/protocol/fleet';
import { Answers } from './answers.ts';
import { LAST_SHOWN } from './briefs.ts';
import { type Command, ruleOf } from './command.ts';
import { onCancel, readiness, settle } from './delivery.ts';
import { Engine, type EngineOptions, SAFE_WAIT_MS } from './engine.ts';
import { Entry } from './entry.ts';
import { decidedEvent, issuedEvent, type KeyUse } from './events.ts';
import { KEY_LIFE_US, Keys, MAX_KEYS } from './keys.ts';
import type { CommandStore } from './ports.ts';
import { type RecallOptions, recall } from './recall.ts';
import { type Plan, type PostBody, plan, type Refusal, type Sender } from './request.ts';
import { ulidMaker } from './ulid.ts';
import { type CommandView, commandView } from './view.ts';
import type { HeightLimits } from './ways-home.ts';
import type { AnswerValues } from './wire.ts';
import { WriteQueue } from './write-queue.ts';

export interface CommandsOptions extends Omit<EngineOptions, 'queue'> {
  readonly store: CommandStore;
  readonly answersSince: RecallOptions['answersSince'];
  readonly random: () => number;
  /** Of a return of several. */
  readonly heights?: HeightLimits;
  /** Why this drone must not be told this now for what only the controller knows, a reason; null: nothing speaks against it. */
  readonly against?: (drone: string, type: string) => string | null;
  /** Something people should look at; an event of the drone. */
  readonly onAlert: (drone: string, data: Readonly<Record<string, unknown>>) => void;
  readonly onProblem: (message: string, detail: Readonly<Record<string, unknown>>) => void;
}

interface KeyReused {
  readonly ok: false;
  readonly code: 'key-reused';
  readonly detail: string;
}
interface NotStored {
  readonly ok: false;
  readonly code: 'store-unavailable';
  readonly detail: string;
}
export type PostAnswer =
  | { readonly ok: true; readonly fresh: boolean; readonly command: CommandView }
  | Refusal
  | NotStored
  | KeyReused;
export type CancelAnswer =
  | { readonly ok: true; readonly command: CommandView; readonly cancel: string | null }
  | NotStored
  | KeyReused;

const TICK_MS = 250;
const STORE_WAIT_MS = 5000;
/** Events waiting for a store that does not take them: past it nothing new is posted. */
const MAX_UNWRITTEN = 20_000;
/** Commands open for one drone; hold, return and land always find room. */
const MAX_OPEN = 100;

export class Commands {
  readonly #o: CommandsOptions;
  readonly #engine: Engine;
  readonly #queue: WriteQueue;
  readonly #keys = new Keys();
  readonly #id: (utcMs: number) => string;
  readonly #answers: Answers;
  readonly #loading = new Map<string, Promise<Entry | null>>();
  #stopTicking: (() => void) | null = null;

  constructor(o: CommandsOptions) {
    this.#o = o;
    this.#id = ulidMaker(o.random);
    this.#queue = new WriteQueue({
      store: o.store,
      timers: o.timers,
      run: this.#id(o.clock.utcUs() / 1e3),
      onFailure: (error, outcome) => {
        o.count(outcome === 'given up' ? 'writeLost' : 'writeFailed');
        o.onProblem('what became of commands could not be written down', { reason: String(error), outcome });
      },
    });
    this.#engine = new Engine({ ...o, queue: this.#queue });
    this.#answers = new Answers({ ...o, engine: this.#engine, find: (id) => this.#find(id) });
  }

  get openDeliveries(): number {
    return this.#engine.entries.openDeliveries;
  }

  get unwritten(): number {
    return this.#queue.depth;
  }

  /** Reads what was open when the last run ended; what was sent is sent again, its drone repeats what became of it. */
  async start(): Promise<void> {
    const { store } = this.#o;
    const now = this.#engine.now;
    for (const { command, deliveries } of await store.recentDeliveries(LAST_SHOWN)) {
      for (const one of deliveries) this.#engine.show({ command }, one);
    }
    const undecided: Entry[] = [];
    for (const stored of await store.openCommands()) {
      const entry = Entry.stored(stored, now);
      this.#engine.add(entry);
      if (stored.command.undecided) undecided.push(entry);
    }
    this.#keys.load(await store.commandKeys({ sinceUtcUs: now.utcUs - KEY_LIFE_US, limit: MAX_KEYS }));
    this.#stopTicking = this.#o.timers.every(TICK_MS, () => this.tick());
    void recall({
      ...{ open: [...this.#engine.entries.open()], undecided, nowMonoUs: now.monoUs },
      stopped: () => this.#stopTicking === null,
      ...{ answersSince: this.#o.answersSince, take: (drone, one) => this.answer(drone, one) },
      onProblem: this.#o.onProblem,
    });
    for (const entry of undecided) this.#interrupted(entry);
  }

  async close(): Promise<void> {
    this.#stopTicking?.();
    this.#stopTicking = null;
    await this.#queue.close();
  }

  tick(): void {
    this.#engine.tick();
  }

  /** A presence came (`presence`), or another sign of life. */
  contact(drone: string, presence: boolean): void {
    this.#engine.contact(drone, presence);
  }

  /** @param inside another part of this controller asks, which may make the types that nobody posts */
  async post(body: PostBody, sender: Sender, key: KeyUse | null = null, inside = false): Promise<PostAnswer> {
    const once = await this.#once(key, async (): Promise<PostAnswer> => {
      const planned = plan(body, sender, this.#o.fleet, { heights: this.#o.heights, inside });
      if (planned.ok) return this.#issue(planned, key);
      this.#o.count('refused');
      return planned;
    });
    return once.kind === 'repeated' ? { ok: true, fresh: false, command: once.command } : once.answer;
  }

  /** null: there is no such command. */
  async cancel(id: string, sender: Sender, key: KeyUse | null = null): Promise<CancelAnswer | null> {
    const once = await this.#once(key, () => this.#cancel(id, sender, key));
    return once.kind === 'repeated' ? { ok: true, command: once.command, cancel: null } : once.answer;
  }

  async #cancel(id: string, sender: Sender, key: KeyUse | null): Promise<CancelAnswer | null> {
    const entry = await this.#find(id);
    if (entry === null) return null;
    const now = this.#engine.now;
    const cancel = this.#id(now.utcUs / 1e3);
    const asked: string[] = [];
    for (const d of [...entry.deliveries.values()]) {
      if (isFinal(d.state) || d.cancel !== null) continue;
      const after = onCancel(d, now, { by: sender.name, cancel });
      this.#engine.change(entry, d, after, 'cancel');
      if (after.cancel === cancel) asked.push(d.drone);
    }
    if (asked.length > 0) await this.#sendCancel({ id, cancel, drones: asked, sender });
    // Whoever is told that it is cancelled may rely on it, also when this process ends now.
    if (!(await this.#engine.write(entry, [], STORE_WAIT_MS))) {
      this.#o.count('notStored');
      const detail = 'taken back, but not written down yet: a restart now would send it again. Cancel it once more';
      return { ok: false, code: 'store-unavailable', detail };
    }
    if (key) this.#keys.use(key.key, { hash: key.hash, command: id, atUtcUs: this.#o.clock.utcUs() });
    return { ok: true, command: this.#view(entry), cancel: asked.length > 0 ? cancel : null };
  }

  async get(id: string): Promise<CommandView | null> {
    const entry = await this.#find(id);
    return entry === null ? null : this.#view(entry);
  }

  /** Newest first. */
  async list(query: { drone?: string; before?: string; limit: number }): Promise<readonly CommandView[]> {
    const stored = await this.#o.store.commands(query);
    return stored.map(({ command, deliveries }) => {
      const entry = this.#engine.entries.get(command.id);
      return entry ? this.#view(entry) : commandView(command, deliveries);
    });
  }

  /** An `answer` sample of a drone, committed. */
  answer(drone: string, values: AnswerValues): void {
    this.#answers.take(drone, values);
  }

  /** Runs it, unless the same request was made with this key: then what came of that. Between look and hold nobody else runs. */
  async #once<T extends { readonly ok: boolean } | null>(
    key: KeyUse | null,
    run: () => Promise<T>,
  ): Promise<{ kind: 'repeated'; command: CommandView } | { kind: 'run'; answer: T | KeyReused }> {
    if (key === null) return { kind: 'run', answer: await run() };
    for (;;) {
      const claim = this.#keys.look(key.key, key.hash, this.#o.clock.utcUs());
      if (claim.kind === 'new') {
        const running = run();
        this.#keys.hold(key.key, key.hash, running);
        return { kind: 'run', answer: await running };
      }
      if (claim.kind === 'other') {
        return { kind: 'run', answer: { ok: false, code: 'key-reused', detail: `"${key.key}"` } };
      }
      if (claim.kind === 'pending') {
        // However that one ends, the next look says what came of it.
        await claim.until.catch(() => {});
        continue;
      }
      const command = await this.get(claim.command);
      if (command === null) this.#keys.forget(key.key);
      else {
        this.#o.count('repeated');
        return { kind: 'repeated', command };
      }
    }
  }

  async #issue(planned: Plan, key: KeyUse | null): Promise<PostAnswer> {
    if (this.#queue.depth > MAX_UNWRITTEN) return this.#notStored();
    const now = this.#engine.now;
    const id = this.#id(now.utcUs / 1e3);
    const expiresAtUtcUs = now.utcUs + Math.round(planned.lifetimeS * 1e6);
    const { safe } = ruleOf(planned.command.type);
    const mark = safe ? {} : { undecided: true as const };
    const command: Command = { id, ...planned.command, issuedAtUtcUs: now.utcUs, expiresAtUtcUs, ...mark };
    const entry = Entry.fresh(command, planned.drones, now, planned.ways);
    this.#refuseAtOnce(entry);
    const going = this.#engine.choose(entry).map((one) => one.after.drone);
    this.#engine.add(entry);
    this.#o.count('posted');
    this.#o.count('deliveries', planned.drones.length);
    const events = [issuedEvent(command, [...entry.deliveries.values()], key)];
    const written = await this.#engine.write(entry, events, safe ? SAFE_WAIT_MS : STORE_WAIT_MS);
    if (!written && !safe) {
      this.#takeBack(entry);
      return this.#notStored();
    }
    if (!written) this.#o.count('volatile');
    if (key) this.#keys.use(key.key, { hash: key.hash, command: id, atUtcUs: now.utcUs });
    this.#engine.go(entry, going);
    // Who reads our reply may rely on it, also when this process ends now.
    if (!safe) await this.#engine.write(entry, [decidedEvent(id, this.#o.clock.utcUs())], STORE_WAIT_MS);
    return { ok: true, fresh: true, command: this.#view(entry) };
  }

  /** What cannot be sent and does not wait is rejected as it is posted; in an identity conflict everything is. */
  #refuseAtOnce(entry: Entry): void {
    const now = this.#engine.now;
    const { command, expiresMonoUs } = entry;
    const count = this.#o.count;
    for (const d of [...entry.deliveries.values()]) {
      const contact = this.#o.fleet.contact(d.drone);
      const verdict = readiness(d, { command, expiresMonoUs, contact, now });
      const conflict = contact?.conflict && command.session === null;
      const full = !ruleOf(command.type).safe && this.#engine.entries.countOf(d.drone) >= MAX_OPEN;
      const owed = verdict === 'go' ? (this.#o.against?.(d.drone, command.type) ?? null) : null;
      const reason = conflict ? 'identity-conflict' : full ? 'too-many' : (owed ?? verdict);
      // Those that go one after another are judged when it is their turn, but for what will not change.
      if (reason === 'go' || reason === 'wait' || reason === 'armed') continue;
      entry.set(settle(d, now, { state: 'rejected', reason }));
      count('rejected');
    }
  }

  /** The store did not take it in time: it must not go out later, when the store comes back. */
  #takeBack(entry: Entry): void {
    const now = this.#engine.now;
    for (const d of [...entry.deliveries.values()]) {
      entry.marking.delete(d.drone);
      if (isFinal(d.state)) continue;
      const detail = { why: 'the database did not take it in time' };
      this.#engine.change(entry, d, settle(d, now, { state: 'cancelled', reason: 'cancelled', detail }), 'not-stored');
    }
  }

  /**
   * The last run ended as this was posted: after a 503 for a store that took it too late, or before any reply. What was
   * marked may have left here, and a word of the drone still counts; nothing of it is sent.
   */
  #interrupted(entry: Entry): void {
    const now = this.#engine.now;
    for (const d of [...entry.deliveries.values()]) {
      if (isFinal(d.state)) continue;
      const state = d.sentUtcUs === null ? 'cancelled' : 'unknown';
      this.#engine.change(entry, d, settle(d, now, { state, reason: 'interrupted' }), 'not-stored');
    }
  }

  #notStored(): PostAnswer {
    this.#o.count('notStored');
    return { ok: false, code: 'store-unavailable', detail: 'not sent: it could not be written down' };
  }

  async #sendCancel(o: { id: string; cancel: string; drones: readonly string[]; sender: Sender }): Promise<void> {
    const now = this.#engine.now;
    const command: Command = {
      ...{ id: o.cancel, type: 'cancel', params: { id: o.id }, issuedBy: o.sender.name, grants: [] },
      ...{ issuedAtUtcUs: now.utcUs, expiresAtUtcUs: now.utcUs + ruleOf('cancel').lifetimeS * 1e6 },
      ...{ targets: o.drones, staggerMs: 0, maxFailures: null, atATime: null, session: null, untargeted: false },
    };
    const entry = Entry.fresh(command, o.drones, now);
    const going = this.#engine.choose(entry).map((one) => one.after.drone);
    this.#engine.add(entry);
    this.#o.count('deliveries', o.drones.length);
    // Taking back is never held up: a cancel that is sent twice cancels once.
    await this.#engine.write(entry, [issuedEvent(command, [...entry.deliveries.values()], null)], SAFE_WAIT_MS);
    entry.stored = true;
    this.#engine.go(entry, going);
  }

  /** In memory or in the store. */
  async #find(id: string): Promise<Entry | null> {
    const known = this.#engine.entries.get(id);
    if (known) return known;
    const loading =
      this.#loading.get(id) ??
      this.#o.store.command(id).then((stored) => {
        const found = this.#engine.entries.get(id) ?? (stored && Entry.stored(stored, this.#engine.now));
        if (found && !this.#engine.entries.get(id)) this.#engine.entries.add(found);
        return found ?? null;
      });
    this.#loading.set(id, loading);
    return loading.finally(() => this.#loading.delete(id));
  }

  #view(entry: Entry): CommandView {
    return commandView(entry.command, [...entry.deliveries.values()], entry.stored);
  }
}
