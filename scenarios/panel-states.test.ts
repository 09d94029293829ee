/** What each panel says while it waits, when it cannot read, when there is nothing, and when what it shows is of before. */
import type { Page } from 'playwright-core';
import t from 'tap';
import { createInProcessWorld } from './in-process.ts';
import { DESK, Desk } from './kit/at-the-page.ts';
import { startBrowser } from './kit/browser.ts';

/** Nobody ordered it. */
const COMMAND = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

type State = 'loading' | 'error' | 'empty' | 'stale';
interface Panel {
  readonly hash: string;
  /** Opens it, where the hash does not. */
  readonly key?: string;
  readonly says: Readonly<Partial<Record<State, readonly (readonly [string, RegExp])[]>>>;
}

/** Of a drone that is known and away; `{drone}` is it. */
const PANELS: Readonly<Record<string, Panel>> = {
  orders: {
    hash: '#/orders',
    says: {
      loading: [['.orders-panel .empty', /Asking the controller for the orders…/]],
      error: [['.orders-panel .empty', /The orders cannot be read .*Try now/]],
      empty: [['.orders-panel .empty', /No order has been placed yet/]],
      stale: [['.orders-panel [data-old]', /As of .* ago/]],
    },
  },
  'a drone: charts, messages, commands, maintenance, delivery': {
    hash: '#/drone/{drone}',
    says: {
      loading: [
        ['.chart-say', /Reading history…/],
        ['.texts', /reading…/],
        ['.command-list', /Asking the controller…/],
        ['.block:has(h3:text-is("Maintenance"))', /Asking the controller…/],
      ],
      error: [
        ['.chart-say', /No history: .*Try again/],
        ['.texts', /The newest messages cannot be read/],
        ['.command-list', /Earlier commands cannot be read: .*Try again/],
        ['.block:has(h3:text-is("Maintenance"))', /kept from answering/],
      ],
      empty: [
        ['.command-list', /None yet/],
        ['.block:has(h3:text-is("Maintenance"))', /Nobody has said which pack it carries/],
      ],
      stale: [
        ['[data-safe="hold"]', /not live/],
        ['.block:has(h3:text-is("Delivery"))', /as of .* ago/],
      ],
    },
  },
  history: {
    hash: '#/drone/{drone}/history',
    says: {
      loading: [
        ['[data-history] .chart-say', /Reading history…/],
        ['.history-choice', /Looking for flights…/],
      ],
      error: [
        ['[data-say="trouble"]', /Not all of it could be read: .*Try again/],
        ['.history-choice', /Flights cannot be read: .*Try again/],
      ],
      empty: [['.history-choice', /It was not armed in the last 24 hours/]],
      stale: [['.notices', /This page is not live/]],
    },
  },
  events: {
    hash: '#/events?text=nothing-of-this-name',
    says: {
      loading: [['.event-end', /Asking the controller…/]],
      error: [['.event-end[data-trouble]', /The events cannot be read: .*Try again/]],
      empty: [['[data-nothing]', /No event fits/]],
    },
  },
  alerts: {
    hash: '#/',
    key: 'a',
    says: {
      loading: [['.alert-list', /Asking the controller…/]],
      error: [['.alert-list .trouble', /kept from answering/]],
      empty: [['.alert-list', /None is open/]],
      stale: [['.alert-list', /This page is not live: these are as they were heard last/]],
    },
  },
  'an itinerary': {
    hash: '#/plan',
    says: {
      error: [['.plan-trouble', /The list of itineraries cannot be had/]],
      empty: [['.plan-library', /not given to the controller yet/]],
      stale: [['.notices', /This page is not live/]],
    },
  },
  'what became of a command': {
    hash: `#/command/${COMMAND}`,
    says: {
      loading: [['[aria-label="Command"]', /Asking the controller…/]],
      error: [['[aria-label="Command"]', /This command cannot be shown/]],
      empty: [['[aria-label="Command"]', /This command cannot be shown .+ Back to the fleet/]],
    },
  },
  'bases, zones, weather': {
    hash: '#/map',
    says: {
      error: [['.place-cards', /Bases and zones cannot be read yet, so none are drawn/]],
      stale: [['.place-cards', /Bases, zones and weather are .* old/]],
    },
  },
};

/** What becomes of what the page asks for. */
type Answering = 'held' | 'refused' | 'let through';

t.test('each panel says when it waits, fails, is empty, is old', async (t) => {
  // given: a controller that knows no drone yet, and a page
  t.setTimeout(600_000);
  const world = await createInProcessWorld({
    drones: 1,
    simulator: { start: 'ready' },
    agentFlags: ['--recorder.enabled=false'],
    agentsLater: true,
  });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (drone === undefined) throw new Error('no drone');
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const page = await browser.newPage({ viewport: DESK });
  const desk = new Desk(page);
  let answering: Answering = 'let through';
  let live: 'silent' | 'closed' | 'let through' = 'let through';
  /** The build of the page that the controller serves; null: its own word. */
  let build: string | null = null;
  await page.route('**/api/v1/**', (route) => {
    if (answering === 'let through') return route.continue();
    // Never answered: the page is left before that.
    if (answering === 'held') return;
    return route.fulfill({
      status: 403,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'It was kept from answering', code: 'refused' }),
    });
  });
  // What is held stays held, however long this machine takes to look at what the page says meanwhile.
  await page.addInitScript(() => {
    AbortSignal.timeout = () => new AbortController().signal;
  });
  await page.routeWebSocket('**/api/v1/live*', (socket) => {
    if (live === 'let through') {
      const controller = socket.connectToServer();
      controller.onMessage((said) => {
        socket.send(build === null ? said : String(said).replace(/"page":"\w+"/, `"page":"${build}"`));
      });
    } else if (live === 'closed') socket.close();
  });

  await t.test('the fleet: asked for, not there, empty', async (t) => {
    live = 'silent';
    await page.goto(`${world.httpUrl}/#/drone/${drone.id}`);
    await desk.says('.pane-list', /Asking the controller for the fleet…/);
    await desk.says('.pane-detail', /Asking the controller…/);
    live = 'closed';
    await page.reload();
    await desk.says('.notices', /The controller does not answer\. Check that it runs.*Try now/);
    live = 'let through';
    await page.reload();
    await desk.says('.pane-list', /No drone has reported yet/);
    t.ok(await desk.says('.pane-detail', new RegExp(`No drone is called ${drone.id}`)));
  });

  // when: one was there, and is away
  await drone.startAgent();
  await desk.waitFor(`[data-detail="${drone.id}"][data-freshness]`);
  await t.test('a drone that is followed comes nearer all the same', async (t) => {
    await desk.waitFor('.map-canvas[data-map="ready"]');
    await desk.lookAt(drone.id, 2);
    t.equal(await desk.count('.map-buttons [aria-pressed="true"]'), 0, 'and is let go again');
  });
  await drone.stopAgent();
  await desk.waitFor(`[data-detail="${drone.id}"]:not([data-freshness="fresh"])`);

  await t.test('a machine that slept while the controller was upgraded', async (t) => {
    build = 'another';
    await page.evaluate(() => {
      const awake = Date.now.bind(Date);
      Date.now = () => awake() + 8 * 3_600_000;
    });
    await desk.says('.notices', /The controller was upgraded.*This page is of the version before.*Reload/);
    await page.locator('.notices button', { hasText: 'Reload' }).click();
    await page.locator('html[data-live="open"]').waitFor();
    await desk.waitFor(`.row[data-drone="${drone.id}"]`);
    t.equal(await desk.count('.notices .notice'), 0, 'a page that is reloaded is of its build');
    build = null;
  });

  await t.test('a part of the page that cannot be loaded', async () => {
    const canvas = /lib-uplot/;
    await page.route(canvas, (route) => route.abort());
    const history = page.waitForResponse(/telemetry/);
    await begin(page, `${world.httpUrl}/#/drone/${drone.id}`);
    await history;
    await desk.waitFor('.chart h4 b:not(:has-text("–"))');
    await desk.says('.chart-say', /Not drawn: part of this page did not load; reload it/);
    await page.unroute(canvas);
  });

  for (const [state, how] of [
    ['loading', 'held'],
    ['error', 'refused'],
    ['empty', 'let through'],
  ] as const)
    await t.test(state, async (t) => {
      answering = how;
      await begin(page, world.httpUrl);
      await desk.waitFor(`.row[data-drone="${drone.id}"]`);
      for (const [name, panel] of Object.entries(PANELS))
        await look(desk, drone.id, panel, state).then(() => t.pass(name));
    });

  await t.test('stale', async (t) => {
    await world.stopController();
    await page.locator('html[data-live="reconnecting"]').waitFor();
    for (const [name, panel] of Object.entries(PANELS))
      await look(desk, drone.id, panel, 'stale').then(() => t.pass(name));
  });
  t.same(desk.errors, [], 'no error in the page');
});

/** A page that knows nothing yet. */
async function begin(page: Page, url: string): Promise<void> {
  await page.goto('about:blank');
  await page.goto(url);
}

async function look(desk: Desk, drone: string, { hash, key, says }: Panel, state: State): Promise<void> {
  const said = says[state];
  if (said === undefined) return;
  await desk.page.evaluate(
    (to) => {
      location.hash = to;
    },
    hash.replace('{drone}', drone),
  );
  // The event log's field has the keys until it is gone.
  await desk.page.locator('.events-panel').waitFor({ state: hash.startsWith('#/events') ? 'attached' : 'detached' });
  if (key !== undefined) await desk.press(key);
  for (const [selector, words] of said) await desk.says(selector, words);
  if (key !== undefined) await desk.press(key);
}
