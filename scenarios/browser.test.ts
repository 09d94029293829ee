import t from 'tap';
import { startBrowser } from './kit/browser.ts';
import { measured, seconds } from './kit/measured.ts';
import { lookBack } from './kit/past-page.ts';
import { until } from './kit/until.ts';
import { createWorld } from './world.ts';

const PROMISED_MS = 5_000;
const STALE_LIMIT_MS = 3 * PROMISED_MS;
const WATCH_MS = 20_000;

/** One row of the list as the page shows it. */
interface Row {
  readonly drone: string;
  readonly freshness: string;
  readonly ageMs: number;
}

/** Runs in the page. */
function readRows(): Row[] {
  return [...document.querySelectorAll<HTMLElement>('[data-drone][data-freshness]')].map(({ dataset }) => ({
    drone: dataset.drone ?? '',
    freshness: dataset.freshness ?? '',
    ageMs: Number(dataset.ageMs),
  }));
}

t.test('a real browser shows five drones; a dead one turns stale; its past says what nobody knows', async (t) => {
  // given: five drones and a page that is live
  const world = await createWorld({ drones: 5, link: 'tcp' });
  t.teardown(() => world.close());
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto(world.controller.httpUrl);
  const allFresh = (rows: readonly Row[]): boolean => rows.filter((row) => row.freshness === 'fresh').length === 5;
  let rows: readonly Row[] = [];
  const look = async (): Promise<readonly Row[]> => {
    rows = await page.evaluate(readRows);
    return rows;
  };
  await until(async () => allFresh(await look()), {
    timeoutMs: 60_000,
    what: 'five fresh drones on the page',
    seen: () => rows,
  });
  t.equal(await page.evaluate(() => document.querySelector('[data-live]')?.getAttribute('data-live')), 'open');

  // when: one agent is killed
  const victim = world.drones[2];
  if (victim === undefined) throw new Error('no drone');
  await victim.agent.program.kill9();
  const killedAtMs = performance.now();

  // then: while it is watched it looks fresh for a few seconds more at most, and then only gets older
  let freshUntilMs = killedAtMs;
  let ageMs = 0;
  let youngerAgain = 0;
  const watched = async (): Promise<boolean> => {
    await look();
    const row = rows.find(({ drone }) => drone === victim.id);
    const nowMs = performance.now();
    if (row === undefined || row.freshness === 'fresh') {
      freshUntilMs = nowMs;
    } else {
      // What was on its way when it was killed may still come.
      if (row.ageMs < ageMs && nowMs > killedAtMs + PROMISED_MS) youngerAgain += 1;
      ageMs = row.ageMs;
    }
    return nowMs > killedAtMs + WATCH_MS;
  };
  await until(watched, { timeoutMs: WATCH_MS + 30_000, everyMs: 20, what: 'the time of watching to pass' });
  const tookMs = freshUntilMs - killedAtMs;
  measured(
    `page: a killed agent's drone stale after ${seconds(tookMs)} (promised 5 s), watched for ${seconds(WATCH_MS)}`,
  );
  t.ok(tookMs <= STALE_LIMIT_MS, 'never fresh again after that');
  t.ok(ageMs >= WATCH_MS - STALE_LIMIT_MS, 'its age goes on rising');
  t.equal(youngerAgain, 0, 'and never falls');
  await until(async () => (await look()).filter((row) => row.freshness === 'fresh').length === 4, {
    timeoutMs: 15_000,
    what: 'the others to be fresh',
    seen: () => rows,
  });

  // and: it is started again, and its past has a hole
  await victim.agent.start();
  await t.test('the past: zoomed and replayed, hollow where nothing is known', (t) =>
    lookBack(t, { page, controller: world.controller, drone: victim.id, silentMs: WATCH_MS }),
  );
  t.same(errors, [], 'no error in the page');
});
