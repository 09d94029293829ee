/** Groups of drones that people make. A drone is also in those that it says itself (its presence); both count alike. */
import type { Group } from '@skein/protocol/fleet/configuration';
import { type Actor, type Answer, type Held, type Kept, NOT_STORED, refuse, wholePatch } from './ports.ts';

export class Groups {
  readonly #kept: Kept<Group>;
  /** Groups by drone, made when it is asked for after a change. */
  #byDrone: ReadonlyMap<string, readonly string[]> | null = null;

  constructor(kept: Kept<Group>) {
    this.#kept = kept;
  }

  list(): readonly Held<Group>[] {
    return [...this.#kept.open()].sort((a, b) => (a.id < b.id ? -1 : 1));
  }

  get(name: string): Held<Group> | null {
    const held = this.#kept.get(name);
    return held?.open === true ? held : null;
  }

  of(drone: string): readonly string[] {
    this.#byDrone ??= this.#index();
    return this.#byDrone.get(drone) ?? [];
  }

  /** The whole of it. */
  async put(name: string, group: Group, by: Actor): Promise<Answer<Held<Group>>> {
    const before = this.#kept.get(name);
    const writing = this.#kept.write([{ id: name, type: 'put', set: wholePatch(before?.doc, group), open: true, by }]);
    this.#byDrone = null;
    const written = await writing;
    const held = this.#kept.get(name);
    return written && held !== null ? { ok: true, fresh: before?.open !== true, value: held } : NOT_STORED;
  }

  async remove(name: string, by: Actor): Promise<Answer<null>> {
    if (this.get(name) === null) return refuse('unknown-group', `"${name}"`);
    const writing = this.#kept.write([{ id: name, type: 'removed', set: {}, open: false, by }]);
    this.#byDrone = null;
    return (await writing) ? { ok: true, value: null } : NOT_STORED;
  }

  #index(): ReadonlyMap<string, readonly string[]> {
    const index = new Map<string, string[]>();
    for (const { id, doc } of this.#kept.open()) {
      for (const drone of doc.members ?? []) {
        const names = index.get(drone);
        if (names === undefined) index.set(drone, [id]);
        else names.push(id);
      }
    }
    return index;
  }
}
