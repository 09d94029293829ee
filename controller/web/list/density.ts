/** Row height: as airy as lets the whole fleet be seen at once, never under what can be read. */
const STEPS = [30, 24, 20, 17, 15] as const;

export function rowHeightPx(availablePx: number, rows: number): number {
  return STEPS.find((step) => step * rows <= availablePx) ?? 15;
}

/** Rows to draw: those in sight and a few beyond. */
export function windowOf(
  scrollPx: number,
  availablePx: number,
  rowPx: number,
  rows: number,
): { readonly first: number; readonly end: number } {
  const beyond = 6;
  const first = Math.max(0, Math.floor(scrollPx / rowPx) - beyond);
  return { first, end: Math.min(rows, Math.ceil((scrollPx + availablePx) / rowPx) + beyond) };
}
