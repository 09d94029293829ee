/**
 * Where labels go. MapLibre's own placement decides anew for every change of data, so labels of moving things come and
 * go; here a label keeps its side as long as that is free, and marks are never covered. Greedy, by rank. Pure.
 */
export type Side = 'right' | 'left' | 'below' | 'above';

export interface Labelled {
  readonly id: string;
  /** Pixels on screen. */
  readonly x: number;
  readonly y: number;
  readonly widthPx: number;
  readonly heightPx: number;
  /** Lower is placed first. */
  readonly rank: number;
  readonly before: Side | null;
}

const SIDES: readonly Side[] = ['right', 'left', 'below', 'above'];
const MARK_PX = 10;
/** From the middle of the mark to the near edge of its label. */
export const LABEL_GAP_PX = 19;
/** Some two marks: where thousands are in sight, few are looked at for each. */
const CELL_PX = 48;
const COLUMNS = 1 << 15;

interface Rect {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly owner: string;
}

/** `view`: the size of the map; no label is put across its edge while another side is free. */
export function placeLabels(
  all: readonly Labelled[],
  view?: { readonly widthPx: number; readonly heightPx: number },
): Map<string, Side> {
  const taken = new Map<number, Rect[]>();
  for (const { id, x, y } of all) {
    put(taken, { left: x - MARK_PX, top: y - MARK_PX, right: x + MARK_PX, bottom: y + MARK_PX, owner: id });
  }
  const placed = new Map<string, Side>();
  for (const one of [...all].sort((a, b) => a.rank - b.rank || (a.id < b.id ? -1 : 1))) {
    const isRight = (side: Side): boolean => {
      const rect = rectOf(one, side);
      if ((view && !isWithin(rect, view)) || !isFree(taken, rect)) return false;
      placed.set(one.id, side);
      put(taken, rect);
      return true;
    };
    if (one.before && isRight(one.before)) continue;
    SIDES.some((side) => side !== one.before && isRight(side));
  }
  return placed;
}

function isWithin(rect: Rect, view: { readonly widthPx: number; readonly heightPx: number }): boolean {
  return rect.left >= 0 && rect.top >= 0 && rect.right <= view.widthPx && rect.bottom <= view.heightPx;
}

function rectOf({ id, x, y, widthPx, heightPx }: Labelled, side: Side): Rect {
  const left = side === 'right' ? x + LABEL_GAP_PX : side === 'left' ? x - LABEL_GAP_PX - widthPx : x - widthPx / 2;
  const top = side === 'below' ? y + LABEL_GAP_PX : side === 'above' ? y - LABEL_GAP_PX - heightPx : y - heightPx / 2;
  return { left, top, right: left + widthPx, bottom: top + heightPx, owner: id };
}

const cellOf = (px: number): number => Math.floor(px / CELL_PX);

function put(taken: Map<number, Rect[]>, rect: Rect): void {
  for (let i = cellOf(rect.left); i <= cellOf(rect.right); i++) {
    for (let j = cellOf(rect.top); j <= cellOf(rect.bottom); j++) {
      const held = taken.get(i * COLUMNS + j);
      if (held) held.push(rect);
      else taken.set(i * COLUMNS + j, [rect]);
    }
  }
}

function isFree(taken: Map<number, Rect[]>, rect: Rect): boolean {
  for (let i = cellOf(rect.left); i <= cellOf(rect.right); i++) {
    for (let j = cellOf(rect.top); j <= cellOf(rect.bottom); j++) {
      for (const other of taken.get(i * COLUMNS + j) ?? []) {
        const apart =
          other.left >= rect.right || other.right <= rect.left || other.top >= rect.bottom || other.bottom <= rect.top;
        if (!apart && other.owner !== rect.owner) return false;
      }
    }
  }
  return true;
}
