import type { Page } from 'playwright-core';
import t from 'tap';
import { startBrowser } from './kit/browser.ts';
import { until } from './kit/until.ts';
import { createWorld } from './world.ts';

const OPERATOR = 'Ann Viewer';

interface Told {
  readonly type: string;
  readonly state: string;
  readonly issuedBy: string;
  readonly deliveries: readonly {
    readonly state: string;
    readonly detail: Readonly<Record<string, unknown>> | null;
  }[];
}

/** What the controller says of the drone's commands, newest first. */
async function commandsOf(httpUrl: string, drone: string): Promise<readonly Told[]> {
  const response = await fetch(`${httpUrl}/api/v1/commands?drone=${drone}`);
  return ((await response.json()) as { readonly commands: readonly Told[] }).commands;
}

/** Text as a person reads it: narrow spaces are spaces. */
async function textOf(page: Page, selector: string): Promise<string> {
  const text = await page.locator(selector).innerText();
  return text.replace(/[\u202f\s]+/g, ' ');
}

async function openDrone(page: Page, drone: string): Promise<void> {
  await page.evaluate((id) => {
    location.hash = `#/drone/${id}`;
  }, drone);
  await page.locator(`[data-detail="${drone}"][data-freshness="fresh"]`).waitFor({ timeout: 60_000 });
}

/** Waits until the card of this command has ended, and reads it. */
async function endOf(page: Page, type: string): Promise<{ readonly state: string; readonly words: string }> {
  const card = `.dock [data-type="${type}"]`;
  await page.locator(`${card}:not([data-tone="open"])`).waitFor({ timeout: 60_000 });
  return { state: (await page.locator(card).getAttribute('data-state')) ?? '', words: await textOf(page, card) };
}

t.test('an operator commands drones from a real browser', async (t) => {
  // given: one drone in the air, one on the ground, and somebody whom the page does not know yet
  const world = await createWorld({
    drones: 2,
    simulatorArgsOf: (index) => (index === 1 ? ['--start=ready'] : []),
  });
  t.teardown(() => world.close());
  t.setTimeout(300_000);
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  const [flying, standing] = world.drones;
  if (flying === undefined || standing === undefined) throw new Error('no drones');
  const { httpUrl } = world.controller;
  await page.goto(httpUrl);

  await t.test('without a name: nobody is kept from a hold by a field, and it is asked for after it', async (t) => {
    await openDrone(page, flying.id);
    await page.keyboard.press('h');
    await page.locator('[data-confirm="hold"]').waitFor();
    await page.keyboard.press('Enter');
    await page.locator('.operator-ask').waitFor();
    t.match(await textOf(page, '.operator-ask'), /Sent as “unnamed [0-9a-f]{6}”/);
    const { state, words } = await endOf(page, 'hold');
    t.equal(state, 'succeeded', words);
    t.match(await commandsOf(httpUrl, flying.id), [{ type: 'hold', issuedBy: /^unnamed [0-9a-f]{6}$/ }]);
    t.equal(await page.locator('.operator-ask input:focus').count(), 0, 'the keys stay with who is busy');
    await page.locator('.operator-ask input').fill(OPERATOR);
    await page.locator('.operator-ask button').click();
    await page.locator('.operator-ask').waitFor({ state: 'detached' });
    const barPx = async (): Promise<number> => (await page.locator('.topbar').boundingBox())?.height ?? 0;
    t.ok((await barPx()) < 45, 'the bar has one line beside a command that waits to be looked at');
    await page.setViewportSize({ width: 390, height: 844 });
    t.ok((await barPx()) < 100, 'and two on a phone');
    await page.setViewportSize({ width: 1280, height: 800 });
    const groups = page.locator('.list-tools select[name="groups"]');
    await groups.selectOption('control');
    await groups.focus();
    await page.keyboard.press('h');
    await page.locator('[data-confirm="hold"]').waitFor();
    await page.keyboard.press('Escape');

    await page.reload();
    await page.locator('.part').first().waitFor();
  });

  await t.test('a new pack: said at its maintenance, with the keyboard alone, and the drone knows', async (t) => {
    await openDrone(page, standing.id);
    const opener = page.locator('[data-deed="pack"]');
    await opener.focus();
    await page.keyboard.press('Enter');
    await page.locator('input[name="pack"]:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('[data-deed="pack"]:focus').waitFor();
    t.equal(await page.locator(`[data-detail="${standing.id}"]`).count(), 1, 'Esc closes the form, not the drone');
    await page.keyboard.press('Enter');
    await page.locator('input[name="pack"]:focus').waitFor();
    await page.keyboard.type('B-07');
    t.match(await textOf(page, '.upkeep-deed form'), /the charge that the autopilot reports is believed again/);
    await page.keyboard.press('Enter');
    await page.locator('[data-pack="B-07"]').waitFor({ timeout: 30_000 });
    const told = async () => (await commandsOf(httpUrl, standing.id)).find(({ type }) => type === 'new-pack');
    let state: string | undefined;
    const succeeded = async (): Promise<boolean> => {
      state = (await told())?.deliveries[0]?.state;
      return state === 'succeeded';
    };
    await until(succeeded, { timeoutMs: 30_000, what: 'the drone to know its pack', seen: () => state });
    const upkeep = `[data-upkeep="${standing.id}"]`;
    t.match(await textOf(page, upkeep), /Parameters No baseline is set/);
    t.match(await textOf(page, upkeep), /Inspected never/);
    await page.locator('[data-deed="inspected"]').click();
    await page.locator('input[name="note"]').fill('propellers, arms, hook');
    await page.locator('[data-say="inspected"]').click();
    const inspected = async (): Promise<boolean> => /Inspected by \S/.test(await textOf(page, upkeep));
    await until(inspected, { timeoutMs: 30_000, what: 'the inspection to be kept' });
  });

  await t.test('stale, then offline: the buttons say what will happen', async (t) => {
    await openDrone(page, flying.id);
    await flying.simulator.program.kill9();
    await page.locator(`[data-detail="${flying.id}"][data-freshness="stale"]`).waitFor({ timeout: 30_000 });
    t.match(await textOf(page, '[data-safe="land"]'), /queued 60 s/);
    await page.keyboard.press('l');
    t.match(await textOf(page, '[data-confirm="land"]'), /queued 60 s: drone is (stale|lost).*last seen .* ago/);

    await flying.agent.program.kill9();
    let words = '';
    const offline = async (): Promise<boolean> => {
      words = await textOf(page, '[data-confirm="land"]');
      return /drone is offline/.test(words);
    };
    await until(offline, { timeoutMs: 60_000, what: 'the question to say that it is offline', seen: () => words });
    t.match(words, /acts only if it comes back within 60 s/);
    await page.keyboard.press('Escape');
    await page.keyboard.press('m');
    t.match(await textOf(page, '[data-more="disarm"]'), /offline.*never waits/);
    await page.keyboard.press('Escape');
    t.equal((await commandsOf(httpUrl, flying.id)).length, 1, 'nothing was sent');
  });

  await t.test('to all: one row a drone, with what became of it', async (t) => {
    await page.locator('.choose').click();
    await page.locator('.broadcast-bar button', { hasText: 'All' }).click();
    await page.locator('[data-broadcast="ping"]').click();
    t.match(await textOf(page, '.plan'), /1 answer.*1 offline: queued 10 min/);
    await page.locator('.broadcast button[type="submit"]').click();
    await page.locator('[data-results]').waitFor();
    await page.locator(`[data-drone-result="${standing.id}"][data-state="succeeded"]`).waitFor({ timeout: 30_000 });
    await page.locator(`[data-drone-result="${flying.id}"][data-state="queued"]`).waitFor();
    await page.locator('.results-foot button').click();
    await page.locator(`[data-drone-result="${flying.id}"][data-state="cancelled"]`).waitFor({ timeout: 30_000 });
    t.match(await textOf(page, '.result-counts'), /1 cancelled.*1 succeeded/);
    const [told] = await commandsOf(httpUrl, standing.id);
    t.match(told, { type: 'ping', targets: [flying.id, standing.id].toSorted() }, 'those that were listed, by name');
  });

  await t.test('the controller is gone: nothing is claimed to be there, and as of when is said', async (t) => {
    await openDrone(page, standing.id);
    await page.locator('.block:has(h3:text-is("Delivery"))', { hasText: 'nothing held back' }).waitFor();
    await world.controller.program.kill9();
    await page.locator('html[data-live="reconnecting"]').waitFor({ timeout: 30_000 });
    for (const type of ['hold', 'return', 'land']) t.match(await textOf(page, `[data-safe="${type}"]`), /not live$/);
    await page.keyboard.press('h');
    t.match(await textOf(page, '[data-confirm="hold"]'), /not live: whether it is there is not known.*was connected/);
    const delivery = await textOf(page, '.block:has(h3:text-is("Delivery"))');
    t.match(delivery, /connected as of .* ago Still on the drone nothing when last heard; not known for/);
    t.match(await textOf(page, `[data-drone="${standing.id}"]`), / – /, 'no empty queue in the list');
  });

  t.same(errors, [], 'no error in the page');
});
