/** The fleet is held on the ground from the bar: it wants a reason, is said on every view, and lifted behind one question. */
import type { Test } from 'tap';
import { type Desk, OPERATOR } from '../kit/at-the-page.ts';
import type { Shift } from './fleet.ts';

export async function stopAndLift(t: Test, desk: Desk, { api }: Shift): Promise<void> {
  const { page } = desk;
  const stops = async () => (await api.get<{ groundStops: readonly object[] }>('/ground-stops')).groundStops;
  await page.locator('.ground-stop-button').click();
  await page.locator('.stop-form .go').click();
  t.match(await desk.text('.stop-form'), /Nothing was sent: say why/);
  await page.locator('.stop-form [name="reason"]').fill('thunderstorm');
  await page.locator('.stop-form [name="hours"]').selectOption({ label: 'for an hour' });
  t.match(await desk.text('.stop-form .go'), /Hold the whole fleet on the ground/);
  await page.locator('.stop-form .go').click();
  await desk.waitFor('.ground-stops [data-stop]');
  t.equal(await desk.count('.stop-form'), 0);
  t.match(await stops(), [{ reach: 'fleet', reason: 'thunderstorm', by: OPERATOR }]);
  t.match(await desk.text('.ground-stops'), /Ground stop for the whole fleet.*thunderstorm.*Ann Viewer, until/);
  await page.locator('.ground-stops .second').click();
  t.match(await desk.text('.ground-stops'), /may be armed and started again/);
  await desk.press('Escape');
  t.equal(await desk.count('.lift'), 0, 'Esc says no');
  t.equal((await stops()).length, 1, 'and nothing was lifted');
  await page.locator('.ground-stops .second').click();
  await page.locator('.lift .go').click();
  await page.locator('.ground-stops').waitFor({ state: 'detached' });
  t.same(await stops(), []);
}
