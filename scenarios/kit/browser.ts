import fs from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { builtPage, inRepository } from './paths.ts';
import { isPainting } from './pictures.ts';

const BINARY = '/usr/bin/chromium';
/** Starts it as one program among others. */
const START = inRepository('scenarios/kit/chromium.sh');

/**
 * Draws maps with WebGL in software, the rest without it (a quarter of the processor time of both with it), and talks to
 * nobody but the page's own server.
 */
const FLAGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-gpu-sandbox',
  '--disable-gpu-compositing',
  '--disable-gpu-rasterization',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/** A map drawn in software sixty times a second takes a whole processor from what is measured beside it. */
const FRAME_MS = 150;
/** Coarse, a quarter of the pixels of the same layout, except where pictures are wanted. */
const PIXELS = { deviceScaleFactor: isPainting ? 1 : 0.5 };

/** Runs in the page, before anything of it: what it draws, it draws on a grid of so many ms. */
function drawSeldom(everyMs: number): void {
  const ask = window.requestAnimationFrame.bind(window);
  const cancel = window.cancelAnimationFrame.bind(window);
  const asked = new Map<number, number>();
  window.requestAnimationFrame = (draw) => {
    const id = window.setTimeout(
      () => {
        const frame = ask((now) => {
          asked.delete(id);
          draw(now);
        });
        asked.set(id, frame);
      },
      everyMs - (performance.now() % everyMs),
    );
    return id;
  };
  window.cancelAnimationFrame = (id) => {
    window.clearTimeout(id);
    const frame = asked.get(id);
    if (frame !== undefined) cancel(frame);
    asked.delete(id);
  };
}

/**
 * The Chromium of the system, headless; nothing is downloaded. Without a built page a controller serves how to build it: what
 * a scenario waits for would never come, and its time-out would look like a busy machine.
 */
export async function startBrowser(): Promise<Browser> {
  if (!fs.existsSync(builtPage)) throw new Error(`${builtPage} is missing: make build`);
  if (!fs.existsSync(BINARY)) throw new Error(`${BINARY} is missing: apt-get install chromium`);
  const browser = await chromium.launch({ executablePath: START, headless: true, args: FLAGS });
  const newPage = browser.newPage.bind(browser);
  browser.newPage = async (options) => {
    const page = await newPage({ ...PIXELS, ...options });
    await page.addInitScript(drawSeldom, FRAME_MS);
    return page;
  };
  return browser;
}
