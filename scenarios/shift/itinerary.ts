/** An itinerary drawn on the map at the page, given to a drone, verified, started. */
import type { Test } from 'tap';
import { type Desk, type Place, SOON_MS } from '../kit/at-the-page.ts';
import { until } from '../kit/until.ts';
import type { Shift } from './fleet.ts';

/** From where it stands: two places on the way and a door, some 90 m from each other. */
const WAY = [
  [0.0005, -0.0006],
  [0.0011, 0.0003],
  [0.0004, 0.0011],
] as const;
/** What the map shows at least, from south to north. */
const MAP_DEG = 0.004;

/** It flies when this is over. */
export async function sendItinerary(t: Test, desk: Desk, { sent }: Shift, home: Place, look: () => Promise<void>) {
  const { page } = desk;
  await desk.open(sent.id);
  await desk.lookAt(sent.id, MAP_DEG);
  await page.locator('.plan-link').click();
  await desk.waitFor('.plan-panel [data-tool="route"]');
  await page.locator('[data-editing="plan"]').waitFor({ state: 'attached' });
  // Before anything is drawn: the plan begins where the chosen drone stands.
  await page.locator(`input[name="target-${sent.id}"]`).check();
  for (const [north, east] of WAY) await desk.clickMap({ latDeg: home.latDeg + north, lonDeg: home.lonDeg + east });
  const door = WAY.length;
  await desk.waitFor(`.plan-items [data-item="${door}"]`);
  t.equal(await desk.count('.plan-items li'), WAY.length + 2, 'take-off, its places, return');
  // What was drawn last is open.
  await page.locator(`[data-item="${door}"] select`).first().selectOption('deliver');
  await page.locator(`[data-item="${door}"] input[name="parcel"]`).fill('P-1042');
  await page.locator(`[data-item="${door}"] input[name="altM"]`).fill('14');
  await desk.press('Tab');
  await desk.waitFor('.plan-verdict[data-ok="true"]');
  await look();
  t.equal(await desk.count('.plan-panel input[name="operator"]'), 0, 'the name was asked once');
  await page.locator('[data-send]').click();
  await desk.waitFor(`.plan-stands [data-drone="${sent.id}"][data-state="verified"]`);

  await page.locator(`.plan-stands [data-drone="${sent.id}"] a`).click();
  await desk.waitFor('[data-itinerary][data-state="verified"]');
  await desk.press('m');
  await page.locator('[data-more="start"]').click();
  const form = page.locator('[data-form="start"]');
  const button = form.locator('button[type="submit"]');
  t.ok(await button.isDisabled(), 'nobody has said that the place is clear');
  await form.locator('input[type="checkbox"]').first().check();
  const listed = () => desk.text('[data-form="start"] .interlocks');
  await until(() => button.isEnabled(), { timeoutMs: SOON_MS, what: 'the start to be possible', seen: listed });
  await button.click();
  await desk.waitFor('[data-itinerary][data-state="flying"]');
  t.match(await desk.text('[data-parcel]'), /P-1042 is aboard/);
}
