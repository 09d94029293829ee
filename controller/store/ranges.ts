export interface Range {
  readonly from: number;
  readonly to: number;
}

/** Ranges by start, those that touch or lie within `slack` of each other made one. */
export function mergeRanges(ranges: readonly Range[], slack: number): Range[] {
  const merged: Range[] = [];
  for (const range of [...ranges].sort((a, b) => a.from - b.from)) {
    const last = merged.at(-1);
    if (last && range.from <= last.to + slack)
      merged[merged.length - 1] = { from: last.from, to: Math.max(last.to, range.to) };
    else merged.push(range);
  }
  return merged;
}
