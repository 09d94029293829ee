/** An order from a real browser: placed by a click on the map, loaded by its button, seen on its way. */
import type { Page } from 'playwright-core';
import t from 'tap';
import { readyFleet } from '../flights/fleet.ts';
import { startBrowser } from '../kit/browser.ts';
import { getJson } from '../kit/http.ts';
import { measured } from '../kit/measured.ts';
import { placeOf } from '../kit/places.ts';
import { until } from '../kit/until.ts';

const OPERATOR = 'Ann Viewer';
const LIMITS = ['--itineraries.batteryWh=400', '--orders.emptyKg=4'];
/** Beside the drone on its pad, on a map as near as it shows one drone, 0.6 m a pixel. */
const DROP_OFF_PX = { dx: 0, dy: -80 };
/** The middle of the zone, 113 m to the east. */
const ZONE_PX = { dx: 197, dy: 0 };

/** Text as a person reads it: narrow spaces are spaces. */
const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).first().innerText()).replace(/[\u202f\s]+/g, ' ');

t.test('an order from the first click until it is on its way', async (t) => {
  // given: a drone on the pad of a base, in a city with a zone, and somebody at the page
  const { world, flyers } = await readyFleet(t, [{ simulator: { winch: true, payloadKg: 0 } }], {
    controllerFlags: LIMITS,
  });
  t.setTimeout(300_000);
  const [flyer] = flyers;
  if (flyer === undefined) throw new Error('no drone');
  const { latDeg, lonDeg, altM } = placeOf(0).home;
  const put = async (path: string, body: object): Promise<void> => {
    const answer = await fetch(`${world.httpUrl}/api/v1/${path}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  };
  const place = { latDeg, lonDeg };
  await put('bases/oerlikon', { name: 'Oerlikon', place, groundAmslM: altM, pads: [{ id: 'a', place }] });
  await put('weather/oerlikon', { windFromDeg: 270, windMps: 3, gustMps: 5 });
  const centre = { latDeg, lonDeg: lonDeg + 0.0015 };
  await put('zones/school', { name: 'School', kind: 'no-fly', circle: { centre, radiusM: 40 } });
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const began = performance.now();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(world.httpUrl);
  await page.locator('[data-map="ready"]').waitFor({ timeout: 60_000 });
  await page.locator(`[data-drone="${flyer.id}"][data-freshness="fresh"]`).first().waitFor({ timeout: 60_000 });

  await t.test('a zone that is pressed says what it is', async (t) => {
    const box = await page.locator('.map-canvas').boundingBox();
    if (box === null) throw new Error('no map');
    const pressed = async (): Promise<boolean> => {
      await page.mouse.click(box.x + box.width / 2 + ZONE_PX.dx, box.y + box.height / 2 + ZONE_PX.dy);
      return (await page.locator('[data-place="school"]').count()) === 1;
    };
    await until(pressed, { timeoutMs: 30_000, everyMs: 200, what: 'the zone to be drawn and pressed' });
    t.match(await textOf(page, '[data-place="school"]'), /School No fly, at every height/);
    await page.keyboard.press('Escape');
    t.equal(await page.locator('[data-place]').count(), 0);
  });

  await t.test('what cannot be flown is said in words; what is missing too', async (t) => {
    await page.keyboard.press('o');
    await page.locator('.orders-panel .empty h2').waitFor({ timeout: 30_000 });
    t.match(await textOf(page, '.orders-panel .empty'), /No order has been placed yet/);
    await page.locator('[data-new-order]').click();
    await page.locator('.place-order .go').click();
    t.match(await textOf(page, '[data-answer]'), /Click the map/);
    await page.locator('[data-dropping="on"]').waitFor({ state: 'attached' });
    // The only drone stands in the middle of the map, on its pad.
    const box = await page.locator('.map-canvas').boundingBox();
    if (box === null) throw new Error('no map');
    await page.mouse.click(box.x + box.width / 2 + DROP_OFF_PX.dx, box.y + box.height / 2 + DROP_OFF_PX.dy);
    await page.locator('[data-dropping=""]').waitFor({ state: 'attached' });
    t.match(await textOf(page, '.place-order'), /wind 3 m\/s from W, gusts 5 m\/s/, 'the weather at the only base');
    await page.locator('[name="payloadKg"]').fill('50');
    await page.locator('.place-order .go').click();
    t.match(await textOf(page, '.place-order'), /Nothing was sent: your name is needed/);
    await page.locator('.place-order [name="operator"]').fill(OPERATOR);
    await page.locator('.place-order .go').click();
    await page.locator('[data-answer]').waitFor({ timeout: 30_000 });
    t.match(await textOf(page, '[data-answer]'), /It cannot be flown: 50 kg/);
  });

  await t.test('a ground stop: set from the bar, said on every view, lifted behind one question', async (t) => {
    const stops = async () =>
      (await getJson<{ groundStops: readonly object[] }>(`${world.httpUrl}/api/v1/ground-stops`)).groundStops;
    await page.locator('.ground-stop-button').click();
    await page.locator('.stop-form .go').click();
    t.match(await textOf(page, '.stop-form'), /Nothing was sent: say why/);
    await page.locator('.stop-form [name="reason"]').fill('thunderstorm');
    await page.locator('.stop-form [name="hours"]').selectOption({ label: 'for an hour' });
    t.match(await textOf(page, '.stop-form .go'), /Hold the whole fleet on the ground/);
    await page.locator('.stop-form .go').click();
    await page.locator('.ground-stops [data-stop]').waitFor({ timeout: 30_000 });
    t.equal(await page.locator('.stop-form').count(), 0);
    t.match(await stops(), [{ reach: 'fleet', reason: 'thunderstorm', by: OPERATOR }]);
    t.match(await textOf(page, '.ground-stops'), /Ground stop for the whole fleet.*thunderstorm.*Ann Viewer, until/);
    await page.locator('.ground-stops .second').click();
    t.match(await textOf(page, '.ground-stops'), /may be armed and started again/);
    await page.keyboard.press('Escape');
    t.equal(await page.locator('.lift').count(), 0, 'Esc says no');
    t.equal((await stops()).length, 1, 'and nothing was lifted');
    await page.locator('.ground-stops .second').click();
    await page.locator('.lift .go').click();
    await page.locator('.ground-stops').waitFor({ state: 'detached', timeout: 30_000 });
    t.same(await stops(), []);
  });

  await t.test('placed, loaded by its button, on its way', async (t) => {
    await page.locator('[name="payloadKg"]').fill('0.6');
    await page.locator('.place-order .go').click();
    const row = '.orders-list [data-chosen="true"]';
    await page.locator(`${row}[data-state="loading"]`).waitFor({ timeout: 60_000 });
    await page.locator('.orders-link[data-need="1"]').waitFor();
    t.match(await textOf(page, '.orders-title'), /For people: 1/);
    const id = (await page.locator(row).getAttribute('data-order')) ?? '';
    const told = () =>
      getJson<{ state: string; issuedBy: string; attempts: { loadedBy: string | null }[] }>(
        `${world.httpUrl}/api/v1/orders/${id}`,
      );
    await page.locator(`${row} [data-deed="loaded"]`).click();
    t.match(
      await textOf(page, '[data-question="loaded"]'),
      new RegExp(`clear of it.*${flyer.id} may arm and take off at once`),
    );
    await page.keyboard.press('Escape');
    t.equal(await page.locator('[data-question]').count(), 0, 'Esc says no');
    t.match(
      await told(),
      { state: 'loading', issuedBy: OPERATOR, attempts: [{ loadedBy: null }] },
      'and nothing was said',
    );

    flyer.drone.simulator.act((simulator) => simulator.payload.load(0.6));
    await page.locator(`${row} [data-deed="loaded"]`).click();
    await page.locator('[data-question="loaded"] .go').click();
    let seen = '';
    const isOutbound = async (): Promise<boolean> => {
      seen = await textOf(page, row);
      return (await page.locator(`${row}[data-state="outbound"]`).count()) === 1;
    };
    await until(isOutbound, { timeoutMs: 120_000, everyMs: 200, what: 'the order to be on its way', seen: () => seen });
    t.match(await textOf(page, row), new RegExp(`on its way.*${flyer.id} · Oerlikon · 0.6 kg`));
    t.match((await told()).attempts, [{ loadedBy: OPERATOR }]);
    await page.locator('.orders-link[data-need="0"]').waitFor();
  });
  measured(
    `an order on the page, from its first click to outbound: ${Math.round((performance.now() - began) / 1000)} s`,
  );
  t.same(errors, [], 'no error in the page');
});
