/** A flight under way is held by a key; a pilot takes it over and lands it; the autopilot is restarted, with proof. */
import type { Test } from 'tap';
import { type Desk, OPERATOR, SOON_MS } from '../kit/at-the-page.ts';
import { until } from '../kit/until.ts';
import type { Shift } from './fleet.ts';
import { lifeOf, standsStill } from './truth.ts';

interface Told {
  readonly type: string;
  readonly issuedBy: string;
  readonly deliveries: readonly { readonly state: string; readonly detail: Readonly<Record<string, unknown>> | null }[];
}

/** Newest first. */
const commandsOf = async ({ api, sent }: Shift): Promise<readonly Told[]> =>
  (await api.get<{ commands: readonly Told[] }>(`/commands?drone=${sent.id}`)).commands;

export async function holdIt(t: Test, desk: Desk, shift: Shift): Promise<void> {
  const { page } = desk;
  const { sent } = shift;
  const before = (await commandsOf(shift)).length;
  await desk.open(sent.id);
  await desk.says(`[data-detail="${sent.id}"] .drone-line`, /in air/);
  await desk.press('h');
  t.match(await desk.text('[data-confirm="hold"]'), /hover at \d+ m/i, 'what will happen to this drone now');
  await desk.press('Escape');
  t.equal(await desk.count('[data-confirm]'), 0, 'Esc says no');
  t.equal((await commandsOf(shift)).length, before, 'and nothing was sent');

  await page.locator('.clock').click();
  await page.locator('.clock-chooser input[name="hours"]').first().focus();
  await desk.press('l', 'r', 'h', 'm', 'f', 'j');
  t.equal(await desk.count('[data-confirm], [data-more]'), 0, 'behind a dialog no key asks for anything');
  await desk.press('Escape');
  await page.locator('.clock-chooser').waitFor({ state: 'detached' });
  t.equal(await desk.count(`[data-detail="${sent.id}"]`), 1, 'Esc closes the dialog, not the panel behind it');

  await desk.press('h');
  await desk.waitFor('[data-confirm="hold"] .go:focus');
  await desk.press('Enter');
  const { state, words } = await desk.ended('hold');
  t.equal(state, 'succeeded', words);
  t.match(words, /queued.*delivered.*accepted.*executing.*succeeded/, 'its steps are shown');
  const [told] = await commandsOf(shift);
  t.match(told, { type: 'hold', issuedBy: OPERATOR, deliveries: [{ state: 'succeeded' }] });
  await desk.waitFor(`.row[data-drone="${sent.id}"] [data-held="true"]`);
  const { sentLog } = sent.simulator;
  await until(() => standsStill(sentLog), { timeoutMs: SOON_MS, what: 'it to hover', seen: () => lifeOf(sentLog) });
}

/** What became of a command stays until it is looked at, also when the page is loaded again; then it is in the list. */
export async function lookAtWhatWasDone(t: Test, desk: Desk, { sent }: Shift): Promise<void> {
  const { page } = desk;
  await page.reload();
  await desk.open(sent.id);
  for (const type of ['hold', 'reboot']) {
    t.equal((await desk.ended(type)).state, 'succeeded');
    await page.locator(`.dock [data-type="${type}"] .seen`).click();
    t.equal(await desk.count(`.dock [data-type="${type}"]`), 0);
  }
  t.ok((await desk.count('[data-command-row]')) >= 2);
}

export async function pilotTakesOver(t: Test, desk: Desk, { sent }: Shift, look: () => Promise<void>): Promise<void> {
  const { page } = desk;
  const { program, sentLog } = sent.simulator;
  await desk.open(sent.id);
  program.tell('fault pilot:mode=Loiter,throttle=1500');
  await desk.waitFor(`[data-detail="${sent.id}"] .badge[data-control="pilot"]`);
  await desk.waitFor('[data-itinerary][data-state="interrupted"]');
  await desk.says('.alert-count', /^[1-9]\d* alerts?/);
  await desk.press('h');
  t.match(await desk.text('[data-confirm="hold"]'), /refused: a pilot flies/);
  await desk.press('Escape');
  await desk.press('m');
  await page.locator('[data-more="reboot"]').click();
  t.match(await desk.text('[data-form="reboot"] .interlocks'), /stop: it is armed: never restarted/);
  t.ok(await page.locator('[data-form="reboot"] button[type="submit"]').isDisabled());
  t.equal(await desk.count('[data-form="reboot"] .tick'), 0, 'and force is not offered');
  await desk.press('Escape');
  await look();

  program.tell('clear pilot');
  program.tell('fault pilot:mode=Land');
  await desk.says(`[data-detail="${sent.id}"] .drone-line`, /disarmed\s*on ground/);
  const life = lifeOf(sentLog).join(', ');
  t.match(life, /AUTO armed, (.*, )?LOITER armed, LAND armed, LAND$/, 'what it really did: nobody else flew it');
}

export async function rebootIt(t: Test, desk: Desk, shift: Shift): Promise<void> {
  const { page } = desk;
  await desk.press('m');
  await page.locator('[data-more="reboot"]').click();
  const form = page.locator('[data-form="reboot"]');
  const button = form.locator('button[type="submit"]');
  const listed = () => desk.text('[data-form="reboot"] .interlocks');
  await until(() => button.isEnabled(), { timeoutMs: SOON_MS, what: 'the reboot to be possible', seen: listed });
  t.match(await listed(), /disarmed and on the ground.*no pilot in control/);
  t.equal(await form.locator('.interlocks [data-state="stop"]').count(), 0);
  t.equal(await form.locator('input[name="operator"]').count(), 0, 'the name was asked once');
  await button.click();
  await desk.waitFor('.dock [data-type="reboot"] .proof');
  const { state, words } = await desk.ended('reboot');
  t.equal(state, 'succeeded', words);
  t.match(words, /Before \w{8,}.*After \w{8,}.*Away for [\d.]+ s/);
  const detail = (await commandsOf(shift))[0]?.deliveries[0]?.detail;
  t.ok(typeof detail?.before === 'string' && typeof detail.after === 'string');
  t.not(detail?.before, detail?.after, 'another boot of the autopilot');
  t.ok(words.includes(String(detail?.before)) && words.includes(String(detail?.after)), 'as the controller tells it');
  const { sentLog } = shift.sent.simulator;
  await until(() => lifeOf(sentLog).includes('boot'), { timeoutMs: SOON_MS, what: 'its life to have another boot' });
}
