/** The page on the drone, on a phone beside it: what it says, the lock, and that it knows when it knows nothing. */
import t from 'tap';
import { createInProcessWorld } from '../in-process.ts';
import { startBrowser } from '../kit/browser.ts';
import { paint } from '../kit/pictures.ts';
import { until } from '../kit/until.ts';

const WITHIN_MS = 20_000;
const PHONE = { width: 390, height: 844 };

t.test('a technician beside the drone, with a phone', { timeout: 120_000 }, async (t) => {
  // given: a drone on the ground whose agent serves its page, and a phone that reaches nothing else
  const world = await createInProcessWorld({
    drones: 1,
    simulator: { start: 'ready' },
    agentFlags: ['--recorder.enabled=false', '--page.address=127.0.0.1:0'],
  });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (drone === undefined) throw new Error('no drone');
  const served = () => drone.agent.status().page;
  await until(() => served().open, { timeoutMs: WITHIN_MS, what: 'the page to be served' });
  const url = served().url ?? '';
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const page = await browser.newPage({ viewport: PHONE });
  const errors: string[] = [];
  const elsewhere: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  page.on('request', (request) => new URL(request.url()).origin === url || elsewhere.push(request.url()));
  page.on('dialog', (dialog) => void dialog.accept());
  await page.goto(url);
  const approach = page.locator('#approach');

  await t.test('it says whether it sends, and why nobody may touch it', async (t) => {
    await page.locator('#headline', { hasText: /^Sending\. Behind by \d+\.$/ }).waitFor({ timeout: WITHIN_MS });
    await page.locator('#vehicle', { hasText: 'disarmed, on the ground' }).waitFor({ timeout: WITHIN_MS });
    t.equal(await approach.getAttribute('data-safe'), 'no');
    t.match(await approach.innerText(), /not locked/);
    t.ok((await page.locator('#preflight li').count()) > 15, 'the pre-flight list');
    t.ok(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth), 'one column');
    await paint(page, 'technician');
  });

  await t.test('locked with a reason it is safe; unlocked it is not', async (t) => {
    await page.locator('#do').click();
    t.match(await page.locator('#said').innerText(), /Say why/, 'not without one');
    t.equal(drone.agent.status().safety.lock, null);
    await page.locator('#reason').fill('<b>changing</b> propellers');
    await page.locator('#do').click();
    await page.locator('#approach[data-safe="yes"]').waitFor({ timeout: WITHIN_MS });
    t.match(drone.agent.status().safety.lock, { here: true, reason: '<b>changing</b> propellers' });
    t.match(
      await page.locator('#held').innerText(),
      /Set at the drone: <b>changing<\/b> propellers/,
      'words stay words',
    );
    await page.locator('#do[data-what="unlock"]:enabled').waitFor();
    await page.locator('#reason').fill('clear of it');
    await page.locator('#do').click();
    await page.locator('#approach[data-safe="no"]').waitFor({ timeout: WITHIN_MS });
    t.equal(drone.agent.status().safety.lock, null);
  });

  await t.test('when the drone does not answer, it says so and stops believing', async (t) => {
    await page.locator('#reason').fill('hands inside');
    await page.locator('#do').click();
    await page.locator('#approach[data-safe="yes"]').waitFor({ timeout: WITHIN_MS });
    await drone.stopAgent();
    await page.locator('#approach[data-safe="no"]').waitFor({ timeout: WITHIN_MS });
    await page.locator('#stale', { hasText: /^No answer from the drone since \d+ s\. .*old/ }).waitFor({
      timeout: WITHIN_MS,
    });
    t.match(await approach.innerText(), /does not answer/);
  });

  t.same(elsewhere, [], 'it asked nobody else for anything');
  t.same(
    errors.filter((words) => !/ERR_CONNECTION_REFUSED/.test(words)),
    [],
  );
});
