/** Where the map of the page looks: what is chosen stays in sight, a past without positions leads nowhere, a lost drawing comes back. */
import { columnsOf, type KindName, type Sample, type Values } from '@skein/protocol/telemetry';
import type { Page } from 'playwright-core';
import t from 'tap';
import { startController, tempDir } from '../controller/testing/controller.ts';
import { FakeAgent } from '../controller/testing/fake-agent.ts';
import { startBrowser } from './kit/browser.ts';
import { until } from './kit/until.ts';

interface Shown {
  readonly state: string;
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly zoom: number;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly toldMs: number;
}

/** Runs in the page. */
function readMap(): Shown {
  const map = document.querySelector<HTMLElement>('.map-canvas');
  const [latDeg = Number.NaN, lonDeg = Number.NaN, zoom = Number.NaN] = (map?.dataset.view ?? '')
    .split(' ')
    .map(Number);
  const { map: state = '', toldMs } = map?.dataset ?? {};
  const { clientWidth: widthPx = 0, clientHeight: heightPx = 0 } = map ?? {};
  return { state, latDeg, lonDeg, zoom, widthPx, heightPx, toldMs: Number(toldMs) };
}

/** Runs in the page: as a browser does whose graphics process ended. */
function loseDrawing(): void {
  const canvas = document.querySelector<HTMLCanvasElement>('.map-canvas canvas');
  canvas?.getContext('webgl2')?.getExtension('WEBGL_lose_context')?.loseContext();
}

/** Runs in the page. */
const widths = (all: readonly Element[]) => all.map(({ clientWidth, scrollWidth }) => ({ clientWidth, scrollWidth }));

/** Its right edge, px. */
const endOf = (page: Page, selector: string): Promise<number> =>
  page.locator(selector).evaluate((one) => one.getBoundingClientRect().right);

interface Place {
  readonly latDeg: number;
  readonly lonDeg: number;
}

const MERCATOR_PX = 512;

/** How far from the middle of the map, px. */
function awayFrom({ latDeg, lonDeg, zoom }: Shown, place: Place): readonly [number, number] {
  const y = (deg: number): number => Math.asinh(Math.tan((deg * Math.PI) / 180)) / (2 * Math.PI);
  const worldPx = MERCATOR_PX * 2 ** zoom;
  return [((place.lonDeg - lonDeg) / 360) * worldPx, (y(latDeg) - y(place.latDeg)) * worldPx];
}

const inSight = (now: Shown, place: Place): boolean => {
  const [x, y] = awayFrom(now, place);
  return Math.abs(x) < now.widthPx / 2 && Math.abs(y) < now.heightPx / 2;
};

function sample<K extends KindName>(agent: FakeAgent, kind: K, values: Partial<Values<K>>): Sample {
  const blank = Object.fromEntries(columnsOf(kind).map(([name]) => [name, null]));
  return { kind, monoUs: agent.monoUs(), bootMs: null, values: { ...blank, ...values } } as Sample;
}

t.test('the map looks at what it should', { timeout: 200_000 }, async (t) => {
  // given: two drones, some kilometres apart
  const running = await startController(tempDir());
  t.teardown(() => running.controller.close());
  const places = { west: { latDeg: 47.4, lonDeg: 8.5 }, east: { latDeg: 47.41, lonDeg: 8.6 } };
  for (const [i, [drone, place]] of Object.entries(places).entries()) {
    const agent = new FakeAgent({ drone, session: `aaaaaaaa0000000${i}`, epoch: `00000000000000a${i}` });
    await agent.connectTo(running.addresses.mqtt);
    agent.presence();
    await until(() => agent.ack('urgent'), { timeoutMs: 20_000, what: 'an ack' });
    agent.live([
      sample(agent, 'position', { ...place, altAmslM: 500, altRelM: 30 }),
      sample(agent, 'battery', { instance: 0, remainingPct: 100 }),
    ]);
  }
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  let seen: Shown | null = null;
  const map = async (what: string, is: (now: Shown) => boolean): Promise<Shown> => {
    const look = async (): Promise<Shown | null> => {
      seen = await page.evaluate(readMap);
      return is(seen) ? seen : null;
    };
    return (await until(look, { timeoutMs: 60_000, what, seen: () => seen })).value;
  };

  // when: the past of one is opened, in which it was nowhere
  const { http } = running.addresses;
  await page.goto(`${http}/#/drone/east/history?from=2020-01-01T00:00:00Z&to=2020-01-01T00:10:00Z`);
  // then: the fleet, and not the whole world
  await map(
    'the map to look at the fleet',
    (now) => now.state === 'ready' && inSight(now, places.east) && now.zoom > 8,
  );

  // when: a drone at the edge is chosen, and its panel takes 368 px of the map
  await page.goto(`${http}/#/`);
  await page.reload();
  const wide = await map('the fleet', (now) => inSight(now, places.east) && now.zoom > 8);
  await page.evaluate(() => {
    location.hash = '#/drone/east';
  });
  await page.locator('[data-detail="east"]').waitFor({ timeout: 30_000 });
  // then: it is beside it
  const { toldMs } = await map('it in sight', (now) => now.widthPx < wide.widthPx && inSight(now, places.east));

  // and: a full battery can be read to its end, and where the pointer is lies beside the panel
  await page.locator('.row[data-drone="east"] .battery', { hasText: '100' }).waitFor();
  for (const { clientWidth, scrollWidth } of await page.locator('.row .battery').evaluateAll(widths)) {
    t.ok(scrollWidth <= clientWidth, `${scrollWidth} px of ${clientWidth}`);
  }
  await page.locator('.map-canvas').hover();
  await page.locator('.map-foot .at', { hasText: '°' }).waitFor();
  const [rightOf, edge] = [await endOf(page, '.map-foot .at'), await endOf(page, '.pane-map')];
  t.ok(rightOf <= edge, `${rightOf} px of ${edge}`);

  // when: the drawing is lost; then: it is said, and the map comes back
  await page.evaluate(loseDrawing);
  await map('the page to say that the map is gone', ({ state }) => state === 'trouble');
  t.match(await page.locator('.map-message').innerText(), /made anew by itself/);
  await map('a map again, drawn on', (now) => now.state === 'ready' && now.toldMs > toldMs);
  t.equal(await page.locator('.map-message').count(), 0);
  t.same(errors, []);
});
