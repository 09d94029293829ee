import fs from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { builtPage } from './paths.ts';

const BINARY = '/usr/bin/chromium';

/** Draws maps with WebGL in software, and talks to nobody but the page's own server. */
const FLAGS = [
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-gpu-sandbox',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
];

/**
 * The Chromium of the system, headless; nothing is downloaded. Without a built page a controller serves how to build it: what
 * a scenario waits for would never come, and its time-out would look like a busy machine.
 */
export async function startBrowser(): Promise<Browser> {
  if (!fs.existsSync(builtPage)) throw new Error(`${builtPage} is missing: make build`);
  if (!fs.existsSync(BINARY)) throw new Error(`${BINARY} is missing: apt-get install chromium`);
  return chromium.launch({ executablePath: BINARY, headless: true, args: FLAGS });
}
