/** The projections made again from the events, while no controller runs. */
import { Writer } from './writer.ts';

export interface Rebuilt {
  readonly events: number;
  /** Tables that were not what the events make; none: the same bytes. */
  readonly changed: readonly string[];
}

/** Throws a StoreError: `locked` while a controller runs. */
export function rebuildProjections(dataDir: string): Rebuilt {
  const none = { budgetBytes: Number.MAX_SAFE_INTEGER, keepDays: 36_500, syncCommits: true, reserveBytes: 0 };
  const writer = new Writer({ dataDir, ...none });
  writer.start();
  try {
    const before = writer.core.digests();
    const events = writer.core.rebuild();
    const after = writer.core.digests();
    return { events, changed: [...after.keys()].filter((table) => after.get(table) !== before.get(table)) };
  } finally {
    writer.close();
  }
}
