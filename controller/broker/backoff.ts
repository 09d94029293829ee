/** Full jitter: a uniformly random wait up to a ceiling that doubles with each failure. `random` is in [0, 1). */
export function fullJitterMs(
  failures: number,
  limits: { readonly minMs: number; readonly maxMs: number },
  random: () => number,
): number {
  const ceiling = Math.min(limits.maxMs, limits.minMs * 2 ** Math.max(0, failures - 1));
  return Math.round(limits.minMs / 2 + random() * (ceiling - limits.minMs / 2));
}
