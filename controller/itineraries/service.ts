/**
 * Itineraries from the API to the drones and back.
 *
 *   give ──► read, validate ──► written down (store)
 *   assign ──► validated for each drone ──► a stand for each, written down ──► down/itinerary, again until it is answered
 *   the drone's words (urgent batches, after their commit) ──► its stand, its parcels ──► event, live view, GET
 */
import {
  type Flavour,
  type FormatRefusal,
  type Itinerary,
  type PlanWarning,
  type Refusal,
  unknownAircraft,
  validate,
  type Written,
} from '@skein/protocol/fleet';
import { type Answer, type GiveAnswer, MAX_UNWRITTEN, NOT_STORED, type Refused, STORE_WAIT_MS } from './answers.ts';
import { readBody } from './body.ts';
import { Engine, type EngineOptions } from './engine.ts';
import { Entry } from './entry.ts';
import { givenEvent, type KeyUse } from './events.ts';
import { type FileFormat, ItineraryFiles, written } from './files.ts';
import { Finder } from './finder.ts';
import { lookForForgotten } from './forgotten.ts';
import { Listener, type ListenerOptions } from './listener.ts';
import { Orders } from './orders.ts';
import type { ItineraryStore, Keys, Said, SaidSince, Settle, SettleEnd } from './ports.ts';
import type { Stand } from './stand.ts';
import { type ItineraryView, itineraryView } from './view.ts';

export interface ItinerariesOptions extends EngineOptions, Pick<ListenerOptions, 'onAlert' | 'onProblem'> {
  readonly store: ItineraryStore;
  readonly saidSince: SaidSince;
  readonly settle: Settle;
  readonly settleEnd: SettleEnd;
  readonly keys: Keys;
  readonly newId: (utcMs: number) => string;
}

export interface GiveOptions {
  readonly id?: string;
  readonly version?: number;
  readonly name?: string;
  readonly heightReference?: string;
  readonly flavour?: Flavour;
  readonly dryRun?: boolean;
  readonly by: string;
}

const TICK_MS = 500;
const KEY_LIFE_US = 86_400e6;
const MAX_KEYS = 100_000;

export class Itineraries {
  /** For an editor: nothing of it is kept. */
  readonly files: ItineraryFiles;
  readonly #o: ItinerariesOptions;
  readonly #engine: Engine;
  readonly #listener: Listener;
  readonly #orders: Orders;
  readonly #finder: Finder;
  #timer: NodeJS.Timeout | null = null;

  constructor(o: ItinerariesOptions) {
    this.#o = o;
    this.files = new ItineraryFiles(o.count);
    this.#engine = new Engine(o);
    this.#finder = new Finder(this.#engine.records, o.store);
    const find = (id: string) => this.#finder.find(id);
    this.#listener = new Listener({ ...o, engine: this.#engine, find });
    this.#orders = new Orders({ ...o, engine: this.#engine, find });
  }

  get openStands(): number {
    return this.#engine.records.openStands;
  }

  get unwritten(): number {
    return this.#o.writing.depth;
  }

  /** Reads what was open when the last run ended; what is not answered is sent again, what was said meanwhile is looked for. */
  async start(): Promise<void> {
    const { store } = this.#o;
    for (const stored of await store.openItineraries()) this.#finder.keep(Entry.stored(stored));
    for (const { itinerary, stand } of await store.lastStands()) {
      const record = (await this.#finder.find(itinerary)) ?? null;
      const held = record?.stand(stand.drone, stand.version) ?? null;
      if (record && held) this.#engine.show(record, held);
    }
    const sinceUtcUs = this.#engine.utcUs - KEY_LIFE_US;
    this.#o.keys.load(await store.itineraryKeys({ sinceUtcUs, limit: MAX_KEYS }));
    for (const record of [...this.#engine.records.open()]) await this.#orders.lookAtSettling(record);
    this.#timer = setInterval(() => this.tick(), TICK_MS);
    void this.#recall();
  }

  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
    await this.#o.writing.close();
  }

  tick(): void {
    this.#engine.tick();
  }

  contact(drone: string, presence: boolean): void {
    if (presence) lookForForgotten(this.#engine, drone, this.#o);
    this.#engine.contact(drone, presence);
  }

  /** Why what this drone has must not be started: an operator gave it another, which waits. A reason, or null. */
  againstStart(drone: string): string | null {
    return this.#engine.againstStart(drone);
  }

  /** A committed sample of kind `itinerary` or `delivery`. */
  said(drone: string, said: Said): void {
    this.#listener.take(drone, said);
  }

  /** Whether it is in memory, or known not to exist; what is not is looked for in the store. */
  isKnown(id: string): boolean {
    return this.#finder.isKnown(id);
  }

  /** null: it was not given to that drone, or is not in memory (`isKnown`). */
  standOf(id: string, version: number, drone: string): Stand | null {
    return this.#engine.records.get(id)?.stand(drone, version) ?? null;
  }

  /** What it says; null: not in memory, or it was never given here. */
  planOf(id: string, version: number): Itinerary | null {
    return this.#engine.records.get(id)?.plan(version)?.about.itinerary ?? null;
  }

  give(body: unknown, o: GiveOptions, key: KeyUse | null = null): Promise<GiveAnswer> {
    return this.#once(key, () => this.#give(body, o, key));
  }

  assign(id: string, targets: readonly string[], by: string, key: KeyUse | null = null): Promise<Answer> {
    return this.#once(key, () => this.#orders.assign(id, targets, by, key));
  }

  cancel(id: string, targets: readonly string[] | null, by: string, key: KeyUse | null = null): Promise<Answer> {
    return this.#once(key, () => this.#orders.cancel(id, targets, by, key));
  }

  /** A command of the type `settle` has ended on its drone. */
  settleEnded(drone: string, command: string, refused: string | null): void {
    this.#orders.settleEnded(drone, command, refused);
  }

  settle(o: Parameters<Orders['settle']>[0], key: KeyUse | null = null): Promise<Answer> {
    return this.#once(key, () => this.#orders.settle(o, key));
  }

  /** Runs it, unless the same request was made with this key: then the itinerary as it stands now. */
  async #once<T extends GiveAnswer>(key: KeyUse | null, run: () => Promise<T>): Promise<T | Answer> {
    if (key === null) return run();
    const { keys } = this.#o;
    for (;;) {
      const claim = keys.look(key.key, key.hash, this.#engine.utcUs);
      if (claim.kind === 'other') return { ok: false, code: 'key-reused', detail: `"${key.key}"` };
      if (claim.kind === 'pending') {
        // However that one ends, the next look says what came of it.
        await claim.until.catch(() => {});
        continue;
      }
      if (claim.kind === 'same') {
        const itinerary = await this.get(claim.command);
        if (itinerary !== null) return { ok: true, itinerary };
        keys.forget(key.key);
        continue;
      }
      const running = run().then((answer) => {
        const id = answer.ok && 'itinerary' in answer ? answer.itinerary.id : null;
        if (id !== null) keys.use(key.key, { hash: key.hash, command: id, atUtcUs: this.#engine.utcUs });
        return answer;
      });
      keys.hold(key.key, key.hash, running);
      return running;
    }
  }

  async #give(body: unknown, o: GiveOptions, key: KeyUse | null): Promise<GiveAnswer> {
    const known = o.id === undefined ? null : await this.#finder.find(o.id);
    const version = o.version ?? (known === null ? 1 : known.newest.version + 1);
    const id = o.id ?? this.#o.newId(this.#engine.utcUs / 1e3).toLowerCase();
    const read = readBody(
      body,
      { id, version, ...(o.name === undefined ? {} : { name: o.name }) },
      o.heightReference ?? null,
    );
    const flavour = o.flavour ?? 'ardupilot';
    if (!read.ok) return this.#bad(read.refusals, []);
    const aircraft = { ...unknownAircraft(flavour), nowMs: this.#engine.utcUs / 1e3 };
    const verdict = validate(read.value, this.#o.settings.limits, aircraft);
    const { itinerary, refusals, warnings, energy } = verdict;
    if (itinerary === null || refusals.length > 0) return this.#bad(refusals, warnings);
    if (o.dryRun === true) return { ok: true, dryRun: { itinerary, warnings, notes: read.notes, energy } };
    const about = { itinerary, issuedBy: o.by, source: read.source, warnings, notes: read.notes };
    return this.#take({ version: itinerary.version, about, atUtcUs: this.#engine.utcUs }, itinerary, key);
  }

  async #take(plan: Entry['newest'], itinerary: Itinerary, key: KeyUse | null): Promise<GiveAnswer> {
    const { id, version } = itinerary;
    const record = await this.#finder.find(id);
    const newest = record?.newest;
    if (newest !== undefined && version < newest.version) {
      return { ok: false, code: 'outdated-itinerary', detail: `"${id}" is at version ${newest.version} already` };
    }
    if (record && newest?.version === version && newest.about.itinerary !== null) {
      if (canonical(newest.about.itinerary) === canonical(itinerary))
        return { ok: true, fresh: false, itinerary: itineraryView(record) };
      return {
        ok: false,
        code: 'other-content',
        detail: `version ${version} of "${id}" says something else: raise the version`,
      };
    }
    if (this.#o.writing.depth > MAX_UNWRITTEN) return this.#notStored();
    const into = record ?? new Entry(id, plan);
    if (!(await this.#engine.write(into, [givenEvent(id, version, plan.about, plan.atUtcUs, key)], STORE_WAIT_MS))) {
      return this.#notStored();
    }
    into.give(plan);
    this.#engine.records.put(into);
    this.#o.count('given');
    return { ok: true, fresh: true, itinerary: itineraryView(into) };
  }

  async get(id: string): Promise<ItineraryView | null> {
    const record = await this.#finder.find(id);
    return record === null ? null : itineraryView(record);
  }

  /** Those given last, first. */
  async list(query: { before?: string; limit: number }): Promise<readonly ItineraryView[]> {
    const stored = await this.#o.store.itineraries(query);
    return stored.flatMap((one) => {
      const record = this.#engine.records.get(one.id) ?? Entry.stored(one);
      return record === null ? [] : [itineraryView(record)];
    });
  }

  /** The newest version as a file; null: there is no such itinerary. */
  async write(id: string, format: FileFormat, flavour: Flavour): Promise<Written | null> {
    const itinerary = (await this.#finder.find(id))?.newest.about.itinerary ?? null;
    return itinerary === null ? null : written(itinerary, format, flavour);
  }

  #bad(refusals: readonly (Refusal | FormatRefusal)[], warnings: readonly PlanWarning[]): Refused {
    this.#o.count('refused');
    return { ok: false, code: 'bad-itinerary', detail: refusals[0]?.words ?? 'not an itinerary', refusals, warnings };
  }

  #notStored(): Refused {
    this.#o.count('notStored');
    return NOT_STORED;
  }

  /** The run before may have ended between the commit of a word and the writing of its step. */
  async #recall(): Promise<void> {
    const since = new Map<string, number>();
    for (const record of this.#engine.records.open()) {
      for (const { drone, atUtcUs } of record.stands) since.set(drone, Math.min(since.get(drone) ?? atUtcUs, atUtcUs));
    }
    for (const [drone, fromUtcUs] of since) {
      if (this.#timer === null) return;
      try {
        for (const said of await this.#o.saidSince(drone, fromUtcUs - 60e6)) this.#listener.take(drone, said);
      } catch (error) {
        this.#o.onProblem('what a drone said of its itineraries could not be read', { drone, reason: String(error) });
      }
    }
  }
}

/** The same whatever the order of its fields. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, one: unknown) =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
      ? Object.fromEntries(Object.entries(one).sort(([a], [b]) => (a < b ? -1 : 1)))
      : one,
  );
}
