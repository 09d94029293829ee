/** Pictures of the pages for README and docs, made by the tests that go there anyway: with IMAGES=1, else nothing is written. */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { inRepository } from './paths.ts';

export const isPainting = process.env.IMAGES === '1';

/** Of one picture. */
export const MOST_BYTES = 80_000;

/** A map draws its labels last, some frames after it stands still. */
const DRAWN_MS = 3_000;

/** What the page shows now, as `docs/images/NAME.png`. */
export async function paint(page: Page, name: string): Promise<void> {
  if (!isPainting) return;
  await page.waitForTimeout(DRAWN_MS);
  const png = smaller(await page.screenshot({ animations: 'disabled' }));
  if (png.length > MOST_BYTES) throw new Error(`${name}.png would have ${png.length} bytes, of at most ${MOST_BYTES}`);
  const file = inRepository(`docs/images/${name}.png`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, png);
}

/** In at most 256 colours: a page has few, and the edges of its letters do not need theirs. */
function smaller(png: Buffer): Buffer {
  try {
    return execFileSync('pngquant', ['--quality=80-100', '--speed=1', '--strip', '-'], { input: png });
  } catch (error) {
    throw new Error('the picture was not made smaller: apt-get install pngquant', { cause: error });
  }
}
