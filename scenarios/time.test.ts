/**
 * The time, put to the test: a GPS that is an hour ahead is heard first and alone, the board's own clock jumps by decades; then
 * the controller and network time speak. What is ordered, expires or is placed in time must not care.
 */
import { uptime } from 'node:os';
import t from 'tap';
import { createInProcessWorld } from './in-process.ts';
import { startBrowser } from './kit/browser.ts';
import { getJson } from './kit/http.ts';
import { measured, seconds } from './kit/measured.ts';
import { until } from './kit/until.ts';

const HOUR_MS = 3_600_000;
const DECADES_US = 20 * 365 * 24 * HOUR_MS * 1e3;

interface Series {
  readonly times: readonly string[];
  readonly columns: Readonly<Record<string, readonly (number | null)[]>>;
  readonly boots: readonly { readonly clock: string; readonly errUs: number | null }[];
}

t.test('one of three lies by an hour, and the board’s clock jumps: samples stand where they belong', async (t) => {
  // given
  const board = { aheadUs: 0, synchronised: false };
  const bootedMs = Date.now() - uptime() * 1000;
  const world = await createInProcessWorld({
    drones: 1,
    cuttable: true,
    agentsLater: true,
    simulator: { epochUs: BigInt(Date.now() + HOUR_MS) * 1_000n },
    agentPorts: () => ({
      systemUtcUs: () => Date.now() * 1000 + board.aheadUs,
      readNetworkTime: async () => (board.synchronised ? { mark: 'once', errUs: 50_000 } : null),
    }),
  });
  t.teardown(() => world.close());
  const [drone] = world.drones;
  if (drone === undefined) throw new Error('no drone');
  const clock = () => drone.agent.status().clock;
  const stands = (wanted: string) =>
    until(() => clock()?.standing === wanted, { timeoutMs: 30_000, what: `${wanted}, not ${clock()?.standing}` });
  const boards = async (fromMs: number, toMs: number) =>
    getJson<Series>(
      `${world.httpUrl}/api/v1/drones/${drone.id}/telemetry?kind=board&from=${fromMs}&to=${toMs}&maxPoints=1000`,
    );
  const startedMs = Date.now();
  drone.uplink.cut();
  await drone.startAgent();

  await t.test('GPS alone is believed, and says that it is alone', async (t) => {
    await stands('single');
    t.match(clock(), { source: 'gps' });
    // On a busy machine seconds pass before the simulator's receiver begins with its hour.
    t.ok((clock()?.boardUs ?? 0) < -0.9 * HOUR_MS * 1e3, 'the board, right by chance, counts as an hour behind');
  });

  await t.test('the controller contradicts it: nobody knows who is right, and all say so', async (t) => {
    board.aheadUs = DECADES_US;
    drone.uplink.mend();
    await stands('split');
    t.ok((clock()?.errUs ?? 0) > 0.9 * HOUR_MS * 1e3);
    t.match(drone.agent.status().problems.join(), /disagree about the time/);
    const doubted = async () => (await boards(startedMs, Date.now() + 2 * HOUR_MS)).boots[0]?.errUs ?? 0;
    await until(async () => (await doubted()) > 0.9 * HOUR_MS * 1e3, {
      timeoutMs: 30_000,
      what: 'samples with an error that reaches over both',
    });
  });

  await t.test('network time is the third: the GPS is outvoted and named', async (t) => {
    board.aheadUs = 0;
    board.synchronised = true;
    await drone.stopAgent();
    await drone.startAgent();
    await stands('agreed');
    await until(() => clock()?.liars.join() === 'gps', { timeoutMs: 30_000, what: 'the GPS outvoted' });
    const told = clock();
    t.ok(Math.abs((told?.utcUs ?? 0) / 1e3 - Date.now()) < 1_000 + (told?.errUs ?? 0) / 1e3);
    t.match(drone.agent.status().problems.join(), /clock of gps is wrong by 3[56]\d\d s/);
  });

  await t.test('samples of the hour that never was are found where they belong', async (t) => {
    const right = await until(
      async () => {
        const series = await boards(startedMs - 2_000, Date.now() + 2_000);
        return series.times.length >= 3 && (series.boots[0]?.errUs ?? Number.POSITIVE_INFINITY) < 1e6 && series;
      },
      { timeoutMs: 30_000, what: 'samples in their place' },
    );
    const { times, columns, boots } = right.value;
    t.match(boots, [{ clock: /controller|ntp/ }]);
    // How long the board is up stands in the sample itself: whole seconds.
    const offMs = times.map((at, i) => Date.parse(at) - (bootedMs + (columns.uptimeS?.[i] ?? 0) * 1000));
    const worstMs = Math.max(...offMs.map(Math.abs));
    measured(
      `${times.length} samples, the first by a lie of an hour, off by ${seconds(worstMs)} at most (uptime is whole seconds)`,
    );
    t.ok(worstMs < 2_000);
    t.equal((await boards(Date.now() + HOUR_MS / 2, Date.now() + 2 * HOUR_MS)).times.length, 0, 'none an hour ahead');
  });

  await t.test(
    'the board’s clock jumps by decades, either way: an order does not expire, nothing is out of order',
    async (t) => {
      for (const aheadUs of [DECADES_US, -DECADES_US]) {
        board.aheadUs = aheadUs;
        const answer = await fetch(`${world.httpUrl}/api/v1/commands`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': `jump-${aheadUs}` },
          body: JSON.stringify({ targets: [drone.id], type: 'ping', params: {}, expiresInS: 20 }),
        });
        const { id } = (await answer.json()) as { readonly id: string };
        const done = await until(
          async () => {
            const { deliveries } = await getJson<{ deliveries: { state: string }[] }>(
              `${world.httpUrl}/api/v1/commands/${id}`,
            );
            return deliveries[0]?.state === 'succeeded';
          },
          { timeoutMs: 20_000, what: 'the ping' },
        );
        measured(`ping with the board ${aheadUs > 0 ? 'ahead' : 'behind'} by decades: ${seconds(done.tookMs)}`);
        t.match(clock(), { standing: 'agreed', liars: ['gps'] });
        t.ok(Math.abs((clock()?.boardUs ?? 0) - aheadUs) < 2e6, 'its offset is told');
      }
    },
  );

  await t.test('the page says whose time it is, in the zone chosen', async (t) => {
    const browser = await startBrowser();
    t.teardown(() => browser.close());
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 }, timezoneId: 'Europe/Paris' });
    await page.goto(`${world.httpUrl}/#/drone/${drone.id}`);
    await page.getByText('not believed: GPS').waitFor({ timeout: 30_000 });
    await page
      .locator('[data-clock="chosen"]')
      .getByText(/UTC\+[12]/)
      .waitFor();
    await page.locator('button.clock').click();
    await page.locator('input[name="zone-name"]').fill('Asia/Tokyo');
    await page.locator('[data-clock="chosen"]').getByText('UTC+9').waitFor();
    await page.getByRole('button', { name: 'Close', exact: true }).click();
    await page.reload();
    await page.locator('[data-clock="chosen"]').getByText('UTC+9').waitFor({ timeout: 30_000 });
    t.ok(await page.locator('[data-clock="utc"]').isVisible(), 'UTC stands beside');
  });
});
