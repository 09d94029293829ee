/** A parcel ordered at the page: what is missing and what cannot be flown said in words; then loaded, on its way. */
import type { Test } from 'tap';
import { type Desk, OPERATOR, type Place, SOON_MS } from '../kit/at-the-page.ts';
import { until } from '../kit/until.ts';
import type { Shift } from './fleet.ts';
import { lifeOf } from './truth.ts';

/** 180 m from the pad, clear of every zone. */
const DOOR: Place = { latDeg: 47.3884, lonDeg: 8.5322 };
/** In the middle of a zone. */
const RIVER: Place = { latDeg: 47.3894, lonDeg: 8.5285 };
/** What the map shows at least, from south to north: both. */
const MAP_DEG = 0.006;
const ROW = '.orders-list [data-chosen="true"]';
const TOO_HEAVY_KG = '50';
const PARCEL_KG = 0.6;

interface Told {
  readonly state: string;
  readonly issuedBy: string;
  readonly attempts: readonly { readonly loadedBy: string | null }[];
}

/** What cannot be flown, and what is missing: nothing is placed. */
export async function askTooMuch(t: Test, desk: Desk, { api, carrier }: Shift): Promise<void> {
  const { page } = desk;
  await desk.open(carrier.id);
  // One that is asked for before it is ready is left alone for minutes.
  await desk.waitFor(`[data-detail="${carrier.id}"] .verdict:not([data-verdict="stop"])`);
  await desk.lookAt(carrier.id, MAP_DEG);
  await desk.press('o');
  t.match(await desk.says('.orders-panel .empty', /./), /No order has been placed yet/);
  await pressZone(t, desk);
  await page.locator('[data-new-order]').click();
  await page.locator('.place-order .go').click();
  t.match(await desk.text('[data-answer]'), /Click the map/);
  await page.locator('[data-dropping="on"]').waitFor({ state: 'attached' });
  await desk.clickMap(DOOR);
  await page.locator('[data-dropping=""]').waitFor({ state: 'attached' });
  await page.locator('[name="base"]').selectOption('letten');
  t.match(await desk.text('.place-order'), /wind 3 m\/s from W, gusts 5 m\/s/, 'the weather at that base');
  await page.locator('[name="payloadKg"]').fill(TOO_HEAVY_KG);
  await page.locator('.place-order .go').click();
  t.match(await desk.text('.place-order'), /Nothing was sent: your name is needed/);
  await page.locator('.place-order [name="operator"]').fill(OPERATOR);
  await page.locator('.place-order .go').click();
  await desk.says('[data-answer]', /It cannot be flown: 50 kg/);
  t.match((await api.get<{ orders: readonly object[] }>('/orders')).orders, [{ state: 'infeasible' }]);
}

/** The same in a weight that can be flown, loaded at the base. Its id. */
export async function orderParcel(t: Test, desk: Desk, { api, carrier }: Shift): Promise<string> {
  const { page } = desk;
  await page.locator('[name="payloadKg"]').fill(String(PARCEL_KG));
  await page.locator('.place-order .go').click();
  const isLoading = async (): Promise<boolean> => (await desk.count(`${ROW}[data-state="loading"]`)) === 1;
  const seen = (): Promise<string> => desk.text('.orders-panel');
  await until(isLoading, { timeoutMs: SOON_MS, what: 'the drone to be asked for, and ready', seen });
  await desk.waitFor('.orders-link[data-need="1"]');
  t.match(await desk.text('.orders-title'), /For people: 1/);
  const id = (await page.locator(ROW).getAttribute('data-order')) ?? '';
  await page.locator(`${ROW} [data-deed="loaded"]`).click();
  const question = await desk.text('[data-question="loaded"]');
  t.match(question, new RegExp(`clear of it.*${carrier.id} may arm and take off at once`));
  await desk.press('Escape');
  t.equal(await desk.count('[data-question]'), 0, 'Esc says no');
  const before = { state: 'loading', issuedBy: OPERATOR, attempts: [{ loadedBy: null }] };
  t.match(await api.get<Told>(`/orders/${id}`), before, 'and nothing was said');
  t.notMatch(lifeOf(carrier.simulator.sentLog).join(', '), /armed/, 'nor done');

  carrier.simulator.program.tell(`load ${PARCEL_KG}`);
  await page.locator(`${ROW} [data-deed="loaded"]`).click();
  await page.locator('[data-question="loaded"] .go').click();
  await page.locator('[data-question]').waitFor({ state: 'detached' });
  return id;
}

/** Nobody is needed for it any more, and the drone flies it. */
export async function seeItGo(t: Test, desk: Desk, { api, carrier }: Shift, id: string): Promise<void> {
  await desk.press('o');
  await desk.waitFor('.orders-link[data-need="0"]');
  const words = new RegExp(`on its way.*${carrier.id} · Letten · 0\\.6 kg`);
  await desk.says(`.orders-list [data-order="${id}"][data-state="outbound"]`, words);
  t.match((await api.get<Told>(`/orders/${id}`)).attempts, [{ loadedBy: OPERATOR }]);
  t.match(lifeOf(carrier.simulator.sentLog).join(', '), /AUTO armed/, 'what it really does');
}

/** What is drawn on the map says what it is when it is pressed. */
async function pressZone(t: Test, desk: Desk): Promise<void> {
  const pressed = async (): Promise<boolean> => {
    await desk.clickMap(RIVER);
    return (await desk.count('[data-place="river"]')) === 1;
  };
  await until(pressed, { timeoutMs: SOON_MS, everyMs: 200, what: 'the zone to be drawn and pressed' });
  t.match(await desk.text('[data-place="river"]'), /River Caution, at every height/);
  await desk.press('Escape');
  t.equal(await desk.count('[data-place]'), 0);
}
