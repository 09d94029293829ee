/**
 * The parameters and the firmware of each drone as it armed, and how they differ from a baseline. Nothing is ever set here.
 *
 *   drone: list, once for each hash ─► `parameters:<hash>`     drone: hash at each arming ─► `snapshot:<drone>`
 *   people: what it is to be ─► `baseline:<drone>`, `baseline:group-<name>` ─► differences, in words ─► warning, or a hold
 */
import { isOwn, parametersOf, shownFloat } from '@skein/protocol/fleet';
import type { Baseline } from '@skein/protocol/fleet/configuration';
import { type Actor, type Answer, type Change, type Kept, NOT_STORED, refuse, wholePatch } from './ports.ts';

/** What a drone says; those of `list` by part. */
export interface ParametersSeen {
  readonly atUtcUs: number;
  readonly event: 'arming' | 'list';
  readonly hash: string | null;
  readonly ageMs: number | null;
  readonly part: number | null;
  readonly parts: number | null;
  readonly list: string | null;
  readonly version: string | null;
  readonly gitHash: string | null;
}

export interface ListDoc {
  readonly list?: string;
  /** Who had it first. */
  readonly drone?: string;
}

interface Arming {
  readonly hash: string | null;
  readonly version: string | null;
  readonly gitHash: string | null;
  /** How old the reading was, ms. */
  readonly ageMs: number | null;
}

export interface SnapshotDoc {
  /** The newest, by time, µs. */
  readonly armings?: Readonly<Record<string, Arming>>;
  readonly hash?: string;
  readonly hashUtcUs?: number;
}

export interface BaselineDoc extends Omit<Baseline, 'drone'> {
  /** Whose list it was. */
  readonly of?: string;
}

export interface ParameterDifference {
  readonly parameter: string;
  /** null: it is not there. */
  readonly baseline: number | null;
  readonly now: number | null;
  readonly words: string;
}

export interface SnapshotsOptions {
  readonly lists: Kept<ListDoc>;
  readonly snapshots: Kept<SnapshotDoc>;
  readonly baselines: Kept<BaselineDoc>;
  readonly drones: () => readonly string[];
  readonly groups: (drone: string) => readonly string[];
  readonly hash: (text: string) => string;
  readonly count: (name: SnapshotCounter) => void;
}

export const SNAPSHOT_COUNTERS = {
  lists: 'lists of parameters kept',
  badLists: 'lists of parameters that were not what their hash says, or never came whole',
} as const;
export type SnapshotCounter = keyof typeof SNAPSHOT_COUNTERS;

const KEEP_ARMINGS = 50;
const SHOWN = 3;
/** The time of a sample moves a little when its drone learns the time better, µs; nobody arms twice within this. */
const SAME_US = 3e6;
const COUNTED = (drone: string): Actor => ({ kind: 'drone', name: drone });

export class Snapshots {
  readonly #o: SnapshotsOptions;
  /** Lists read out of the store, and what was found: a few hashes serve a fleet. */
  readonly #read = new Map<string, ReadonlyMap<string, number> | null>();
  readonly #found = new Map<string, { readonly key: string; readonly differences: readonly ParameterDifference[] }>();

  constructor(o: SnapshotsOptions) {
    this.#o = o;
  }

  /** What the store has of it, by time; told again it changes nothing. */
  async counted(drone: string, seen: readonly ParametersSeen[]): Promise<void> {
    await this.#keepLists(drone, seen);
    const doc = this.#o.snapshots.get(drone)?.doc ?? {};
    const armings: Record<string, Arming | null> = {};
    for (const { event, atUtcUs, hash, version, gitHash, ageMs } of seen) {
      const key = String(Math.round(atUtcUs));
      const oldest = Object.keys(doc.armings ?? {})[0];
      const isTooOld = Object.keys(doc.armings ?? {}).length >= KEEP_ARMINGS && oldest !== undefined && key < oldest;
      const isKept = Object.keys(doc.armings ?? {}).some((one) => Math.abs(Number(one) - atUtcUs) < SAME_US);
      const isNew = event === 'arming' && !isKept && !isTooOld;
      if (isNew) armings[key] = { hash, version, gitHash, ageMs };
    }
    const newest = seen.filter(({ hash }) => hash !== null).at(-1);
    const isNewer =
      newest?.hash != null && newest.atUtcUs >= (doc.hashUtcUs ?? 0) && newest.hash !== doc.hash
        ? { hash: newest.hash, hashUtcUs: Math.round(newest.atUtcUs) }
        : {};
    if (Object.keys(armings).length > 0 || Object.keys(isNewer).length > 0) {
      const all = Object.keys({ ...doc.armings, ...armings }).sort();
      for (const key of all.slice(0, Math.max(0, all.length - KEEP_ARMINGS))) armings[key] = null;
      const set = { armings, ...isNewer };
      const type = Object.keys(armings).length > 0 ? 'armed-with' : 'read';
      await this.#o.snapshots.write([{ id: drone, type, set, open: false, by: COUNTED(drone) }]);
    }
    await this.#compare(drone);
  }

  view(drone: string): object {
    const { armings = {}, hash = null, hashUtcUs = null } = this.#o.snapshots.get(drone)?.doc ?? {};
    const list = Object.entries(armings).sort(([a], [b]) => (a < b ? -1 : 1));
    return { drone, hash, hashUtcUs, armings: list.map(([atUtcUs, one]) => ({ atUtcUs: Number(atUtcUs), ...one })) };
  }

  async diff(drone: string): Promise<Answer<object>> {
    const found = await this.#compare(drone);
    const about = this.#against(drone);
    const { hash = null, hashUtcUs = null } = this.#o.snapshots.get(drone)?.doc ?? {};
    if (about === null) return refuse('no-baseline', `nobody has set one for ${drone} or a group of it`);
    const baseline = { name: about.name, ...about.doc };
    if (found === null) {
      const words = hash === null ? 'its parameters were not read yet' : 'one of the two lists is not known here';
      return { ok: true, value: { drone, hash, hashUtcUs, baseline, known: false, differences: [], words } };
    }
    const words = found.length === 0 ? 'no difference' : summary(found);
    return { ok: true, value: { drone, hash, hashUtcUs, baseline, known: true, differences: found, words } };
  }

  /** @param name `<drone>` or `group-<name>` */
  async put(name: string, { drone, ...wish }: Baseline, by: Actor): Promise<Answer<object>> {
    const hash = wish.hash ?? (drone === undefined ? undefined : this.#o.snapshots.get(drone)?.doc.hash);
    const held = hash === undefined ? null : await this.#o.lists.find(hash);
    if (hash === undefined || held === null) {
      return refuse(
        'bad-settings',
        'no list of parameters is known by this: name a hash, or a drone whose list was read',
      );
    }
    const of = drone ?? held.doc.drone;
    const doc: BaselineDoc = { ...wish, hash, ...(of === undefined ? {} : { of }) };
    const before = this.#o.baselines.get(name);
    const set = wholePatch(before?.doc, doc);
    const written = await this.#o.baselines.write([{ id: name, type: 'put', set, open: true, by }]);
    // What was found before holds its drone until it is found anew.
    await this.start();
    if (!written) return NOT_STORED;
    return { ok: true, fresh: before?.open !== true, value: { name, ...doc } };
  }

  async remove(name: string, by: Actor): Promise<Answer<null>> {
    if (this.#o.baselines.get(name)?.open !== true) return refuse('no-baseline', `"${name}"`);
    const written = await this.#o.baselines.write([{ id: name, type: 'removed', set: {}, open: false, by }]);
    await this.start();
    return written ? { ok: true, value: null } : NOT_STORED;
  }

  /** What was found before a restart is found again. */
  async start(): Promise<void> {
    for (const drone of this.#o.drones()) await this.#compare(drone);
  }

  /** Why it gets no orders, for people. */
  holds(drone: string): readonly string[] {
    return this.#against(drone)?.doc.hold === true ? this.#words(drone) : [];
  }

  warnings(drone: string): readonly string[] {
    return this.#against(drone)?.doc.hold === true ? [] : this.#words(drone);
  }

  #words(drone: string): readonly string[] {
    const differences = this.#found.get(drone)?.differences ?? [];
    return differences.length === 0 ? [] : [`${summary(differences)}; set them back, or set another baseline`];
  }

  /** Its own goes before that of a group. */
  #against(drone: string): { readonly name: string; readonly doc: BaselineDoc } | null {
    for (const name of [drone, ...this.#o.groups(drone).map((group) => `group-${group}`)]) {
      const held = this.#o.baselines.get(name);
      if (held?.open === true) return { name, doc: held.doc };
    }
    return null;
  }

  async #compare(drone: string): Promise<readonly ParameterDifference[] | null> {
    const about = this.#against(drone);
    const hash = this.#o.snapshots.get(drone)?.doc.hash;
    if (about?.doc.hash === undefined || hash === undefined) {
      this.#found.delete(drone);
      return null;
    }
    const key = JSON.stringify([about, hash]);
    const before = this.#found.get(drone);
    if (before?.key === key) return before.differences;
    const [wanted, now] = [await this.#list(about.doc.hash), await this.#list(hash)];
    if (wanted === null || now === null) return null;
    const differences = differencesOf(wanted, now, about.doc, drone);
    this.#found.set(drone, { key, differences });
    return differences;
  }

  async #list(hash: string): Promise<ReadonlyMap<string, number> | null> {
    const read = this.#read.get(hash);
    if (read !== undefined) return read;
    const list = (await this.#o.lists.find(hash))?.doc.list;
    if (list === undefined) return null;
    const found = parametersOf(list);
    if (this.#read.size > 50) this.#read.clear();
    this.#read.set(hash, found);
    return found;
  }

  async #keepLists(drone: string, seen: readonly ParametersSeen[]): Promise<void> {
    const byHash = new Map<string, (string | null)[]>();
    for (const { event, hash, part, parts, list } of seen) {
      if (event !== 'list' || hash === null || part === null || parts === null || list === null) continue;
      const found = byHash.get(hash) ?? new Array<string | null>(Math.min(parts, 1000)).fill(null);
      if (part >= 1 && part <= found.length) found[part - 1] = list;
      byHash.set(hash, found);
    }
    for (const [hash, parts] of byHash) {
      if ((await this.#o.lists.find(hash)) !== null) continue;
      const list = parts.join('');
      // Parts that have not come yet come with what arrives later: those that are here are looked at again then.
      if (parts.includes(null)) continue;
      if (this.#o.hash(list) !== hash || parametersOf(list) === null) {
        this.#o.count('badLists');
        continue;
      }
      const change: Change = { id: hash, type: 'read', set: { list, drone }, open: false, by: COUNTED(drone) };
      if (await this.#o.lists.write([change])) this.#o.count('lists');
    }
  }
}

function differencesOf(
  wanted: ReadonlyMap<string, number>,
  now: ReadonlyMap<string, number>,
  { ignore = [], of }: BaselineDoc,
  drone: string,
): readonly ParameterDifference[] {
  const isIgnored = (name: string) =>
    // What belongs to one board is not compared with another.
    (of !== drone && isOwn(name)) ||
    ignore.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
  const names = [...new Set([...wanted.keys(), ...now.keys()])].filter((name) => !isIgnored(name)).sort();
  return names.flatMap((parameter) => {
    const [baseline, is] = [wanted.get(parameter) ?? null, now.get(parameter) ?? null];
    if (baseline === is) return [];
    return [{ parameter, baseline, now: is, words: wordsOf(parameter, baseline, is) }];
  });
}

function wordsOf(parameter: string, baseline: number | null, now: number | null): string {
  if (now === null) return `${parameter} is not there, baseline ${shownFloat(baseline ?? 0)}`;
  if (baseline === null) return `${parameter} is ${shownFloat(now)}, and the baseline does not have it`;
  return `${parameter} is ${shownFloat(now)}, baseline ${shownFloat(baseline)}`;
}

function summary(differences: readonly ParameterDifference[]): string {
  const some = differences.slice(0, SHOWN).map(({ words }) => words);
  const more = differences.length - some.length;
  const count = differences.length === 1 ? '1 parameter differs' : `${differences.length} parameters differ`;
  return `${count} from the baseline: ${some.join('; ')}${more > 0 ? `; and ${more} more` : ''}`;
}
