/** An operator at the page: clicks and keys as a person does, and what the page says then. */
import type { Page } from 'playwright-core';
import { isPainting } from './pictures.ts';
import { until } from './until.ts';

/** Generous: what is awaited comes soon on a machine that has time. */
export const SOON_MS = 120_000;
export const OPERATOR = 'Ann Viewer';
/** The least that a desk is to have; for pictures what most have. */
export const DESK = isPainting ? { width: 1440, height: 900 } : { width: 1280, height: 800 };

export interface Place {
  readonly latDeg: number;
  readonly lonDeg: number;
}

/** Of the map, nearer or farther, until it shows what is wanted. */
const MOST_STEPS = 12;

type Pixel = readonly [number, number];
interface Pointed {
  readonly place: Place;
  readonly said: string;
}

/** Text as a person reads it: narrow spaces are spaces. */
const plain = (text: string): string => text.replace(/[\u202f\s]+/g, ' ').trim();

export class Desk {
  readonly page: Page;
  /** Of the page's own scripts. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    page.setDefaultTimeout(SOON_MS);
    page.on('pageerror', (error) => this.errors.push(error.message));
  }

  async text(selector: string): Promise<string> {
    return plain(await this.page.locator(selector).first().innerText());
  }

  async waitFor(selector: string): Promise<void> {
    await this.page.locator(selector).first().waitFor();
  }

  count(selector: string): Promise<number> {
    return this.page.locator(selector).count();
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** A drone by its row in the list. */
  async open(drone: string): Promise<void> {
    await this.page.locator(`.row[data-drone="${drone}"] a`).click();
    await this.waitFor(`[data-detail="${drone}"]`);
  }

  /** The one button leads from each to the next. */
  async theme(name: 'dark' | 'light' | 'outdoors'): Promise<void> {
    const reached = async (): Promise<boolean> => {
      if ((await this.count(`html[data-theme="${name}"]`)) === 1) return true;
      await this.page.locator('.topbar .theme').click();
      return false;
    };
    await until(reached, { timeoutMs: SOON_MS, what: `the theme ${name}` });
  }

  /** Until one of these says it; what that one says. */
  async says(selector: string, words: RegExp, timeoutMs = SOON_MS): Promise<string> {
    let seen: readonly string[] = [];
    const said = async (): Promise<string | undefined> => {
      seen = (await this.page.locator(selector).allInnerTexts()).map(plain);
      return seen.find((text) => words.test(text));
    };
    return (await until(said, { timeoutMs, what: `${selector} to say ${words}`, seen: () => seen })).value;
  }

  /** The card of this command once it has ended. */
  async ended(type: string): Promise<{ readonly state: string; readonly words: string }> {
    const card = `.dock [data-type="${type}"]`;
    await this.waitFor(`${card}:not([data-tone="open"])`);
    return { state: (await this.page.locator(card).getAttribute('data-state')) ?? '', words: await this.text(card) };
  }

  /** What the map's foot says with the pointer there. */
  async #underPointer([x, y]: Pixel, before: string): Promise<Pointed> {
    let said = '';
    const { page } = this;
    const place = async (): Promise<Place | null> => {
      await page.mouse.move(x, y);
      said = (await page.locator('.map-foot .at').textContent()) ?? '';
      const [, lat, lon] = /^([\d.]+)°\s?N ([\d.]+)°\s?E$/.exec(said) ?? [];
      return lat === undefined || said === before ? null : { latDeg: Number(lat), lonDeg: Number(lon) };
    };
    const { value } = await until(place, { timeoutMs: SOON_MS, what: 'the place under the pointer', seen: () => said });
    return { place: value, said };
  }

  /** Of two corners, while the map does not move. */
  async #corners(one: Pixel, other: Pixel): Promise<readonly [Pointed, Pointed] | null> {
    // What a button set going has begun when two frames were drawn.
    await this.page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
    const a = await this.#underPointer(one, '');
    const b = await this.#underPointer(other, a.said);
    const again = await this.#underPointer(one, b.said);
    return again.said === a.said ? [a, b] : null;
  }

  /** What the map shows, once it stands still: two of its pixels, and the places there. */
  async #shown() {
    const box = await this.page.locator('.map-canvas').boundingBox();
    if (box === null) throw new Error('no map');
    const at = (part: number): Pixel => [box.x + part * box.width, box.y + part * box.height];
    const [[x0, y0], [x1, y1]] = [at(0.3), at(0.7)];
    const what = 'the map to stand still';
    const { value } = await until(() => this.#corners([x0, y0], [x1, y1]), { timeoutMs: SOON_MS, what });
    const [a, b] = value;
    return { box, x0, y0, x1, y1, a, b };
  }

  /** The pixel of a place on the map as it is shown now: found with the pointer, as a person does. */
  async pixelOf(place: Place): Promise<Pixel> {
    const { box, x0, y0, x1, y1, a, b } = await this.#shown();
    const x = x0 + ((x1 - x0) * (place.lonDeg - a.place.lonDeg)) / (b.place.lonDeg - a.place.lonDeg);
    const y = y0 + ((y1 - y0) * (place.latDeg - a.place.latDeg)) / (b.place.latDeg - a.place.latDeg);
    if (x < box.x || y < box.y || x > box.x + box.width || y > box.y + box.height)
      throw new Error(`${place.latDeg}, ${place.lonDeg} is not on the map, which shows ${a.said} to ${b.said}`);
    return [x, y];
  }

  async clickMap(place: Place): Promise<void> {
    const [x, y] = await this.pixelOf(place);
    await this.page.mouse.click(x, y);
  }

  /** The drone looked at in the middle of the map, whose height then shows so many degrees to twice as many. */
  async lookAt(drone: string, heightDeg: number): Promise<void> {
    const { page } = this;
    await page.getByRole('button', { name: `Follow ${drone}` }).click();
    for (let steps = 0; ; steps += 1) {
      const { a, b } = await this.#shown();
      const shownDeg = (a.place.latDeg - b.place.latDeg) / 0.4;
      if (shownDeg >= heightDeg && shownDeg < 2 * heightDeg) break;
      if (steps > MOST_STEPS) throw new Error(`the map shows ${shownDeg}° after ${steps} steps`);
      await page.getByRole('button', { name: shownDeg < heightDeg ? 'Farther' : 'Nearer' }).click();
    }
    await page.getByRole('button', { name: `Follow ${drone}` }).click();
  }
}
