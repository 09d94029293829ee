/**
 * The fleet in memory: every drone that was ever heard, its newest live values, who is online, what is still to come.
 *
 *   presence, live, time, ingest's progress ──► Fleet ──► entry(), entries()      (HTTP)
 *                                                   └───► drainChanges()          (live stream, 4 Hz)
 *                                                   └───► events, records to save (store)
 */
import type { Presence, TimeAnswer, TimeRequest } from '@skein/protocol/fleet';
import type { BatchHeader, Sample } from '@skein/protocol/telemetry';
import { ALL_FIELDS, Changes, fieldOf } from './changes.ts';
import { clockMap, onStamp, toOurs } from './clock-map.ts';
import { type Contact, contactOf, presenceInput, takeCommitted, takePresence, takeStamp } from './contact.ts';
import { type Drone, keyOf, type Lane, mapOf, mergeRanges, moved, newDrone, takeLive } from './drone.ts';
import { type Delta, deltaOf, type Entry, entryOf, type Field, type Now, type Picked, pickedOf } from './entry.ts';
import { LEASE_S } from './expectation.ts';
import { type Look, lookOf } from './look.ts';
import type { DroneRecord, FleetOptions } from './ports.ts';
import { recordOf, restore } from './record.ts';
import {
  bindEpoch,
  currentOf,
  eventOf,
  onChecksumConflict,
  onHeard,
  onPresence,
  type Session,
  type SessionStep,
} from './sessions.ts';
import { type Tally, tallyOf } from './tally.ts';
import { Timed } from './timed.ts';

export const LIVE_HZ = { usual: 1, selected: 5 } as const;

/** Names of versions kept of one drone. */
const MAX_VERSIONS = 32;

export class Fleet {
  readonly #o: FleetOptions;
  readonly #drones = new Map<string, Drone>();
  readonly #changes = new Changes();
  readonly #unsaved = new Set<string>();
  readonly #timed = new Timed();
  #selected: ReadonlySet<string> = new Set();

  constructor(o: FleetOptions) {
    this.#o = o;
  }

  /** Drones of an earlier run: offline, with their last known values, aged. */
  load(records: readonly DroneRecord[]): void {
    for (const record of records) {
      const drone = restore(record, this.#now());
      if (drone) this.#drones.set(drone.id, drone);
      else this.#o.count('unreadableRecord');
    }
  }

  get size(): number {
    return this.#drones.size;
  }

  tally(): Tally {
    return tallyOf(this.#drones.values(), this.#now());
  }

  get ids(): readonly string[] {
    return [...this.#drones.keys()];
  }

  /** null: never heard of. */
  contact(id: string): Contact | null {
    const drone = this.#drones.get(id);
    return drone ? contactOf(drone, this.#o.clock.monoUs(), this.#o.groupsOf?.(id)) : null;
  }

  /** What its entry shows of its commands, of what it flies, of its packs: others make it. */
  show(id: string, fields: Partial<Pick<Drone, 'commands' | 'itinerary' | 'delivery' | 'packsShut'>>): void {
    const drone = this.#drones.get(id);
    if (!drone) return;
    Object.assign(drone, fields);
    this.#changes.fields(id, [...(Object.keys(fields) as (keyof typeof fields)[]), 'expectation']);
  }

  /** false: there is no room for another drone. */
  presence(id: string, p: Presence): boolean {
    const drone = this.#admit(id);
    if (drone === null) return false;
    const now = this.#o.clock.monoUs();
    const step = onPresence(drone.sessions, presenceInput(p), now);
    this.#apply(drone, step);
    if (p.online) takePresence(drone, p);
    if (p.online && drone.sessions.current === p.session) {
      drone.heardMonoUs = now;
      drone.versions = Object.fromEntries(Object.entries(p.versions).slice(0, MAX_VERSIONS));
      drone.epochs = mergeRanges(drone.epochs, p.epochs);
      drone.clockMap = mapOf(drone, p.boot);
    }
    this.#changes.fields(id, ALL_FIELDS);
    this.#unsaved.add(id);
    return true;
  }

  /**
   * Live samples. Only those of the current, online session count; nothing else can make a drone look fresh.
   * 'early': nobody is online under this name (yet); may be given again after a presence, with when they arrived.
   */
  live(id: string, header: BatchHeader, samples: readonly Sample[], now = this.#o.clock.monoUs()): 'early' | 'done' {
    const drone = this.#drones.get(id);
    const current = drone && currentOf(drone.sessions);
    if (!drone || !current?.online) return 'early';
    this.#live(drone, current, header, samples, now);
    return 'done';
  }

  #live(drone: Drone, current: Session, header: BatchHeader, samples: readonly Sample[], now: number): void {
    const { id } = drone;
    const bound = header.boot === current.boot ? bindEpoch(drone.sessions, current.session, header.epoch) : null;
    if (bound === null) {
      this.#o.count('liveOldSession');
      return;
    }
    drone.sessions = bound;
    const map = onStamp(mapOf(drone, header.boot), header.monoToUs, now);
    if (map === null) {
      this.#o.count('liveUnbelievable', samples.length);
      return;
    }
    drone.clockMap = map;
    takeStamp(drone, current.session, header.monoToUs, now);
    let taken = 0;
    for (const sample of samples) {
      const verdict = takeLive(drone, sample, header, now);
      this.#o.count(verdict === 'taken' ? 'liveSamples' : verdict);
      if (verdict !== 'taken') continue;
      taken++;
      this.#changes.kind(id, keyOf(sample));
      const field = fieldOf(sample.kind);
      if (field !== null) this.#changes.fields(id, [field]);
    }
    if (taken === 0) return;
    drone.heardMonoUs = now;
    const ours = toOurs(drone.clockMap, header.monoToUs);
    drone.latencyMs = ours === null ? null : Math.max(0, Math.round((now - ours) / 1e3));
    this.#changes.fields(id, ['freshness', 'clock', 'link']);
    this.#unsaved.add(id);
    this.#o.onLive?.(id);
  }

  /** The answer to a time message that arrived at `at`; 'early': of no session that is online (yet). */
  time(id: string, request: TimeRequest, at: Now = this.#now()): TimeAnswer | 'early' {
    const drone = this.#drones.get(id);
    const session = drone?.sessions.sessions.find((one) => one.session === request.session);
    if (!drone || !session?.online) return 'early';
    const now = at.monoUs;
    drone.sessions = onHeard(drone.sessions, request.session, now);
    takeStamp(drone, request.session, request.agentMonoUs, now);
    if (drone.sessions.current === request.session) {
      const map = onStamp(mapOf(drone, request.boot), request.agentMonoUs, now);
      if (map === null) this.#o.count('timeUnbelievable');
      // Our clock stood still (a suspended machine): it is the past that no longer fits. This makes nothing look younger.
      drone.clockMap = map ?? onStamp(clockMap(request.boot), request.agentMonoUs, now);
      drone.heardMonoUs = now;
      drone.leasedMonoUs = this.#o.clock.monoUs();
      this.#changes.fields(id, ['freshness']);
    }
    const { session: name, agentMonoUs } = request;
    const sentUtcUs = this.#o.clock.utcUs();
    const { conflict } = drone.sessions;
    return {
      ...{ session: name, agentMonoUs, receivedUtcUs: at.utcUs, sentUtcUs, leaseS: LEASE_S, liveHz: drone.liveHz },
      ...(conflict && { conflict: conflict.reason }),
    };
  }

  /** Ingest committed up to here. */
  progress(id: string, epoch: string, lane: Lane, upTo: number, monoToUs: number | null): void {
    const drone = this.#drones.get(id);
    if (!drone) return;
    takeCommitted(drone, epoch, monoToUs);
    drone.epochs = moved(drone.epochs, { epoch, lane, upTo, monoToUs });
    this.#changes.fields(id, ['backlog']);
  }

  /** One batch number came with two contents. */
  checksumConflict(id: string): void {
    const drone = this.#drones.get(id);
    if (!drone) return;
    this.#apply(drone, onChecksumConflict(drone.sessions, this.#o.clock.monoUs()));
    this.#changes.fields(id, ['conflict']);
  }

  /** Somebody looks at these closely; the others go back to the usual rate. */
  select(ids: ReadonlySet<string>): void {
    const before = this.#selected;
    this.#selected = ids;
    for (const id of new Set([...before, ...ids])) {
      const drone = this.#drones.get(id);
      if (!drone) continue;
      drone.liveHz = ids.has(id) ? LIVE_HZ.selected : LIVE_HZ.usual;
      this.#changes.fields(id, ['link']);
    }
  }

  /** Once a second: what changes by time passing alone. */
  tick(): void {
    const now = this.#o.clock.monoUs();
    for (const drone of this.#drones.values()) {
      const changed = this.#timed.look(drone, now);
      if (changed.length > 0) this.#changes.fields(drone.id, changed);
    }
  }

  entry(id: string): Entry | null {
    const drone = this.#drones.get(id);
    return drone ? entryOf(drone, this.#now()) : null;
  }

  look(id: string): Look | null {
    const drone = this.#drones.get(id);
    return drone ? lookOf(drone, this.#now()) : null;
  }

  entries(): Entry[] {
    const now = this.#now();
    return [...this.#drones.values()].map((drone) => entryOf(drone, now));
  }

  /** As `entries` of these drones, only these fields and kinds. */
  picked<F extends Field>(ids: readonly string[], fields: readonly F[], kinds: ReadonlySet<string>): Picked<F>[] {
    const now = this.#now();
    return ids.flatMap((id) => {
      const drone = this.#drones.get(id);
      return drone === undefined ? [] : [pickedOf(drone, fields, kinds, now)];
    });
  }

  /** What changed since the last call. One consumer. */
  drainChanges(): Delta[] {
    const now = this.#now();
    return [...this.#changes.drain()].flatMap(([id, { fields, kinds }]) => {
      const drone = this.#drones.get(id);
      return drone ? [deltaOf(drone, fields, kinds, now)] : [];
    });
  }

  /** These fields and kinds of it as they are now; names that are none are left out. */
  part(id: string, fields: ReadonlySet<string>, kinds: ReadonlySet<string>): Delta | null {
    const drone = this.#drones.get(id);
    return drone ? deltaOf(drone, new Set(ALL_FIELDS.filter((name) => fields.has(name))), kinds, this.#now()) : null;
  }

  /** Drones changed since the last call, to be saved. */
  drainUnsaved(): DroneRecord[] {
    const now = this.#now();
    const records = [...this.#unsaved].flatMap((id) => {
      const drone = this.#drones.get(id);
      return drone ? [recordOf(drone, now)] : [];
    });
    this.#unsaved.clear();
    return records;
  }

  /** Saving failed: these are unsaved still. */
  markUnsaved(ids: readonly string[]): void {
    for (const id of ids) this.#unsaved.add(id);
  }

  #admit(id: string): Drone | null {
    const known = this.#drones.get(id);
    if (known) return known;
    if (this.#drones.size >= this.#o.maxDrones) {
      this.#o.count('refusedDrones');
      return null;
    }
    const drone = newDrone(id, this.#o.clock.utcUs(), this.#selected.has(id) ? LIVE_HZ.selected : LIVE_HZ.usual);
    this.#drones.set(id, drone);
    this.#event(id, 'first-seen', {}, `first-seen/${id}`);
    return drone;
  }

  #apply(drone: Drone, step: SessionStep): void {
    drone.sessions = step.state;
    for (const out of step.outputs) {
      const event = eventOf(out);
      if (event) this.#event(drone.id, event.type, event.data);
      else this.#o.count('oldOffline');
    }
  }

  #event(id: string, type: string, data: Readonly<Record<string, unknown>>, key?: string): void {
    const isOurs = type === 'identity-conflict';
    const by = { kind: isOurs ? 'controller' : 'drone', name: isOurs ? 'fleet' : id } as const;
    const event = { entity: `drone:${id}`, type, atUtcUs: this.#o.clock.utcUs(), by, cause: 'presence', data };
    this.#o.onEvent(key === undefined ? event : { ...event, key });
  }

  #now(): Now {
    return { utcUs: this.#o.clock.utcUs(), monoUs: this.#o.clock.monoUs() };
  }
}
