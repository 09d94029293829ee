/** Numbers of lanes as ranges: of a lane as it should be there are few, however many batches. */
import { mergeRanges, type Range } from './ranges.ts';

/** Before they are sorted and merged. */
const MOST_LOOSE = 256;

export class LaneRanges {
  readonly #lanes = new Map<string, Range[]>();

  add(stream: string, from: number, to: number): void {
    const ranges = this.#lanes.get(stream);
    if (ranges === undefined) {
      this.#lanes.set(stream, [{ from, to }]);
      return;
    }
    const last = ranges.at(-1);
    if (last !== undefined && from === last.to + 1) ranges[ranges.length - 1] = { from: last.from, to };
    else ranges.push({ from, to });
    if (ranges.length > MOST_LOOSE) this.#lanes.set(stream, mergeRanges(ranges, 1));
  }

  streams(): Iterable<string> {
    return this.#lanes.keys();
  }

  /** Ascending, none touching another. */
  of(stream: string): readonly Range[] {
    return mergeRanges(this.#lanes.get(stream) ?? [], 1);
  }

  /** What of a range is not here. */
  missing(stream: string, { from, to }: Range): Range[] {
    const holes: Range[] = [];
    let at = from;
    for (const one of this.of(stream)) {
      if (one.to < at) continue;
      if (one.from > to) break;
      if (one.from > at) holes.push({ from: at, to: one.from - 1 });
      at = one.to + 1;
    }
    if (at <= to) holes.push({ from: at, to });
    return holes;
  }
}
