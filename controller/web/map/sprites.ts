/** The drone marks as bitmaps for the map, drawn here in the theme's colours from the shapes the list uses. */
import type { Control } from '../list/summary.ts';
import { markFor, RING_RADIUS } from '../shell/marks.ts';
import { token } from '../shell/theme.ts';
import { CONTROLS, STATES } from './marks.ts';

export interface Sprite {
  readonly name: string;
  readonly image: ImageData;
  readonly pixelRatio: number;
}

const RATIO = 2;
/** Units of marks.ts to CSS pixels. */
const SCALE = 1.15;
const SIZE_PX = 27;

export interface Atlas {
  readonly image: HTMLCanvasElement;
  readonly columns: number;
  readonly rows: number;
  /** Of one of them, CSS pixels. */
  readonly sidePx: number;
}

/** All of them in one picture, each where `iconOf` says. */
export function droneAtlas(): Atlas {
  const columns = CONTROLS.length * 2;
  const image = document.createElement('canvas');
  image.width = columns * SIZE_PX * RATIO;
  image.height = STATES.length * SIZE_PX * RATIO;
  const context = image.getContext('2d', { willReadFrequently: true });
  const colours: Record<Control, string> = {
    skein: token('--skein'),
    pilot: token('--pilot'),
    failsafe: token('--danger'),
    other: token('--other'),
    unknown: token('--ink'),
  };
  const halo = token('--map-halo');
  for (const [row, state] of STATES.entries()) {
    for (let column = 0; context !== null && column < columns; column++) {
      const control = CONTROLS[column % CONTROLS.length] ?? 'unknown';
      const mark = markFor(state, column < CONTROLS.length, control);
      context.setTransform(RATIO, 0, 0, RATIO, (column + 0.5) * SIZE_PX * RATIO, (row + 0.5) * SIZE_PX * RATIO);
      drawMark(context, mark, colours[control], halo);
    }
  }
  return { image, columns, rows: STATES.length, sidePx: SIZE_PX };
}

/** The same one by one, for marks that are not of the fleet. */
export function droneSprites(atlas: Atlas): Sprite[] {
  const context = atlas.image.getContext('2d');
  const side = atlas.sidePx * RATIO;
  return STATES.flatMap((state, row) =>
    ['air', 'ground'].flatMap((place, half) =>
      CONTROLS.flatMap((control, i) => {
        const column = half * CONTROLS.length + i;
        const image = context?.getImageData(column * side, row * side, side, side);
        return image ? [{ name: `${state}-${place}-${control}`, image, pixelRatio: RATIO }] : [];
      }),
    ),
  );
}

function drawMark(
  context: CanvasRenderingContext2D,
  mark: ReturnType<typeof markFor>,
  colour: string,
  halo: string,
): void {
  context.scale(SCALE, SCALE);
  context.lineJoin = 'round';
  context.lineCap = 'butt';
  const body = mark.path === null ? null : new Path2D(mark.path);
  const ring = new Path2D();
  ring.arc(0, 0, RING_RADIUS + 1, 0, 2 * Math.PI);
  // A halo in the ground's colour keeps a mark apart from grid, trail and neighbours.
  context.strokeStyle = halo;
  context.lineWidth = 4.2;
  if (body) context.stroke(body);
  if (mark.ring !== 'none') context.stroke(ring);
  context.strokeStyle = colour;
  context.fillStyle = mark.filled ? colour : halo;
  context.lineWidth = 1.9;
  if (body) {
    context.fill(body);
    context.stroke(body);
  }
  if (mark.ring !== 'none') {
    context.setLineDash(mark.ring === 'broken' ? [3.6, 2.6] : []);
    context.stroke(ring);
    context.setLineDash([]);
  }
  if (mark.bar) {
    context.lineWidth = 2.4;
    context.stroke(new Path2D('M-9 9 L9 -9'));
  }
}

/** A take-off and landing pad. */
export function padSprite(): Sprite {
  const image = draw(22, (context) => {
    context.strokeStyle = token('--map-halo');
    context.fillStyle = token('--panel');
    context.lineWidth = 3;
    const box = new Path2D();
    box.roundRect(-7.5, -7.5, 15, 15, 2);
    context.stroke(box);
    context.fill(box);
    context.strokeStyle = token('--ink-3');
    context.lineWidth = 1.4;
    context.stroke(box);
    context.lineWidth = 1.7;
    context.stroke(new Path2D('M-3 -4 V4 M3 -4 V4 M-3 0 H3'));
  });
  return { name: 'pad', image, pixelRatio: RATIO };
}

function draw(sizePx: number, paint: (context: CanvasRenderingContext2D) => void): ImageData {
  const canvas = document.createElement('canvas');
  canvas.width = canvas.height = sizePx * RATIO;
  const context = canvas.getContext('2d');
  if (!context) return new ImageData(sizePx * RATIO, sizePx * RATIO);
  context.scale(RATIO, RATIO);
  context.translate(sizePx / 2, sizePx / 2);
  paint(context);
  return context.getImageData(0, 0, canvas.width, canvas.height);
}
