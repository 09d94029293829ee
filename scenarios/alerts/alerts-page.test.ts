/** Alerts from a real browser, by keys alone: the list opened, one gone to, dismissed after the question was read. */
import { columnsOf, type KindName, type Sample, type Values } from '@skein/protocol/telemetry';
import type { Page } from 'playwright-core';
import t from 'tap';
import { startController, tempDir } from '../../controller/testing/controller.ts';
import { FakeAgent } from '../../controller/testing/fake-agent.ts';
import { startBrowser } from '../kit/browser.ts';
import { isSoak } from '../kit/seed.ts';
import { until } from '../kit/until.ts';

const OPERATOR = 'Ann Viewer';
const skip = isSoak() ? false : 'half a minute with a browser: make soak';

function sample<K extends KindName>(agent: FakeAgent, kind: K, values: Partial<Values<K>>): Sample {
  const blank = Object.fromEntries(columnsOf(kind).map(([name]) => [name, null]));
  return { kind, monoUs: agent.monoUs(), bootMs: null, values: { ...blank, ...values } } as Sample;
}

const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.locator(selector).first().innerText()).replace(/[\u202f\s]+/g, ' ');

t.test('an alert is dismissed from the page', { skip, timeout: 200_000 }, async (t) => {
  // given: a drone that fell, and somebody at the page
  const running = await startController(tempDir());
  t.teardown(() => running.controller.close());
  const agent = new FakeAgent({ drone: 'heron-01', session: 'aaaaaaaa00000001', epoch: '00000000000000a1' });
  await agent.connectTo(running.addresses.mqtt);
  agent.presence();
  await until(() => agent.ack('urgent'), { timeoutMs: 20_000, what: 'an ack' });
  const seen = (armed: boolean, downMps: number) =>
    agent.live([
      sample(agent, 'status', { armed, landed: armed ? 'in-air' : 'on-ground', mode: 'AUTO' }),
      sample(agent, 'position', { latDeg: 47.4, lonDeg: 8.5, altAmslM: 500, altRelM: 30 }),
      sample(agent, 'velocity', { northMps: 0, eastMps: 0, downMps }),
    ]);
  seen(true, 0);
  await until(async () => (await running.get('/api/v1/drones/heron-01')).status === 200, {
    timeoutMs: 20_000,
    what: 'the drone',
  });
  seen(false, 6);
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.addInitScript((name) => localStorage.setItem('skein.operator', name), OPERATOR);
  await page.goto(running.addresses.http);
  await page.locator('.alert-count[data-severity="critical"]').waitFor({ timeout: 60_000 });

  // when: A opens the list, D asks
  await page.keyboard.press('a');
  const row = '[data-alert="disarmed-in-air"]';
  // The drone says nothing more: an alert of that is above by now, or not.
  await page.locator('.alert-list li:focus-within').waitFor({ timeout: 20_000 });
  if ((await page.locator(`${row}:focus-within`).count()) === 0) await page.keyboard.press('j');
  await page.locator(`${row}:focus-within`).waitFor({ timeout: 20_000 });
  await page.keyboard.press('d');
  const question = `${row} [role="alertdialog"]`;
  await page.locator(question).waitFor();
  t.match(await textOf(page, question), /not raised again before it was well.*heron-01 may be given orders again/);
  const tone = (selector: string) => page.locator(selector).evaluate((one) => getComputedStyle(one).backgroundColor);
  t.not(await tone(`${question} .go`), 'rgba(0, 0, 0, 0)');
  t.equal(await page.locator(`${question} .go`).getAttribute('data-tone'), 'attention', 'not as what makes safe');

  // then: Esc says no, and nothing was said
  await page.keyboard.press('Escape');
  await page.locator(question).waitFor({ state: 'detached' });
  const open = async () => (await running.get('/api/v1/alerts?open=true')).body.alerts as readonly object[];
  t.equal((await open()).length, 1);

  // and Enter yes: it is over in her name, and gone from the page
  await page.keyboard.press('d');
  await page.locator(question).waitFor();
  await page.keyboard.press('Enter');
  await page.locator(row).waitFor({ state: 'detached', timeout: 20_000 });
  t.match((await running.get('/api/v1/alerts')).body.alerts, [
    { class: 'disarmed-in-air', state: 'cleared', cleared: { by: OPERATOR }, staysDown: false },
  ]);
  await page.keyboard.press('Escape');
  await page.locator('.alert-list').waitFor({ state: 'detached' });
  t.same(errors, []);
});
