/**
 * The documents of one kind: in memory as they are now, in the store as the events that made them.
 *
 *   write ─► memory, at once ─► listeners
 *      └───► events `<kind>:<id>` ─► store ─► true: durable
 *
 * One writer for each kind: nobody else stores events of its entities.
 */
import { applied, type Change, eventOf, type Held, heldOf, type KeyUse } from './held.ts';
import type { Clock, Count, Keys, RecordEvent, RecordStore, Timers, Writing } from './ports.ts';
import { Shelf } from './shelf.ts';

export type Listener<T> = (held: Held<T>, before: Held<T> | null, change: Change<T>) => void;

/** What `once` ends with: what came of running it; the document of the request before; or the key had another request. */
export type Once<A> =
  | { readonly kind: 'run'; readonly answer: A }
  | { readonly kind: 'same'; readonly id: string }
  | { readonly kind: 'reused' };

export interface RecordsOptions {
  /** What stands before the colon of its entities: `order`. */
  readonly kind: string;
  readonly store: RecordStore;
  readonly writing: Writing;
  readonly keys: Keys;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly count: Count;
  /**
   * Closed documents in memory; 1000 unless said. Those of ids that people choose (`base:zurich`) are few and come again:
   * Infinity. Of others (ULIDs) an id that is not in memory is taken for a new one by `write`: `find` it first.
   */
  readonly closedKept?: number;
}

const CLOSED_KEPT = 1000;
const STORE_WAIT_MS = 5000;
/** Events waiting for a store that does not take them: past it, `full`. */
const MAX_UNWRITTEN = 20_000;
const KEY_LIFE_US = 86_400e6;
const MAX_KEYS = 100_000;
const PAGE = 1000;

export class VersionConflict extends Error {
  readonly code = 'version-conflict';
  readonly version: number;

  constructor(entity: string, version: number) {
    super(`${entity} is at version ${version}: somebody else changed it first; read it again`);
    this.version = version;
  }
}

export class Records<T extends object> {
  readonly #o: RecordsOptions;
  readonly #shelf: Shelf<T>;
  readonly #listeners: Listener<T>[] = [];
  readonly #finding = new Map<string, Promise<Held<T> | null>>();
  #news: (readonly [Held<T>, Held<T> | null, Change<T>])[] = [];
  #telling = false;

  constructor(o: RecordsOptions) {
    this.#o = o;
    this.#shelf = new Shelf(o.closedKept ?? CLOSED_KEPT);
  }

  /** Reads what is open, the newest of the closed, and the keys of the last day. */
  async start(): Promise<void> {
    const { kind, store, keys, clock, closedKept = CLOSED_KEPT } = this.#o;
    for (const open of [true, false]) {
      const found: Held<T>[] = [];
      const most = open ? Number.POSITIVE_INFINITY : closedKept;
      for (let before: string | undefined; found.length < most; before = found.at(-1)?.id) {
        const limit = Math.min(PAGE, most - found.length);
        const page = await store.documents({ kind, open, limit, ...(before === undefined ? {} : { before }) });
        found.push(...page.map((one) => heldOf<T>(one)));
        if (page.length < limit) break;
      }
      for (const held of found.reverse()) this.#shelf.put(held);
    }
    const sinceUtcUs = clock.utcUs() - KEY_LIFE_US;
    const uses = await store.documentKeys({ kind, sinceUtcUs, limit: MAX_KEYS });
    const idOf = (entity: string) => entity.slice(kind.length + 1);
    keys.load(uses.map(({ key, hash, entity, atUtcUs }) => ({ key, hash, command: idOf(entity), atUtcUs })));
  }

  /** Open ones and the newest of the closed; null: not in memory. */
  get(id: string): Held<T> | null {
    return this.#shelf.get(id);
  }

  /** Also old ones, which are in memory afterwards. */
  async find(id: string): Promise<Held<T> | null> {
    const known = this.#shelf.get(id);
    if (known !== null) return known;
    const finding =
      this.#finding.get(id) ??
      this.#o.store.document(`${this.#o.kind}:${id}`).then((stored) => {
        const written = this.#shelf.get(id);
        if (written !== null || stored === null) return written;
        const held = heldOf<T>(stored);
        this.#shelf.put(held);
        return held;
      });
    this.#finding.set(id, finding);
    return finding.finally(() => this.#finding.delete(id));
  }

  open(): Iterable<Held<T>> {
    return this.#shelf.open();
  }

  get openCount(): number {
    return this.#shelf.openCount;
  }

  /** Newest first, older than `before`; one of this moment is in it once it is durable. */
  async list(q: {
    readonly open?: boolean;
    readonly before?: string;
    readonly limit: number;
  }): Promise<readonly Held<T>[]> {
    const stored = await this.#o.store.documents({ kind: this.#o.kind, ...q });
    return stored.map((one) => {
      const held = heldOf<T>(one);
      return this.#shelf.get(held.id) ?? held;
    });
  }

  /** More waits for the store than there should be: nothing new is begun, what happened is written all the same. */
  get full(): boolean {
    return this.#o.writing.depth > MAX_UNWRITTEN;
  }

  /**
   * All or nothing, in memory at once and in order; true once durable, false when not within 5 s (it is still tried).
   * Rejects with a VersionConflict when an `expectedVersion` does not hold; then nothing is changed.
   */
  async write(changes: readonly Change<T>[]): Promise<boolean> {
    const { kind, clock, writing, count } = this.#o;
    const atUtcUs = clock.utcUs();
    const steps: (readonly [Held<T>, Held<T> | null, Change<T>])[] = [];
    const events: RecordEvent[] = [];
    const now = new Map<string, Held<T>>();
    for (const change of changes) {
      const { id, expectedVersion } = change;
      const before = now.get(id) ?? this.#shelf.get(id);
      if (expectedVersion !== undefined && expectedVersion !== (before?.version ?? 0)) {
        count('conflicts');
        throw new VersionConflict(`${kind}:${id}`, before?.version ?? 0);
      }
      const event = eventOf(kind, change, atUtcUs);
      const after = applied(before, id, event);
      now.set(id, after);
      events.push(event);
      steps.push([after, before, change]);
    }
    if (steps.length === 0) return true;
    for (const [after] of steps) {
      this.#shelf.writing(after.id);
      this.#shelf.put(after);
    }
    count('changes', steps.length);
    const durable = writing.write(events).then((stored) => {
      for (const [after, , { key }] of steps) {
        // Given up by a store with a bug: nothing may ever be acted on that it says.
        if (stored) this.#shelf.written(after.id);
        if (stored && key) this.#o.keys.use(key.key, { hash: key.hash, command: after.id, atUtcUs });
      }
      return stored;
    });
    this.#tell(steps);
    return this.#within(durable);
  }

  /** Nothing of it waits for the store: what it says may be acted on. */
  isDurable(id: string): boolean {
    return !this.#shelf.isUnwritten(id);
  }

  /** Called after each change, in order, whether it is durable yet or not. */
  onChange(listener: Listener<T>): void {
    this.#listeners.push(listener);
  }

  /**
   * Runs it, unless the same request was made with this key: then its document is named. `run` uses the key up by a change
   * that carries it; what it refuses before that may be asked again.
   */
  async once<A>(key: KeyUse | null, run: () => Promise<A>): Promise<Once<A>> {
    if (key === null) return { kind: 'run', answer: await run() };
    const { keys, clock, count } = this.#o;
    for (;;) {
      const claim = keys.look(key.key, key.hash, clock.utcUs());
      if (claim.kind === 'other') return { kind: 'reused' };
      if (claim.kind === 'same') {
        count('repeated');
        return { kind: 'same', id: claim.command };
      }
      if (claim.kind === 'new') {
        const running = run();
        keys.hold(key.key, key.hash, running);
        return { kind: 'run', answer: await running };
      }
      // However that one ends, the next look says what came of it.
      await claim.until.catch(() => {});
    }
  }

  /** A listener that writes is told of its own change after everybody was told of this one. */
  #tell(steps: readonly (readonly [Held<T>, Held<T> | null, Change<T>])[]): void {
    this.#news.push(...steps);
    if (this.#telling) return;
    this.#telling = true;
    try {
      for (let one = this.#news.shift(); one !== undefined; one = this.#news.shift()) {
        for (const listener of this.#listeners) listener(...one);
      }
    } finally {
      this.#telling = false;
      this.#news = [];
    }
  }

  #within(durable: Promise<boolean>): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const callOff = this.#o.timers.after(STORE_WAIT_MS, () => {
        this.#o.count('late');
        resolve(false);
      });
      durable.then((stored) => {
        callOff();
        resolve(stored);
      }, reject);
    });
  }
}
