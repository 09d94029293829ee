/** Records over memory, for the tests of whoever keeps documents. */
import { Keys } from '../commands/index.ts';
import { applied, type Held } from '../records/held.ts';
import type { RecordCounter, RecordEvent, RecordStore, StoredDocument, StoredUse } from '../records/ports.ts';
import { Records, type RecordsOptions } from '../records/records.ts';

const CLOCK_US = 1_764_000_000e6;

/** What a store keeps; `hold()` makes it take nothing until `release()`. */
export class MemoryStore implements RecordStore {
  readonly events: RecordEvent[] = [];
  readonly #documents = new Map<string, Held<object>>();
  readonly #keys: StoredUse[] = [];
  #held: (() => void)[] | null = null;
  depth = 0;

  async write(events: readonly RecordEvent[]): Promise<boolean> {
    this.depth += events.length;
    if (this.#held) await new Promise<void>((resolve) => this.#held?.push(resolve));
    this.depth -= events.length;
    for (const event of events) {
      this.events.push(event);
      this.#documents.set(event.entity, applied(this.#documents.get(event.entity) ?? null, event.entity, event));
      const { key } = event.data as { key?: { key: string; hash: string } };
      if (key) this.#keys.unshift({ ...key, entity: event.entity, atUtcUs: event.atUtcUs });
    }
    return true;
  }

  hold(): void {
    this.#held ??= [];
  }

  release(): void {
    for (const go of this.#held ?? []) go();
    this.#held = null;
  }

  async document(entity: string): Promise<StoredDocument | null> {
    const found = this.#documents.get(entity);
    return found === undefined ? null : stored(found);
  }

  async documents(q: { kind: string; open?: boolean; before?: string; limit: number }) {
    const newest = [...this.#documents.values()]
      .filter(({ id, open }) => id.startsWith(`${q.kind}:`) && (q.open === undefined || open === q.open))
      .sort((a, b) => b.createdUtcUs - a.createdUtcUs || (a.id < b.id ? 1 : -1));
    const after = q.before === undefined ? 0 : newest.findIndex(({ id }) => id === `${q.kind}:${q.before}`) + 1;
    return newest.slice(after, after + q.limit).map(stored);
  }

  async documentKeys(q: { kind: string; sinceUtcUs: number; limit: number }): Promise<readonly StoredUse[]> {
    return this.#keys
      .filter(({ entity, atUtcUs }) => entity.startsWith(`${q.kind}:`) && atUtcUs >= q.sinceUtcUs)
      .slice(0, q.limit);
  }
}

function stored({ id: entity, doc, ...rest }: Held<object>): StoredDocument {
  return { ...rest, entity, doc: doc as StoredDocument['doc'] };
}

/** Started; with the same `store` as an earlier one, it is the next run of the controller. */
export async function memoryRecords<T extends object>(
  kind: string,
  { store = new MemoryStore(), ...o }: Partial<Omit<RecordsOptions, 'store'>> & { readonly store?: MemoryStore } = {},
) {
  const counts = new Map<RecordCounter, number>();
  const waits: (() => void)[] = [];
  const records = new Records<T>({
    ...{ kind, store, writing: store, keys: new Keys(), clock: { utcUs: () => CLOCK_US } },
    timers: {
      after: (_ms, run) => {
        waits.push(run);
        return () => {};
      },
    },
    count: (name, by = 1) => counts.set(name, (counts.get(name) ?? 0) + by),
    ...o,
  });
  await records.start();
  /** The five seconds for which a writing is waited are over. */
  const passFiveSeconds = () => {
    for (const run of waits.splice(0)) run();
  };
  return { records, store, counts, passFiveSeconds };
}
