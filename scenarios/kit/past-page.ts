/** The history of a drone on the page, used as people use it: opened by a key, zoomed, replayed, with a hole in it. */
import type { Page } from 'playwright-core';
import type { Test } from 'tap';
import type { Controller } from './controller.ts';
import { until } from './until.ts';

interface Positions {
  readonly times: readonly string[];
  readonly columns: { readonly latDeg: readonly number[]; readonly lonDeg: readonly number[] };
}

interface Shown {
  readonly fromMs: number;
  readonly toMs: number;
  readonly atMs: number;
  readonly where: string;
  readonly loading: boolean;
  /** The marker on the map: latitude, longitude, sprite, words. */
  readonly marker: string;
}

/** Runs in the page. */
function readPast(): Shown {
  const of = (selector: string) => document.querySelector<HTMLElement>(selector)?.dataset ?? {};
  const [panel, replay] = [of('[data-history]'), of('.replay')];
  return {
    ...{ fromMs: Number(panel.from), toMs: Number(panel.to), atMs: Number(replay.at), where: replay.where ?? '' },
    loading: panel.loading !== 'false',
    marker: of('[data-replay]').replay ?? '',
  };
}

const AFTER_MS = 3_000;

/** The silence of at least so long that the controller knows of: the rows on either side, once enough has come since. */
async function holeOf(controller: Controller, drone: string, leastMs: number) {
  const { times, columns } = await controller.get<Positions>(
    `/api/v1/drones/${drone}/telemetry?kind=position&maxPoints=20000&columns=latDeg,lonDeg`,
  );
  const timesMs = times.map((time) => Date.parse(time));
  const i = timesMs.findIndex((at, k) => k > 0 && at - (timesMs[k - 1] ?? at) > leastMs);
  if (i < 1) return null;
  const [lastMs = 0, nextMs = 0] = timesMs.slice(i - 1, i + 1);
  if ((timesMs.at(-1) ?? 0) < nextMs + AFTER_MS) return null;
  return { lastMs, nextMs, place: `${columns.latDeg[i - 1]} ${columns.lonDeg[i - 1]}` };
}

interface LookBack {
  readonly page: Page;
  readonly controller: Controller;
  readonly drone: string;
  readonly silentMs: number;
  /** While a replay is paused, the hole before it. */
  readonly look: () => Promise<void>;
}

/** The drone was silent for at least `silentMs` a moment ago, and flies. */
export async function lookBack(t: Test, { page, controller, drone, silentMs, look }: LookBack): Promise<void> {
  const { value: hole } = await until(() => holeOf(controller, drone, silentMs), {
    timeoutMs: 30_000,
    what: 'what came after the silence to be stored',
  });
  let shown: Shown | null = null;
  const past = async (what: string, is: (now: Shown) => boolean): Promise<Shown> => {
    const look = async (): Promise<Shown | null> => {
      shown = await page.evaluate(readPast);
      return is(shown) ? shown : null;
    };
    return (await until(look, { timeoutMs: 30_000, what, seen: () => shown })).value;
  };
  const goTo = (hash: string): Promise<void> =>
    page.evaluate((to) => {
      location.hash = to;
    }, hash);
  const instant = (atMs: number, o: { readonly fromMs: number; readonly toMs: number }): Promise<void> => {
    const [from, to, at] = [o.fromMs, o.toMs, atMs].map((ms) => new Date(ms).toISOString());
    return goTo(`#/drone/${drone}/history?from=${from}&to=${to}&at=${at}`);
  };

  await goTo(`#/drone/${drone}`);
  await page.locator(`[data-detail="${drone}"]`).waitFor({ timeout: 30_000 });
  await page.keyboard.press('t');
  const first = await past('its last minutes, read', (now) => now.toMs - now.fromMs === 900_000 && !now.loading);
  t.match(page.url(), new RegExp(`/drone/${drone}/history`));

  const span = { fromMs: hole.lastMs - 10_000, toMs: hole.nextMs + AFTER_MS };
  // Half a second after it: the time of a word is known better with each that follows.
  const lastMs = hole.lastMs + 500;
  await instant(lastMs, span);
  const there = await past('the marker', (now) => now.marker.startsWith(hole.place) && now.atMs === lastMs);
  t.match(there, { where: 'there', fromMs: span.fromMs, toMs: span.toMs }, 'on a recorded position');
  t.match(there.marker, / fresh-/);
  t.ok(first.atMs > hole.nextMs, 'it had begun at the end');

  await instant(hole.lastMs + silentMs / 2, span);
  const hollow = await past('the hollow marker', (now) => now.marker.includes('stale-'));
  t.equal(hollow.where, 'hole');
  t.ok(hollow.marker.startsWith(hole.place), 'it stays where it was seen last');
  t.match(hollow.marker, /no data until \d\d:\d\d:\d\d/);
  t.match(await page.locator('.replay-place').innerText(), /no data until/);

  await page.locator('.replay-slider').focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('+');
  const near = await past('what is closer, read', (now) => now.toMs - now.fromMs < 0.51 * (span.toMs - span.fromMs));
  const over = await page.locator('[data-chart="altRelM"] .u-over').boundingBox();
  if (over === null) throw new Error('no chart');
  const asked: string[] = [];
  page.on('request', (request) => asked.push(request.url()));
  await page.mouse.move(over.x + over.width * 0.25, over.y + 20);
  await page.mouse.down();
  await page.mouse.move(over.x + over.width * 0.75, over.y + 20, { steps: 4 });
  await page.mouse.up();
  const dragged = await past('what was dragged out', (now) => now.toMs - now.fromMs < 0.6 * (near.toMs - near.fromMs));
  const part = `kind=position&from=${dragged.fromMs}&to=${dragged.toMs}&`;
  await until(() => asked.some((url) => url.includes(part)), {
    timeoutMs: 10_000,
    what: 'the server to be asked for that part alone',
    seen: () => asked,
  });

  await page.keyboard.press('0');
  await past('all of it', (now) => now.toMs - now.fromMs === span.toMs - span.fromMs && !now.loading);
  const resumedMs = hole.nextMs + 500;
  await instant(resumedMs, span);
  await past('what came after the silence', (now) => now.atMs === resumedMs && now.where === 'there');
  await page.keyboard.press('Space');
  await past('a second of replay', (now) => now.atMs > resumedMs + 1_000);
  await page.keyboard.press('Space');
  const paused = await past('the pause', (now) => now.where === 'there');
  t.ok(paused.atMs < span.toMs);
  await look();

  await page.keyboard.press('Escape');
  await page.locator(`[data-detail="${drone}"]`).waitFor({ timeout: 10_000 });
  t.equal(await page.evaluate(() => document.querySelector('[data-replay]')), null, 'now is now again');
}
