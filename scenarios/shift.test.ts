/** A shift, as an operator works it: one fleet of real processes, one page, clicks and keys. */
import t, { type Test } from 'tap';
import { DESK, Desk } from './kit/at-the-page.ts';
import { startBrowser } from './kit/browser.ts';
import { lookBack } from './kit/past-page.ts';
import { paint } from './kit/pictures.ts';
import { STANDING } from './kit/places.ts';
import { beginShift } from './shift/fleet.ts';
import { stopAndLift } from './shift/ground-stop.ts';
import { sendItinerary } from './shift/itinerary.ts';
import { fallsSilent, findAgain, SILENT_MS, staysLost, takeAlert, type Watched } from './shift/lost.ts';
import { askTooMuch, orderParcel, seeItGo } from './shift/order.ts';
import { onPhone } from './shift/phone.ts';
import { holdIt, lookAtWhatWasDone, pilotTakesOver, rebootIt } from './shift/pilot.ts';
import { openReport, saveReport } from './shift/report.ts';
import { paintFleet, paintOrders } from './shift/scenes.ts';

const FLEET_SIZE = 4;

t.test('a shift at the page, from the first look to the report', async (t) => {
  // given: two drones in the air, one with a parcel, one at a base, and somebody whom the page does not know yet
  t.setTimeout(900_000);
  const ended = new AbortController();
  t.teardown(() => ended.abort());
  const shift = await beginShift(ended.signal);
  const { world } = shift;
  t.teardown(() => world.close());
  const browser = await startBrowser();
  t.teardown(() => browser.close());
  const page = await browser.newPage({ viewport: DESK, acceptDownloads: true });
  const desk = new Desk(page);
  /** Each begins where the one before it left the world. */
  const step = async (words: string, tell: (t: Test) => Promise<void>): Promise<void> => {
    if (t.passing()) await t.test(words, tell);
  };
  const picture = (name: string): Promise<void> => paint(page, name);

  await step('watch: all are there, and live', async (t) => {
    await page.goto(world.controller.httpUrl);
    await desk.waitFor(`.count[data-state="fresh"][data-count="${FLEET_SIZE}"]`);
    await desk.waitFor('html[data-live="open"] .map-canvas[data-map="ready"]');
    t.equal(await desk.count('.row[data-freshness="fresh"]'), FLEET_SIZE);
    t.match(await desk.text('.live-state'), /^Live$/);
  });

  await step('order: what cannot be flown is said, and what is missing', (t) => askTooMuch(t, desk, shift));
  await step('ground stop: from the bar, on every view, lifted behind one question', (t) =>
    stopAndLift(t, desk, shift),
  );
  let order = '';
  await step('order: placed, loaded by its button', async (t) => {
    order = await orderParcel(t, desk, shift);
  });
  // Until it is found again, the page is not loaded anew: it is watched there.
  let watched = async (): Promise<Watched> => Promise.reject(new Error('not watched'));
  await step('a drone falls silent: what it is told waits for it', async (t) => {
    watched = await fallsSilent(t, desk, shift);
  });
  await step('itinerary: drawn, given, verified, started', (t) =>
    sendItinerary(t, desk, shift, STANDING.home, () => picture('itinerary')),
  );
  await step('order: on its way', async (t) => {
    await seeItGo(t, desk, shift, order);
    await paintOrders(desk, shift);
  });
  await step('hold: asked once, by a key', (t) => holdIt(t, desk, shift));

  await step('a pilot takes over, and lands it', (t) => pilotTakesOver(t, desk, shift, () => paintFleet(desk, shift)));
  await step('reboot: what must hold before it, and the proof after it', (t) => rebootIt(t, desk, shift));
  await step('alert: opened, reached and taken by keys', (t) => takeAlert(t, desk, shift, () => picture('alert')));
  await step('the silent drone is lost, and was never younger meanwhile', (t) => staysLost(t, desk, watched));
  await step('it is found again', () => findAgain(desk, shift));

  await step('what was done: stays until it is looked at', (t) => lookAtWhatWasDone(t, desk, shift));
  await step('on a phone: one column, what makes safe in reach of a thumb', async (t) => {
    await onPhone(t, desk, shift);
    await picture('phone');
    await page.setViewportSize(DESK);
    await desk.theme('light');
  });
  let report = '';
  await step('report: of the flight that a pilot ended', async (t) => {
    report = await saveReport(t, desk, shift);
  });
  await step('replay: hollow where nothing is known', (t) =>
    lookBack(t, {
      ...{ page, controller: world.controller, drone: shift.lost.id },
      ...{ silentMs: SILENT_MS, look: () => picture('replay') },
    }),
  );
  await step('the report is a page that needs nobody', async (t) => {
    await openReport(t, desk, shift, report);
    await picture('report');
  });
  t.same(desk.errors, [], 'no error in the page');
});
