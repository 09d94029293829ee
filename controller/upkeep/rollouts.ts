/**
 * Roll-outs of parameters, run: each second, what is seen of the drones makes the next step (rollout-step.ts).
 *
 *   step ─► document, durable ─► only then: set-parameter posted, under a key of roll-out, drone, name and number ─► its id noted
 *
 * So a controller that ends anywhere in between posts the same key again, and commands answer with what they have.
 */
import { isSafetyParameter } from '@skein/protocol/fleet';
import type { Parameters, RolloutWish } from '@skein/protocol/fleet/configuration';
import {
  type Actor,
  type Answer,
  type Clock,
  type Held,
  type Kept,
  type KeyUse,
  NOT_STORED,
  refuse,
  type Timers,
  wholePatch,
} from './ports.ts';
import { isOver, type Job, type RolloutDoc, rolloutView, type Setting } from './rollout.ts';
import { askedOf, type JobSeen, type Outcome, step } from './rollout-step.ts';
import type { ReadBack } from './settings.ts';

export interface Sender {
  readonly name: string;
  readonly role: 'operator' | 'admin';
}

/** set-parameter, the way that operators have. */
export interface ParameterCommands {
  /** `again`: it could not be written down, and was not sent. */
  set(o: {
    readonly drone: string;
    readonly name: string;
    readonly value: number;
    readonly sender: Sender;
    readonly key: string;
  }): Promise<
    { readonly ok: true; readonly id: string } | { readonly ok: false; readonly again: boolean; readonly words: string }
  >;
  /** null: it is under way. */
  outcome(command: string, drone: string): Promise<Outcome | null>;
}

export interface RolloutFleet {
  /** null: never heard of. */
  seen(drone: string): JobSeen | null;
  members(group: string): readonly string[];
}

export interface RolloutsOptions {
  readonly kept: Kept<RolloutDoc>;
  readonly commands: ParameterCommands;
  readonly fleet: RolloutFleet;
  /** What its settings want and was not read back. */
  readonly missing: (drone: string) => Parameters;
  readonly readBack: (drone: string, parameters: Readonly<Record<string, ReadBack>>, cause: string) => Promise<boolean>;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly newId: (utcMs: number) => string;
  readonly count: (name: RolloutCounter, by?: number) => void;
  /** Counted besides as `bugs`. */
  readonly onBug?: (error: unknown) => void;
  readonly onAlert: (rollout: string, words: string) => void;
}

export const ROLLOUT_COUNTERS = {
  begun: 'roll-outs of parameters begun',
  stopped: 'roll-outs stopped because too many drones failed',
  cancelled: 'roll-outs cancelled',
  posted: 'parameters asked for by roll-outs',
  set: 'parameters set by roll-outs and read back',
  failed: 'drones that failed in roll-outs, or of which it is not known',
  skipped: 'drones skipped by roll-outs: armed, away',
  bugs: 'steps of roll-outs that threw; they are tried again',
} as const;
export type RolloutCounter = keyof typeof ROLLOUT_COUNTERS;

const LOOK_MS = 1000;
const CONTROLLER: Actor = { kind: 'controller', name: 'roll-out' };
const AWAY: JobSeen = { online: false, armed: null };

export class Rollouts {
  readonly #o: RolloutsOptions;
  #stop: (() => void) | null = null;
  #looking: Promise<void> | null = null;

  constructor(o: RolloutsOptions) {
    this.#o = o;
  }

  start(): void {
    this.#stop = this.#o.timers.every(LOOK_MS, () => void this.look());
  }

  async close(): Promise<void> {
    this.#stop?.();
    this.#stop = null;
    await this.#looking;
  }

  get open(): number {
    return [...this.#o.kept.open()].length;
  }

  async begin(wish: RolloutWish, sender: Sender, key: KeyUse | null): Promise<Answer<object>> {
    const once = await this.#o.kept.once(key, () => this.#begin(wish, sender, key));
    if (once.kind === 'run') return once.answer;
    if (once.kind === 'reused') return refuse('key-reused', `"${key?.key}"`);
    return this.#viewOf(once.id);
  }

  async get(id: string): Promise<object | null> {
    const held = await this.#o.kept.find(id);
    return held === null ? null : rolloutView(held);
  }

  async list(q: { readonly before?: string; readonly limit: number }): Promise<readonly object[]> {
    return (await this.#o.kept.list(q)).map((held) => rolloutView(held, false));
  }

  /** Nothing more is begun; what a drone is being told now ends by itself. */
  async cancel(id: string, sender: Sender): Promise<Answer<object>> {
    const held = await this.#o.kept.find(id);
    if (held === null) return refuse('unknown-rollout', `"${id}"`);
    if (held.doc.state !== 'running') return this.#viewOf(id);
    const by: Actor = { kind: 'operator', name: sender.name };
    const set = { state: 'cancelled', words: `cancelled by ${sender.name}` };
    const written = await this.#o.kept.write([{ id, type: 'cancelled', set, by }]);
    this.#o.count('cancelled');
    await this.look();
    return written ? this.#viewOf(id) : NOT_STORED;
  }

  /** One at a time: who asks meanwhile waits for that one. */
  look(): Promise<void> {
    this.#looking ??= this.#look().finally(() => {
      this.#looking = null;
    });
    return this.#looking;
  }

  async #begin(wish: RolloutWish, sender: Sender, key: KeyUse | null): Promise<Answer<object>> {
    const { targets, parameters, stageSize = 1, stopAfterFailures = 1, waitS = 120 } = wish;
    const { fleet, missing, kept, newId, clock } = this.#o;
    const drones = 'group' in targets ? fleet.members(targets.group) : targets;
    const stranger = drones.find((id) => fleet.seen(id) === null);
    if (stranger !== undefined) return refuse('unknown-drone', `"${stranger}"`);
    const todo = new Map(drones.map((id) => [id, parameters ?? missing(id)] as const));
    const going = drones.filter((id) => Object.keys(todo.get(id) ?? {}).length > 0);
    if (going.length === 0) {
      return refuse(
        'no-targets',
        drones.length === 0 ? 'there is no drone in it' : 'there is nothing to set on any of them',
      );
    }
    const safety = [...todo.values()].flatMap((one) => Object.keys(one)).find(isSafetyParameter);
    if (safety !== undefined && sender.role !== 'admin') {
      return refuse('not-granted', `${safety} guards safety: it needs an admin`);
    }
    const jobs = going.map((id, i): [string, Job] => [
      id,
      { stage: Math.floor(i / stageSize), state: 'waiting', todo: todo.get(id) ?? {} },
    ]);
    const doc: RolloutDoc = {
      ...{ targets, stageSize, stopAfterFailures, waitS, by: sender.name, role: sender.role, state: 'running' },
      drones: Object.fromEntries(jobs),
    };
    const id = newId(clock.utcUs() / 1e3);
    const by: Actor = { kind: 'operator', name: sender.name };
    const written = await kept.write([{ id, type: 'begun', set: doc, open: true, by, ...(key ? { key } : {}) }]);
    this.#o.count('begun');
    const answer = this.#viewOf(id);
    return written && answer.ok ? { ...answer, fresh: true } : NOT_STORED;
  }

  #viewOf(id: string): Answer<object> {
    const held = this.#o.kept.get(id);
    return held === null ? refuse('unknown-rollout', `"${id}"`) : { ok: true, value: rolloutView(held) };
  }

  async #look(): Promise<void> {
    for (const { id } of [...this.#o.kept.open()]) {
      try {
        // What is not durable yet is not acted on: the store has it, or this is looked at again.
        if (this.#o.kept.isDurable(id)) await this.#go(id);
      } catch (error) {
        this.#bug(error);
      }
    }
  }

  #bug(error: unknown): void {
    this.#o.count('bugs');
    this.#o.onBug?.(error);
  }

  async #go(id: string): Promise<void> {
    const { kept, clock, fleet, count, onAlert } = this.#o;
    const before = kept.get(id);
    if (before === null) return;
    const outcomes = await this.#outcomes(before);
    const held = kept.get(id) ?? before;
    const stepped = step(held.doc, {
      nowUtcUs: clock.utcUs(),
      seen: (drone) => fleet.seen(drone) ?? AWAY,
      outcome: (drone, name) => outcomes.get(`${drone}/${name}`) ?? null,
    });
    if (stepped !== null) {
      const { state, words, jobs, open } = stepped;
      this.#note(held, jobs);
      const drones = Object.fromEntries(
        Object.entries(jobs).map(([drone, job]) => [drone, wholePatch(held.doc.drones[drone], job)]),
      );
      const set = { state, ...(words === null ? {} : { words }), drones };
      // Told before it is written down: twice rather than never, and also while the database is slow.
      if (state === 'stopped' && held.doc.state === 'running') {
        count('stopped');
        onAlert(id, words ?? 'stopped');
      }
      // Between the step and this nothing is waited for: a cancel in between would be written over.
      if (!(await kept.write([{ id, type: 'went-on', set, open, by: CONTROLLER }]))) return;
    }
    await this.#post(id);
  }

  async #outcomes(held: Held<RolloutDoc>): Promise<ReadonlyMap<string, Outcome>> {
    const outcomes = new Map<string, Outcome>();
    for (const [drone, job] of Object.entries(held.doc.drones)) {
      const asked = isOver(job.state) ? null : askedOf(job);
      if (asked?.setting.command === undefined) continue;
      const outcome = await this.#o.commands.outcome(asked.setting.command, drone);
      if (outcome !== null) outcomes.set(`${drone}/${asked.name}`, outcome);
    }
    return outcomes;
  }

  /** What was read back is written into the settings first: written again after a restart, it says the same. */
  #note(held: Held<RolloutDoc>, jobs: Readonly<Record<string, Job>>): void {
    const { count, readBack, clock } = this.#o;
    for (const [drone, job] of Object.entries(jobs)) {
      const old = held.doc.drones[drone];
      if (job.state !== old?.state && (job.state === 'failed' || job.state === 'unknown')) count('failed');
      if (job.state !== old?.state && job.state === 'skipped') count('skipped');
      const asked = old === undefined ? null : askedOf(old);
      const now: Setting | undefined = asked === null ? undefined : job.settings?.[asked.name];
      if (asked === null || now?.state !== 'set' || now.after === undefined || now.command === undefined) continue;
      count('set');
      const read = { value: now.after, atUtcUs: clock.utcUs(), command: now.command };
      readBack(drone, { [asked.name]: read }, `rollout:${held.id}`).catch((error) => this.#bug(error));
    }
  }

  /** What is written down as asked for and has no command yet. */
  async #post(id: string): Promise<void> {
    const { kept, commands, count } = this.#o;
    const held = kept.get(id);
    if (held === null) return;
    const { by, role } = held.doc;
    const posted: Record<string, object> = {};
    for (const [drone, job] of Object.entries(held.doc.drones)) {
      const asked = isOver(job.state) ? null : askedOf(job);
      if (asked === null || asked.setting.command !== undefined) continue;
      const { name, setting } = asked;
      const key = `rollout/${id}/${drone}/${name}/${setting.n}`;
      const value = job.todo[name] ?? 0;
      const answer = await commands.set({ drone, name, value, sender: { name: by, role }, key });
      if (answer.ok) {
        count('posted');
        posted[drone] = { settings: { [name]: { command: answer.id } } };
      } else if (!answer.again) {
        count('failed');
        posted[drone] = {
          state: 'failed',
          words: `${name}: ${answer.words}`,
          settings: { [name]: { state: 'failed', words: answer.words } },
        };
      }
    }
    if (Object.keys(posted).length === 0) return;
    await kept.write([{ id, type: 'told', set: { drones: posted }, by: CONTROLLER }]);
  }
}
