/**
 * What an operator called over while it was so: not raised again before it was well, however often the controller restarts.
 * It stands in the document of the alert that was dismissed: `stillSo` names the drones that have not been well since.
 */
import type { Alert } from './alert.ts';
import type { Actor, Count, Kept } from './ports.ts';

/** The newest alerts that are read at the start; what was dismissed before them is raised once more. */
const READ = 1000;

export class Dismissals {
  readonly #records: Kept<Alert>;
  readonly #by: Actor;
  readonly #count: Count;
  /** By drone, by class: the id of the alert. */
  readonly #of = new Map<string, Map<string, string>>();
  /** Ids of the alerts that are being written anew: who is well meanwhile is in it. */
  readonly #due = new Set<string>();

  constructor(o: { readonly records: Kept<Alert>; readonly by: Actor; readonly count: Count }) {
    this.#records = o.records;
    this.#by = o.by;
    this.#count = o.count;
  }

  async start(): Promise<void> {
    const newestLast = [...(await this.#records.list({ limit: READ }))].reverse();
    for (const { id, doc } of newestLast) this.note(id, doc.class, doc.stillSo ?? []);
  }

  /** These have it still. */
  note(id: string, name: string, drones: readonly string[]): void {
    for (const drone of drones) {
      const known = this.#of.get(drone) ?? new Map<string, string>();
      this.#of.set(drone, known.set(name, id));
    }
  }

  /** Classes that were dismissed of it. */
  of(drone: string): readonly string[] {
    return [...(this.#of.get(drone)?.keys() ?? [])];
  }

  /** It is well: the next time is another. */
  well(name: string, drone: string): void {
    const known = this.#of.get(drone);
    const id = known?.get(name);
    if (known === undefined || id === undefined) return;
    known.delete(name);
    if (known.size === 0) this.#of.delete(drone);
    if (this.#due.has(id)) return;
    this.#due.add(id);
    void this.#write(id).catch(() => this.#count('late'));
  }

  async #write(id: string): Promise<void> {
    // It may have left the memory by now.
    const held = await this.#records.find(id).finally(() => this.#due.delete(id));
    if (held === null) return;
    const left = (held.doc.stillSo ?? []).filter((one) => this.#of.get(one)?.get(held.doc.class) === id);
    const set = { stillSo: left.length === 0 ? null : left };
    if (!(await this.#records.write([{ id, type: 'well-again', set, by: this.#by }]))) this.#count('late');
  }
}
