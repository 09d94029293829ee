/** Two sets of parameters, compared as the float32 they travel in. */

export interface ParameterChange {
  readonly name: string;
  /** Null: it is not there. */
  readonly from: number | null;
  readonly to: number | null;
}

export function sameValue(a: number, b: number): boolean {
  return Math.fround(a) === Math.fround(b);
}

/** What leads from one to the other, in order of name. */
export function diffParameters(
  from: Readonly<Record<string, number>>,
  to: Readonly<Record<string, number>>,
): readonly ParameterChange[] {
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
  return names.flatMap((name) => {
    const before = from[name] ?? null;
    const after = to[name] ?? null;
    const same = before !== null && after !== null && sameValue(before, after);
    return same ? [] : [{ name, from: before, to: after }];
  });
}
