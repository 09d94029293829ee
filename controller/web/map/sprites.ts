/** The drone marks as bitmaps for the map, drawn here in the theme's colours from the shapes the list uses. */
import { markFor, RING_RADIUS } from '../shell/marks.ts';
import { token } from '../shell/theme.ts';

export interface Sprite {
  readonly name: string;
  readonly image: ImageData;
  readonly pixelRatio: number;
}

const STATES = ['fresh', 'stale', 'lost', 'never'] as const;
const CONTROLS = ['skein', 'pilot', 'failsafe', 'other', 'unknown'] as const;
const RATIO = 2;
/** Units of marks.ts to CSS pixels. */
const SCALE = 1.15;
const SIZE_PX = 27;

export function droneSprites(): Sprite[] {
  const colours: Record<(typeof CONTROLS)[number], string> = {
    skein: token('--skein'),
    pilot: token('--pilot'),
    failsafe: token('--danger'),
    other: token('--other'),
    unknown: token('--ink'),
  };
  const halo = token('--map-halo');
  return STATES.flatMap((state) =>
    [true, false].flatMap((inAir) =>
      CONTROLS.map((control) => ({
        name: `${state}-${inAir ? 'air' : 'ground'}-${control}`,
        image: draw(SIZE_PX, (context) => drawMark(context, markFor(state, inAir, control), colours[control], halo)),
        pixelRatio: RATIO,
      })),
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
