/** The patterns that tell the kinds of zones apart without colour: no-fly hatched, slow lined, caution dotted; keep-in has none. */
import { token } from '../shell/theme.ts';

const SIZE_PX = 12;
const RATIO = 2;

export interface Hatch {
  readonly name: string;
  readonly image: ImageData;
  readonly pixelRatio: number;
}

type Paint = (context: CanvasRenderingContext2D) => void;

const HATCHES: Readonly<Record<string, Paint>> = {
  // Both ends lie outside of the tile, so that lines meet those of the next one.
  'no-fly': (context) => {
    context.lineWidth = 1.4;
    for (const from of [-SIZE_PX, 0, SIZE_PX])
      context.stroke(new Path2D(`M${from - 2} ${SIZE_PX + 2} L${from + SIZE_PX + 2} -2`));
  },
  slow: (context) => {
    context.lineWidth = 1;
    context.stroke(new Path2D(`M0 ${SIZE_PX / 2} H${SIZE_PX}`));
  },
  caution: (context) => {
    for (const [x, y] of [
      [SIZE_PX / 4, SIZE_PX / 4],
      [(3 * SIZE_PX) / 4, (3 * SIZE_PX) / 4],
    ] as const) {
      context.beginPath();
      context.arc(x, y, 1.2, 0, 2 * Math.PI);
      context.fill();
    }
  },
};

export function hatches(): readonly Hatch[] {
  const colour = token('--ink-3');
  return Object.entries(HATCHES).map(([kind, paint]) => {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = SIZE_PX * RATIO;
    const context = canvas.getContext('2d');
    if (!context)
      return { name: `zone-${kind}`, image: new ImageData(SIZE_PX * RATIO, SIZE_PX * RATIO), pixelRatio: RATIO };
    context.scale(RATIO, RATIO);
    context.strokeStyle = context.fillStyle = colour;
    paint(context);
    return { name: `zone-${kind}`, image: context.getImageData(0, 0, canvas.width, canvas.height), pixelRatio: RATIO };
  });
}
