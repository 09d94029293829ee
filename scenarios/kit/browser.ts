import fs from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

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

/** The Chromium of the system, headless; nothing is downloaded. */
export async function startBrowser(): Promise<Browser> {
  if (!fs.existsSync(BINARY)) throw new Error(`${BINARY} is missing: apt-get install chromium`);
  return chromium.launch({ executablePath: BINARY, headless: true, args: FLAGS });
}
