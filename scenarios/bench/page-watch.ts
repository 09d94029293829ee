/**
 * What becomes of the rounds that a page is offered, read in the same way of ours and of the bare one: what came over its
 * socket, what of it was drawn and how old it was by then, how long a key waits for the next picture.
 */
import type { Page } from 'playwright-core';

interface Watched {
  messages: number;
  snapshots: number;
  /** Stamps of the rounds that came; a round may come in several messages. */
  rounds: Set<string>;
  /** Pictures drawn of the map, whether or not something in them was new. */
  pictures: number;
  /** Of each picture with something new in it: the stamp of the newest, and when it was there (`Date.now()`). */
  shown: [stampMs: number, atMs: number][];
  keysMs: number[];
}

export type Seen = Omit<Watched, 'rounds'> & { readonly rounds: number };

declare global {
  interface Window {
    watched?: Watched;
  }
}

/** Runs in the page before anything of it. */
export function watch(): void {
  const watched: Watched = { messages: 0, snapshots: 0, rounds: new Set(), pictures: 0, shown: [], keysMs: [] };
  window.watched = watched;
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...args: ConstructorParameters<typeof Native>) {
      super(...args);
      this.addEventListener('message', ({ data }) => {
        watched.messages += 1;
        const [, stamp] = /"(?:serverUtcUs|stampMs)":(\d+)/.exec(String(data).slice(0, 200)) ?? [];
        if (stamp !== undefined) watched.rounds.add(stamp);
        if (String(data).startsWith('{"type":"snapshot"')) watched.snapshots += 1;
      });
    }
  };
  new MutationObserver((changes) => {
    for (const { target } of changes) {
      const stampMs = Number((target as HTMLElement).dataset.toldMs);
      // Ours says it before the picture, the bare page after: one of them is a frame older than it says.
      requestAnimationFrame(() => requestAnimationFrame(() => watched.shown.push([stampMs, Date.now()])));
    }
  }).observe(document, { subtree: true, attributes: true, attributeFilter: ['data-told-ms'] });
  const { clear } = WebGL2RenderingContext.prototype;
  let counted = false;
  WebGL2RenderingContext.prototype.clear = function (mask) {
    if (!counted) {
      counted = true;
      watched.pictures += 1;
      requestAnimationFrame(() => {
        counted = false;
      });
    }
    clear.call(this, mask);
  };
  // Event Timing: from when the key was pressed to the next picture, in steps of 8 ms.
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) if (name === 'keydown') watched.keysMs.push(duration);
  }).observe({ type: 'event', durationThreshold: 16 } as PerformanceObserverInit);
}

/** Begins anew and says what was seen so far. */
export async function lookAt(page: Page): Promise<Seen> {
  const seen = await page.evaluate(() => {
    const { watched } = window;
    if (watched === undefined) return null;
    const { rounds, ...copy } = watched;
    Object.assign(watched, { messages: 0, snapshots: 0, rounds: new Set(), pictures: 0, shown: [], keysMs: [] });
    return { ...copy, rounds: rounds.size };
  });
  if (seen === null) throw new Error('the page is not watched');
  return seen;
}

/** A key that moves the cursor of the list and nothing else; the bare page has none. */
const KEY = 'j';
/** Faster ones are not told. */
const LEAST_MS = 16;

/** For so long presses a key each second. */
export async function pressKeys(page: Page, forMs: number): Promise<number> {
  const endMs = performance.now() + forMs;
  let pressed = 0;
  while (performance.now() < endMs) {
    await Promise.all([page.keyboard.press(KEY), new Promise((resolve) => setTimeout(resolve, 1000))]);
    pressed += 1;
  }
  return pressed;
}

export function share(values: readonly number[], of: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * of))] ?? Number.NaN;
}

/** In words; `made`: when each stamp was made. */
export function wordsOf(seen: Seen, made: Readonly<Record<string, number>>, pressed: number, tookS: number): string[] {
  const ages = seen.shown.flatMap(([stampMs, atMs]) => (made[stampMs] ? [atMs - made[stampMs]] : []));
  const keys = [...seen.keysMs, ...Array.from({ length: Math.max(0, pressed - seen.keysMs.length) }, () => LEAST_MS)];
  const spread = (all: readonly number[]): string =>
    `${share(all, 0.5).toFixed(0)} ms, 95 % ${share(all, 0.95).toFixed(0)} ms, at most ${Math.max(...all).toFixed(0)} ms`;
  const perS = (count: number): string => (count / tookS).toFixed(1);
  return [
    `taken in ${perS(seen.rounds)} (${perS(seen.messages)} messages, ${seen.snapshots} snapshots), drawn ${perS(seen.shown.length)} in ${perS(seen.pictures)} pictures; old when drawn: ${spread(ages)}`,
    `key to picture: ${spread(keys)}, ${pressed} keys`,
  ];
}
