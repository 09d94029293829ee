/** Pictures of the pages for README and docs, made by the tests that go there anyway: with IMAGES=1, else nothing is written. */
import fs from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { inRepository } from './paths.ts';

export const isPainting = process.env.IMAGES === '1';

/** Of one picture. */
export const MOST_BYTES = 150_000;

/** A map draws its labels last, some frames after it stands still. */
const DRAWN_MS = 3_000;

/** What the page shows now, as `docs/images/NAME.png`. */
export async function paint(page: Page, name: string): Promise<void> {
  if (!isPainting) return;
  await page.waitForTimeout(DRAWN_MS);
  const png = await page.screenshot({ animations: 'disabled' });
  if (png.length > MOST_BYTES) throw new Error(`${name}.png would have ${png.length} bytes, of at most ${MOST_BYTES}`);
  const file = inRepository(`docs/images/${name}.png`);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, png);
}
