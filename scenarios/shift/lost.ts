/** A drone falls silent: stale, then lost, never younger meanwhile; the alert, by keys; back, and its past has a hole. */
import type { Page } from 'playwright-core';
import type { Test } from 'tap';
import { type Desk, OPERATOR, SOON_MS } from '../kit/at-the-page.ts';
import { measured, seconds } from '../kit/measured.ts';
import { until } from '../kit/until.ts';
import type { Shift } from './fleet.ts';

const PROMISED_MS = 5_000;
const STALE_LIMIT_MS = 3 * PROMISED_MS;
/** What it is silent for at least when it is started again. */
export const SILENT_MS = 20_000;

export interface Watched {
  readonly freshForMs: number;
  readonly ageMs: number;
  readonly youngerAgain: number;
  readonly forMs: number;
}

/** In the page, at each of its ticks: how long it looked fresh, and whether its age ever fell. */
async function watch(page: Page, drone: string): Promise<() => Promise<Watched>> {
  await page.evaluate(
    ({ id, settledMs }) => {
      const began = performance.now();
      const seen = { freshForMs: 0, ageMs: 0, youngerAgain: 0, forMs: 0 };
      const look = (): void => {
        const row = document.querySelector<HTMLElement>(`.row[data-drone="${id}"]`);
        const ageMs = Number(row?.dataset.ageMs);
        seen.forMs = performance.now() - began;
        if (row === null || row.dataset.freshness === 'fresh') seen.freshForMs = seen.forMs;
        else {
          // What was on its way when it was killed may still come.
          if (ageMs < seen.ageMs && seen.forMs > settledMs) seen.youngerAgain += 1;
          seen.ageMs = ageMs;
        }
        document.documentElement.dataset.watched = JSON.stringify(seen);
      };
      look();
      setInterval(look, 50);
    },
    { id: drone, settledMs: PROMISED_MS },
  );
  return async () => JSON.parse(await page.evaluate(() => document.documentElement.dataset.watched ?? '')) as Watched;
}

/** Its agent is killed while its panel is open: what it is told now waits. What the page shows of it meanwhile. */
export async function fallsSilent(t: Test, desk: Desk, { lost }: Shift): Promise<() => Promise<Watched>> {
  await desk.open(lost.id);
  await lost.agent.program.kill9();
  const watched = await watch(desk.page, lost.id);
  await desk.waitFor(`[data-detail="${lost.id}"][data-freshness="stale"]`);
  await desk.says('[data-safe="land"]', /queued 60 s/);
  await desk.press('l');
  await desk.says('[data-confirm="land"]', /drone is offline.*acts only if it comes back within 60 s/);
  await desk.press('Escape');
  t.equal(await desk.count('[data-confirm]'), 0);
  return watched;
}

/** Still silent: opened, gone to and taken by keys. */
export async function takeAlert(t: Test, desk: Desk, { lost }: Shift, look: () => Promise<void>): Promise<void> {
  const { page } = desk;
  const row = '[data-alert="last-will"]';
  await desk.open(lost.id);
  t.match(await desk.text('.charge'), /^\d+ ?%$/, 'how long it lasts is not said of a silent one');
  await desk.says('.alert-count', /^[1-9]\d* alerts?/);
  await desk.press('a');
  await desk.waitFor(row);
  await desk.waitFor('.alert-list li:focus-within');
  const reached = async (): Promise<boolean> => {
    if ((await desk.count(`${row}:focus-within`)) === 1) return true;
    await desk.press('j');
    return false;
  };
  await until(reached, { timeoutMs: SOON_MS, what: 'the keys to lead to it' });
  t.match(await desk.text(row), new RegExp(`warning ${lost.id}.*Silence is no evidence of trouble`));
  await look();
  await page.locator(`${row} button:text-is("Acknowledge"):focus`).waitFor();
  await desk.press('Enter');
  await desk.says(row, new RegExp(`${OPERATOR} looks after it`));
  await desk.press('a');
  await page.locator('.alert-list').waitFor({ state: 'detached' });
}

/** What was seen of it since it fell silent. */
export async function staysLost(t: Test, desk: Desk, watched: () => Promise<Watched>): Promise<void> {
  await desk.waitFor('.count[data-state="lost"][data-count="1"]');
  await desk.waitFor('.count[data-state="fresh"][data-count="3"]');
  const { freshForMs, ageMs, youngerAgain, forMs } = await watched();
  measured(
    `page: a killed agent's drone stale after ${seconds(freshForMs)} (promised 5 s), watched for ${seconds(forMs)}`,
  );
  t.ok(freshForMs <= STALE_LIMIT_MS, 'never fresh again after that');
  t.ok(forMs > SILENT_MS && ageMs >= forMs - STALE_LIMIT_MS, 'its age goes on rising');
  t.equal(youngerAgain, 0, 'and never falls');
}

/** Started again: fresh, and what was said of it is over by itself. */
export async function findAgain(desk: Desk, { lost }: Shift): Promise<void> {
  await lost.agent.start();
  await desk.waitFor(`[data-detail="${lost.id}"][data-freshness="fresh"]`);
  await desk.press('a');
  await desk.waitFor('.alert-list');
  await desk.page.locator('[data-alert="last-will"]').waitFor({ state: 'detached' });
  await desk.press('a');
}
