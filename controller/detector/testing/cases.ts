/** Of each class the real thing, and two that look like it. */
import type { Otherwise } from './watch.ts';

/** What is seen, one after another: for so many seconds each. */
export type Series = readonly (readonly [Otherwise | ((s: number) => Otherwise), number])[];

export interface Case {
  readonly name: string;
  /** Two more that look like it, and must not trigger; what else they may. */
  readonly misses: readonly (readonly [string, Series])[];
  readonly real: Series;
  /** As many seconds after the real one began it is raised at the latest. */
  readonly withinS: number;
  readonly over: Series;
  /** Others that the real one brings along. */
  readonly also?: readonly string[];
  readonly proposes?: string;
}
