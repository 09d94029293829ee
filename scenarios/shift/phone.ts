/** The same page in a hand, in the sun: list, then the drone, then what it is told. */
import type { Test } from 'tap';
import type { Desk } from '../kit/at-the-page.ts';
import type { Shift } from './fleet.ts';

const PHONE = { width: 390, height: 844 } as const;
/** What a thumb covers, px. */
const THUMB_PX = 44;

export async function onPhone(t: Test, desk: Desk, { carrier }: Shift): Promise<void> {
  const { page } = desk;
  await desk.theme('outdoors');
  await page.setViewportSize(PHONE);
  await desk.press('Escape', 'Escape');
  await desk.waitFor('.tabs');
  await desk.waitFor(`.row[data-drone="${carrier.id}"]`);
  await desk.open(carrier.id);
  t.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.width, 'nothing lies beside it');
  t.notOk(await page.locator('.pane-list').isVisible(), 'one pane at a time');
  for (const type of ['hold', 'return', 'land']) {
    const box = await page.locator(`[data-safe="${type}"]`).boundingBox();
    t.ok(
      box !== null && box.y > PHONE.height / 2 && box.y + box.height <= PHONE.height,
      `${type} is down where the thumb is`,
    );
    t.ok(box !== null && box.height >= THUMB_PX && box.width >= THUMB_PX, `${type} is as large as a thumb`);
  }
}
