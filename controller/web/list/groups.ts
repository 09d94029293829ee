/** The list in parts: by who has control, how fresh, or the group people put a drone in; what needs people comes first. Pure. */
import { compareIds } from '../live/ids.ts';
import type { Listed } from './order.ts';
import { controlWords } from './summary.ts';

export const GROUPINGS = ['', 'control', 'age', 'group'] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface Part {
  /** Empty: the list is one. */
  readonly head: string;
  readonly ids: readonly string[];
}

const NONE = 'in no group';
/** Groups with a name come before all of these. */
const ORDER = ['failsafe', 'pilot', 'other', 'unknown', 'skein', 'never', 'lost', 'stale', 'fresh', NONE];

/** `groups`: of each drone, by name; null: not known yet. Within a part the order stays. */
export function inParts(
  all: readonly Listed[],
  by: Grouping,
  groups: ReadonlyMap<string, string> | null,
): readonly Part[] {
  const parts = new Map<string, string[]>();
  for (const one of all) {
    const { id, control } = one.summary;
    const key =
      by === 'control'
        ? control
        : by === 'age'
          ? one.freshness
          : by === 'group'
            ? groups === null
              ? 'not known yet'
              : (groups.get(id) ?? NONE)
            : '';
    const ids = parts.get(key);
    if (ids === undefined) parts.set(key, [id]);
    else ids.push(id);
  }
  return [...parts]
    .sort(([a], [b]) => ORDER.indexOf(a) - ORDER.indexOf(b) || compareIds(a, b))
    .map(([key, ids]) => ({ head: by === 'control' ? controlWords(key) : key, ids }));
}

/** As they are drawn: a head is told from an id by its first letter. */
export const HEAD = '\n';
export function linesOf(parts: readonly Part[]): readonly string[] {
  return parts.flatMap(({ head, ids }) => (head === '' ? ids : [`${HEAD}${head} · ${ids.length}`, ...ids]));
}
