/** Streets under the fleet, in a real browser: out of a file that the controller serves; named when it is damaged. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import t from 'tap';
import { makeArchive } from '../controller/testing/pmtiles.ts';
import { createInProcessWorld } from './in-process.ts';
import { startBrowser } from './kit/browser.ts';
import { placeOf } from './kit/places.ts';

const SHOWN_MS = 90_000;

t.test('streets are drawn from the file, and a damaged one is named while the map goes on', async (t) => {
  // given: a controller with a file of streets about the drone's home
  t.setTimeout(400_000);
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-streets-'));
  t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
  const file = path.join(dir, 'city.pmtiles');
  const whole = makeArchive({ ...placeOf(0).home, attribution: '<b>© somebody</b>' });
  fs.writeFileSync(file, whole);
  const world = await createInProcessWorld({
    drones: 1,
    agentFlags: ['--recorder.enabled=false'],
    controllerFlags: [`--map.tiles=${file}`],
  });
  t.teardown(() => world.close());
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const wrong: string[] = [];
  page.on('pageerror', (error) => wrong.push(error.message));
  page.on('console', (message) => {
    if (/Content Security Policy|layers\.|sources\./.test(message.text())) wrong.push(message.text());
  });
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));

  // when: it is opened; then: they are shown, with the credit as text, and nobody else was asked for anything
  await page.goto(world.httpUrl);
  await page.locator('.map-canvas[data-map="ready"][data-streets="shown"]').waitFor({ timeout: SHOWN_MS });
  t.match(await page.locator('.map-foot').innerText(), /© somebody/);
  await page.locator('[data-drone]').first().waitFor({ timeout: SHOWN_MS });
  t.ok(
    asked.some((url) => url.includes('/api/v1/map/streets.pmtiles?v=')),
    'ranges of the file were asked for',
  );
  t.same(
    asked.filter((url) => !url.startsWith(world.httpUrl) && !url.startsWith('blob:')),
    [],
  );

  // when: the file is cut short; then: the page says so in words and is a map all the same
  fs.writeFileSync(file, whole.subarray(0, 200));
  await page.reload();
  await page.locator('.map-canvas[data-map="ready"][data-streets="trouble"]').waitFor({ timeout: SHOWN_MS });
  const notice = page.locator('.streets-notice');
  t.match(await notice.innerText(), /city\.pmtiles: it is cut short.*Copy it again.*plain ground/s);
  await notice.locator('button').click();
  t.equal(await notice.count(), 0, 'it has been seen');
  t.same(wrong, []);
});
