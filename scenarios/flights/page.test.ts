/** An itinerary from a real browser: drawn and dragged, judged as it is drawn, given to a drone, started, delivered. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Page } from 'playwright-core';
import t from 'tap';
import { createInProcessWorld } from '../in-process.ts';
import { startBrowser } from '../kit/browser.ts';
import { fit, hasten } from '../kit/fit.ts';
import { measured } from '../kit/measured.ts';
import { until } from '../kit/until.ts';

/** Pixels from the drone's pad, on the map as the whole fleet is shown. */
const PLACES = [
  { dx: -30, dy: -20 },
  { dx: 20, dy: -45 },
] as const;

/** Text as a person reads it: narrow spaces are spaces. */
const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).first().innerText()).replace(/[\u202f\s]+/g, ' ');

t.test('an itinerary from the first stroke to the delivery', async (t) => {
  // given: a drone with a parcel in its gripper, ready to fly, and somebody at the page
  const world = await createInProcessWorld({
    drones: 1,
    agentFlags: ['--recorder.enabled=false', '--profile=bench'],
    simulator: { start: 'ready', payloadKg: 0.6, gripper: true },
    agentsLater: true,
  });
  t.teardown(() => world.close());
  t.setTimeout(400_000);
  const [drone] = world.drones;
  if (drone === undefined) throw new Error('no drone');
  drone.simulator.act((simulator) => {
    fit(simulator, 'bench');
    hasten(simulator);
  });
  await drone.startAgent();
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, acceptDownloads: true });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(world.httpUrl);
  await page.locator('[data-map="ready"]').waitFor({ timeout: 60_000 });
  await page.locator(`[data-drone="${drone.id}"][data-freshness="fresh"]`).first().waitFor({ timeout: 60_000 });
  const live = world.live();
  await until(() => live.drones.get(drone.id)?.kinds.home !== undefined, {
    timeoutMs: 30_000,
    what: 'its home',
  });

  await t.test('drawn on the map, and judged with every stroke', async (t) => {
    await page.locator('.plan-link').click();
    await page.locator('.plan-panel [data-tool="route"]').waitFor();
    await page.locator('.map-canvas[data-map="ready"]').waitFor();
    // Before the map has found the fleet it shows a continent.
    const scale = page.locator('.map-foot .scale');
    await until(async () => /^\d+\sm\b/.test(await scale.innerText()), {
      timeoutMs: 30_000,
      what: 'the map at its drone',
    });
    const box = await page.locator('.map-canvas').boundingBox();
    if (box === null) throw new Error('no map');
    // The whole fleet is one drone: its pad is the middle of the map.
    const at = ({ dx, dy }: { readonly dx: number; readonly dy: number }) =>
      [box.x + box.width / 2 + dx, box.y + box.height / 2 + dy] as const;
    const clickable = page.locator('[data-editing="plan"]');
    await clickable.waitFor({ state: 'attached' });
    for (const place of PLACES) await page.mouse.click(...at(place));
    await page.locator('.plan-items [data-item="3"]').waitFor();
    t.equal(await page.locator('.plan-items li').count(), 4, 'take-off, two places, return');
    t.equal(await page.locator('.plan-verdict').getAttribute('data-ok'), 'true', await textOf(page, '.plan-findings'));

    // What was drawn last is open.
    await page.locator('[data-item="2"] select').first().selectOption('deliver');
    await page.locator('[data-item="2"] input[name="parcel"]').fill('P-1042');
    for (const [name, value] of [
      ['altM', '14'],
      ['gateS', '20'],
    ] as const)
      await page.locator(`[data-item="2"] input[name="${name}"]`).fill(value);
    await page.keyboard.press('Tab');
    await page.locator('[data-item="2"] input[name="altM"]').fill('500');
    await page.keyboard.press('Tab');
    await page.locator('.plan-verdict[data-ok="false"]').waitFor();
    t.match(
      await textOf(page, '[data-rule="ceiling"]'),
      /item 2: .*120 m/,
      'what is broken is named with its item and limit',
    );
    t.ok(await page.locator('[data-send]').isDisabled(), 'and cannot be given');
    await page.locator('[data-undo]').click();
    await page.locator('.plan-verdict[data-ok="true"]').waitFor();

    const before = await textOf(page, '.plan-verdict span');
    const [x, y] = at(PLACES[0]);
    await page.mouse.move(x, y);
    await page.mouse.down();
    await page.mouse.move(x - 60, y - 10, { steps: 5 });
    await page.mouse.up();
    await until(async () => (await textOf(page, '.plan-verdict span')) !== before, {
      timeoutMs: 5_000,
      what: 'a longer way after the drag',
    });
    t.equal(await page.locator('.plan-items li').count(), 4, 'a drag adds nothing');
  });

  await t.test('files: what is exported is what is imported', async (t) => {
    const items = (): Promise<readonly string[]> => page.locator('.plan-item').allInnerTexts();
    const before = await items();
    const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-page-'));
    t.teardown(() => fs.rmSync(dir, { recursive: true, force: true }));
    const save = async (format: string): Promise<string> => {
      const button = page.locator(`[data-export="${format}"]`);
      const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
      const file = path.join(dir, download.suggestedFilename());
      await download.saveAs(file);
      return file;
    };
    const count = (items: number) =>
      until(async () => (await page.locator('.plan-items li').count()) === items, {
        ...{ timeoutMs: 5_000, what: `${items} items` },
      });
    const files: string[] = [];
    for (const format of ['plan', 'waypoints', 'geojson', 'json']) files.push(await save(format));
    for (const file of files) {
      // At first what was dragged last is chosen, after an import nothing.
      const second = page.locator('.plan-items [data-item="1"]');
      if ((await page.locator('.plan-items [data-chosen="true"]').count()) === 0)
        await second.locator('.plan-item').click();
      await page.keyboard.press('Delete');
      await count(3);
      await page.locator('.plan-files input[type="file"]').setInputFiles(file);
      await count(4);
      await page.locator('.plan-told', { hasText: `${path.basename(file)} is open` }).waitFor();
      // The way of a mission file has no place for a parcel.
      if (/json$/.test(file)) t.same(await items(), before, file);
    }
    const survey = JSON.stringify({
      fileType: 'Plan',
      version: 1,
      mission: { version: 2, items: [{ type: 'ComplexItem', complexItemType: 'survey' }] },
    });
    await page
      .locator('.plan-files input[type="file"]')
      .setInputFiles({ name: 'survey.plan', mimeType: 'application/json', buffer: Buffer.from(survey) });
    await page.locator('.plan-told[data-bad="true"]').waitFor();
    t.match(await textOf(page, '.plan-told'), /survey/i, 'what cannot be flown is named');
    t.same(await items(), before, 'and nothing of it is taken');
  });

  await t.test('given, verified, started, delivered', async (t) => {
    await page.locator(`input[name="target-${drone.id}"]`).check();
    t.equal(await page.locator('[data-far]').count(), 0, 'it begins where the drone stands');
    await page.locator('input[name="operator"]').fill('Ann Viewer');
    await page.locator('[data-send]').click();
    await page.locator(`.plan-stands [data-drone="${drone.id}"][data-state="verified"]`).waitFor({ timeout: 60_000 });

    await page.locator(`.plan-stands [data-drone="${drone.id}"] a`).click();
    await page.locator(`[data-itinerary][data-state="verified"]`).waitFor({ timeout: 30_000 });
    await page.keyboard.press('m');
    await page.locator('[data-more="start"]').click();
    const form = page.locator('[data-form="start"]');
    const button = form.locator('button[type="submit"]');
    t.ok(await button.isDisabled(), 'nobody has said that the place is clear');
    await form.locator('input[type="checkbox"]').first().check();
    await until(() => button.isEnabled(), {
      timeoutMs: 60_000,
      what: 'the start to be possible',
      seen: () => textOf(page, '[data-form="start"] .interlocks'),
    });
    const startedMs = performance.now();
    await button.click();
    await page
      .locator('[data-itinerary]:not([data-state="verified"]), .dock [data-type="start"][data-tone="bad"]')
      .first()
      .waitFor();
    const isRefused = (await page.locator('.dock [data-type="start"][data-tone="bad"]').count()) > 0;
    if (isRefused) throw new Error(`it was not started: ${await textOf(page, '.dock')}`);
    const states: string[] = [];
    await until(
      async () => {
        const state = await page.locator('[data-itinerary]').getAttribute('data-state');
        if (state !== null && states.at(-1) !== state) states.push(state);
        return state === 'completed';
      },
      { timeoutMs: 240_000, what: 'the end of it', seen: async () => [...states, await textOf(page, '.dock')] },
    );
    measured(
      `drawn, given and flown; ${Math.round((performance.now() - startedMs) / 1000)} s from start to landing: ${states.join(' ')}`,
    );
    t.ok(
      ['flying', 'at-gate', 'returning'].every((state) => states.includes(state)),
      states.join(' '),
    );
    t.equal(drone.simulator.simulator.payload.releases, 1, 'released once');
    t.match(await textOf(page, '[data-parcel]'), /P-1042/);
    t.equal(
      await page.locator('[data-parcel]').getAttribute('data-state'),
      'released',
      await textOf(page, '[data-parcel]'),
    );
  });

  await t.test('looked back on: the flight in its list, planned against flown', async (t) => {
    await page.keyboard.press('t');
    await page.locator('[data-flight]').first().click();
    await page.locator('[data-history][data-loading="false"] .replay[data-where="there"]').waitFor({ timeout: 30_000 });
    await page.locator('[data-history] .history-marks [data-mark="itinerary"]').first().click();
    await page.locator('[data-planned]').waitFor({ state: 'attached', timeout: 30_000 });
    t.match(await textOf(page, '.flights'), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \d/, 'it began when it was armed');
    t.match(await textOf(page, '.history-marks'), /Ann Viewer|itinerary .*: (flying|starting)/);
  });
  t.same(errors, []);
});
