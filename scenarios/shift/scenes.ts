/** What is done for pictures alone, so that they show more than the story needs. */
import { DOORS } from '../city/places.ts';
import type { Desk } from '../kit/at-the-page.ts';
import { isPainting, paint } from '../kit/pictures.ts';
import type { Shift } from './fleet.ts';

/** More orders than one drone flies at once, and the way of the one that is flown. */
export async function paintOrders(desk: Desk, { api, base, carrier }: Shift): Promise<void> {
  if (!isPainting) return;
  const { page } = desk;
  for (const dropOff of DOORS.slice(0, 2))
    await api.post('/orders', { pickup: base.place, dropOff, payloadKg: 0.6, issuedBy: 'corner-shop' });
  await desk.open(carrier.id);
  await desk.lookAt(carrier.id, 0.006);
  await desk.press('o');
  await page.locator('.orders-list [data-order]').nth(3).waitFor();
  await page.locator('.orders-list [data-state="outbound"]', { hasText: carrier.id }).click();
  await paint(page, 'orders');
}

/** A drone under a pilot; then the fleet in the light of day, and in the dark. */
export async function paintFleet(desk: Desk, { sent }: Shift): Promise<void> {
  if (!isPainting) return;
  const { page } = desk;
  await page.locator('.dock [data-type="start"] .seen').click();
  await paint(page, 'pilot');
  await desk.press('Escape');
  await page.locator(`[data-detail="${sent.id}"]`).waitFor({ state: 'detached' });
  await desk.press('f');
  await paint(page, 'fleet');
  await desk.theme('dark');
  await paint(page, 'fleet-dark');
  await desk.theme('light');
  await desk.open(sent.id);
}
