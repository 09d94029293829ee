import type { Page } from 'playwright-core';
import t from 'tap';
import { createInProcessWorld } from './in-process.ts';
import { barriers } from './kit/accessible.ts';
import { startBrowser } from './kit/browser.ts';
import { until } from './kit/until.ts';

const OPERATOR = 'Ann Viewer';
/** Generous: what is awaited comes at once on a machine that has time. */
const SOON = { timeout: 120_000 };

/** Text as a person reads it: narrow spaces are spaces. */
const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).first().innerText()).replace(/[\u202f\s]+/g, ' ');

t.test('what happened, and search or command, in a real browser', async (t) => {
  // given: a drone, two people who ordered something, and a page that is live
  t.setTimeout(600_000);
  const world = await createInProcessWorld({ drones: 1 });
  t.teardown(() => world.close());
  const { httpUrl } = world;
  const drone = world.ids[0] ?? '';
  const order = async (type: string, issuedBy: string): Promise<void> => {
    const body = JSON.stringify({ targets: [drone], type, issuedBy });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${httpUrl}/api/v1/commands`, { method: 'POST', headers, body });
    if (!answer.ok) throw new Error(`${type}: ${answer.status} ${await answer.text()}`);
  };
  const ordered = async (): Promise<number> => {
    const answer = await fetch(`${httpUrl}/api/v1/commands?drone=${drone}`);
    return ((await answer.json()) as { readonly commands: readonly unknown[] }).commands.length;
  };
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  page.setDefaultTimeout(SOON.timeout);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(httpUrl);
  await page.locator(`[data-drone="${drone}"]`).first().waitFor(SOON);
  await order('hold', OPERATOR);
  await order('ping', 'Bo');

  await t.test('search or command: by keys alone; an action only asks', async (t) => {
    const before = await ordered();
    await page.keyboard.press('Control+k');
    await page.locator('.palette input:focus').waitFor();
    await page.keyboard.type(`hold ${drone.slice(0, 3)}`);
    await page.locator(`.palette [aria-selected="true"][data-entry="question:hold:${drone}"]`).waitFor();
    await page.keyboard.press('Enter');
    await page.locator(`[data-detail="${drone}"] [data-confirm="hold"]`).waitFor();
    t.equal(await page.locator('.palette').count(), 0, 'it closes');
    t.equal(await ordered(), before, 'nothing was sent');
    await page.keyboard.press('Escape');
    await page.locator('[data-confirm]').waitFor({ state: 'detached' });
    await page.keyboard.press('Control+k');
    const first = page.locator('.palette [role="option"]').first();
    await first.waitFor();
    t.equal(await first.getAttribute('data-entry'), `drone:${drone}`, 'lately chosen: the drone, no action');
    await page.keyboard.type('events');
    await page.keyboard.press('Enter');
    await page.locator('.events-panel[data-events-state="all"]').waitFor();
    const width = await page.evaluate(() => document.querySelector('.app')?.scrollWidth);
    t.equal(width, 1280, 'nothing of the page lies outside the window');
  });

  await t.test('what happened: who ordered what, found by words and by person, and followed', async (t) => {
    await page.locator('[data-filter="text"]').fill('hold');
    const row = page.locator('.event-row[data-type="issued"]', { hasText: `Hold was ordered for ${drone}` });
    await row.waitFor();
    await page.locator('.event-row', { hasText: 'Ping' }).waitFor({ state: 'detached' });
    t.match(page.url(), /#\/events\?text=hold$/, 'a link shows the same');
    await page.locator('.event-space').focus();
    await page.keyboard.press('End');
    await page.locator('.event-row[aria-selected="true"][data-type="issued"]').waitFor();
    t.match(await textOf(page, '.event-detail'), /Who Ann Viewer \(operator\) Why somebody asked for it/);
    await page.locator('.event-detail summary').click();
    const raw = await page.locator('.event-detail textarea').inputValue();
    t.match(JSON.parse(raw), { type: 'issued', by: { kind: 'operator', name: OPERATOR } }, 'as it is stored');
    await page.locator('.event-links a', { hasText: `All that ${OPERATOR} did` }).click();
    await page.locator('.event-chips', { hasText: `by ${OPERATOR}` }).waitFor();
    await page.locator('.event-end', { hasText: 'That is all that fits' }).waitFor();
    await page.locator('.event-row', { hasText: OPERATOR }).first().waitFor();
    t.equal(await page.locator('.event-row .who:text-is("Bo")').count(), 0, 'and nobody else');
  });

  await t.test('what happens now appears above the others, by itself', async (t) => {
    await order('ping', OPERATOR);
    const rows = async () =>
      (await page.locator('.event-row').allInnerTexts()).map((text) => text.replace(/\s+/g, ' '));
    const isAbove = async () => {
      const all = await rows();
      const [ping, hold] = ['Ping', 'Hold'].map((what) =>
        all.findIndex((text) => text.includes(`${what} was ordered for`)),
      );
      return ping !== undefined && hold !== undefined && ping >= 0 && hold > ping;
    };
    const above = await until(isAbove, {
      timeoutMs: SOON.timeout,
      what: 'the new one above the one before it',
      seen: rows,
    });
    t.ok(above.value, 'above');
  });

  await t.test(
    'no page hinders who sees badly, or has a keyboard or a screen reader, in light and in dark',
    async (t) => {
      const began = performance.now();
      await page.emulateMedia({ reducedMotion: 'reduce' });
      const look = async (name: string, ready: string, within: string): Promise<void> => {
        await page.locator(ready).first().waitFor(SOON);
        t.same(await barriers(page, within), [], name);
      };
      const open = async (hash: string): Promise<void> => {
        await page.evaluate((to) => {
          location.hash = to;
        }, hash);
      };
      await open('#/');
      await look('list, map and bar', '.row[data-freshness="fresh"]', 'html');
      await open(`#/drone/${drone}`);
      await look('drone and its upkeep', `[data-detail="${drone}"] [data-upkeep]`, '.pane-detail');
      await open(`#/drone/${drone}/history`);
      await look('history', '.history-charts canvas', '.pane-detail');
      await open('#/orders');
      await look('orders', '.orders-panel[data-orders="0"]', '.pane-detail');
      await open('#/plan');
      await look('plan', '.plan-findings', '.pane-detail');
      await open('#/events');
      await look('events', '.event-row', '.pane-detail');
      await page.locator('.event-row').first().click();
      await look('an event', '.event-detail', '.event-detail');
      await page.locator('.alert-count').click();
      await look('alerts', '.alert-list', '.alert-list');
      await page.locator('.alert-count').click();
      await page.keyboard.press('Control+k');
      await look('search or command', '.palette [role="option"]', '.palette');
      await page.keyboard.press('Escape');
      t.comment(`took ${Math.round(performance.now() - began)} ms`);
    },
  );

  await t.test('nothing fits; the controller is gone; what was done with a drone', async (t) => {
    await page.goto(`${httpUrl}/#/events?text=nothing-of-this-name`);
    const nothing = 'No event fits. All that this controller has were searched.';
    await page.locator('[data-nothing]', { hasText: nothing }).waitFor();
    await page.goto(`${httpUrl}/#/drone/${drone}`);
    await page.locator('.done-with').click();
    await page.locator('.event-chips', { hasText: `about ${drone}` }).waitFor();
    await page.locator('.event-row').first().waitFor();
    await world.stopController();
    await page.locator('.events-panel [data-old]').waitFor();
    t.ok(await page.locator('.event-row').count(), 'what was read stays, and is said not to be current');
  });

  t.same(errors, [], 'no error in the page');
});
