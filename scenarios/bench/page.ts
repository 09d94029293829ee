/**
 * The page with a large fleet, in the system's Chromium, without a GPU: what of the main thread it takes against a bare
 * MapLibre page with the same points and updates, whether its heap stands still, how much script it is.
 *
 *   page-server.ts (its live stream; five rounds a second) ──► the built page, then the bare one, in turns, one at a time
 *            └── all else ──► skein-controller
 *
 *   node scenarios/bench/page.ts        DRONES=5000 TURNS=2 SECONDS=20 ROUNDS=9000 HEAP_DRONES=200 by default
 *
 * Main-thread time is processor time of that thread (`Performance.getMetrics` in thread ticks), so that what else the machine
 * does is not in it. What it waits for the drawing in software is not in it either.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Browser, CDPSession, Page } from 'playwright-core';
import { ask } from '../kit/ask.ts';
import { startBrowser } from '../kit/browser.ts';
import { Controller } from '../kit/controller.ts';
import { kB, scriptsOfPage, weightOf } from '../kit/page-weight.ts';
import { inRepository } from '../kit/paths.ts';
import { freePort } from '../kit/ports.ts';
import { Program } from '../kit/program.ts';
import { within } from '../kit/until.ts';
import { bareMap } from './page-bare.ts';
import { processors, shares } from './page-processors.ts';
import { unheard } from './page-quiet.ts';
import { lookAt, pressKeys, watch, wordsOf } from './page-watch.ts';

const drones = Number(process.env.DRONES ?? 5000);
const turns = Number(process.env.TURNS ?? 2);
const seconds = Number(process.env.SECONDS ?? 20);
const rounds = Number(process.env.ROUNDS ?? 9000);
const heapDrones = Number(process.env.HEAP_DRONES ?? 200);
const profile = process.env.PROFILE;
const WARM_MS = 8000;
const READY_MS = 120_000;
/** Of each half, on a machine that has no time; some 170 s on one that has. */
const BOUND_MS = Number(process.env.BOUND_S ?? 600) * 1000;
const VIEWPORT = { width: 1280, height: 800 };

const line = (what: string, value: string): void => console.log(`page: ${what.padEnd(46)} ${value}`);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Runs in the page before anything of it: says on its own socket when what came has been drawn. */
function sayDrawn(): void {
  const Native = window.WebSocket;
  window.WebSocket = class extends Native {
    constructor(...args: ConstructorParameters<typeof Native>) {
      super(...args);
      this.addEventListener('message', () => {
        const drawn = (): void => void (this.readyState === Native.OPEN && this.send('drawn'));
        requestAnimationFrame(() => setTimeout(drawn));
      });
    }
  };
}

interface Server {
  readonly url: string;
  readonly program: Program;
}

async function startServer(dir: string, controllerUrl: string, many: number, how: string): Promise<Server> {
  const program = new Program({
    ...{ name: 'page-server', command: process.execPath, readyEvent: 'listening', reads: true },
    args: [inRepository('scenarios/bench/page-server.ts'), controllerUrl, String(many), how],
    ...{ logFile: path.join(dir, 'page-server.log'), startTimeoutMs: READY_MS },
  });
  const { port } = await program.start();
  return { url: `http://127.0.0.1:${port}`, program };
}

interface Opened {
  readonly page: Page;
  readonly cdp: CDPSession;
}

async function open(browser: Browser, url: string, first: () => void): Promise<Opened> {
  const context = await browser.newContext({ viewport: VIEWPORT });
  const page = await context.newPage();
  await page.addInitScript(first);
  page.on('pageerror', (error) => console.error('page: an error in it:', error.message));
  const cdp = await context.newCDPSession(page);
  await page.goto(url);
  return { page, cdp };
}

async function openOurs(browser: Browser, server: Server, first: () => void): Promise<Opened> {
  const opened = await open(browser, `${server.url}/`, first);
  await opened.page.waitForSelector('[data-map="ready"]', { timeout: READY_MS });
  await opened.page.waitForSelector('.row[data-drone]', { timeout: READY_MS });
  return opened;
}

async function openBare(browser: Browser, server: Server, size: { width: number; height: number }): Promise<Opened> {
  const opened = await open(browser, `${server.url}/bare/`, watch);
  const stream = `${server.url.replace('http', 'ws')}/bare/places`;
  const library = `${server.url}/bare/maplibre-gl.mjs`;
  await opened.page.evaluate(bareMap, { library, stream, widthPx: size.width, heightPx: size.height });
  return opened;
}

async function metrics(cdp: CDPSession): Promise<ReadonlyMap<string, number>> {
  const { metrics: all } = await cdp.send('Performance.getMetrics');
  return new Map(all.map(({ name, value }) => [name, value]));
}

/** Seconds of the main thread's processor for each second, of them in scripts; what it took in and drew, each second. */
interface Taken {
  readonly main: number;
  readonly script: number;
  readonly layout: number;
  readonly rounds: number;
  readonly drawn: number;
  readonly pictures: number;
  readonly bytesPerS: number;
}

async function taken(browser: Browser, { page, cdp }: Opened, server: Server, name: string): Promise<Taken> {
  await unheard(page);
  await ask(server.program, 'pace');
  await pause(WARM_MS);
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' });
  if (profile !== undefined) {
    await cdp.send('Profiler.enable');
    await cdp.send('Profiler.start');
  }
  const whole = await browser.newBrowserCDPSession();
  await lookAt(page);
  const from = await processors(whole);
  const before = await metrics(cdp);
  const said = await ask(server.program, 'told');
  const beganMs = performance.now();
  const pressed = await pressKeys(page, seconds * 1000);
  const seen = await lookAt(page);
  const after = await metrics(cdp);
  const to = await processors(whole);
  const end = await ask(server.program, 'rest');
  const tookS = (performance.now() - beganMs) / 1000;
  await whole.detach();
  if (profile !== undefined) {
    const { profile: made } = await cdp.send('Profiler.stop');
    fs.writeFileSync(`${profile}-${name}.cpuprofile`, JSON.stringify(made));
  }
  const per = (key: string): number => ((after.get(key) ?? Number.NaN) - (before.get(key) ?? Number.NaN)) / tookS;
  const told = (key: string): number => (Number(end[key]) - Number(said[key])) / tookS;
  const [became, keys] = wordsOf(seen, end.made as Record<string, number>, pressed, tookS);
  line(`${name}: rounds a second`, `offered ${told('rounds').toFixed(1)}, sent ${told('sent').toFixed(1)}, ${became}`);
  line(`${name}:`, `${keys}`);
  line(`${name}: processors`, shares(from, to, per('TaskDuration'), told('cpuUs') / 1e6));
  if (Number(end.closed) > Number(said.closed)) line('closed as too slow', String(end.closed));
  return {
    main: per('TaskDuration'),
    script: per('ScriptDuration'),
    layout: per('RecalcStyleDuration') + per('LayoutDuration'),
    rounds: seen.rounds / tookS,
    drawn: seen.shown.length / tookS,
    pictures: seen.pictures / tookS,
    bytesPerS: told('sentBytes'),
  };
}

const middle = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;

async function mainThread(browser: Browser, server: Server): Promise<void> {
  const ours: Taken[] = [];
  const bare: Taken[] = [];
  for (let turn = 0; turn < turns; turn++) {
    const one = await openOurs(browser, server, watch);
    const size = (await one.page.locator('.map-canvas').boundingBox()) ?? VIEWPORT;
    ours.push(await taken(browser, one, server, 'ours'));
    await one.page.context().close();
    const other = await openBare(browser, server, size);
    bare.push(await taken(browser, other, server, 'bare'));
    await other.page.context().close();
  }
  const words = (all: readonly Taken[]): string => {
    const of = (key: keyof Taken): number => middle(all.map((one) => one[key]));
    const [main, script, layout] = [of('main'), of('script'), of('layout')];
    const each = all.map((one) => one.main.toFixed(2)).join(', ');
    return `${main.toFixed(2)} s a second (${each}), ${script.toFixed(2)} of it scripts, ${layout.toFixed(2)} style and layout`;
  };
  line('load', `${drones} drones, ${(middle(ours.map((one) => one.bytesPerS)) / 1e6).toFixed(1)} MB a second`);
  line('main thread, ours', words(ours));
  line('main thread, bare', words(bare));
  // Both were offered the same for as long. A page that leaves out rounds has less to do: so what each of them cost is said, too.
  const ratio = (what: string, of: (one: Taken) => number): void => {
    const each = ours.map((one, i) => of(one) / of(bare[i] ?? one));
    line(
      `ours / bare, main thread ${what}`,
      `${middle(each).toFixed(2)} (${each.map((one) => one.toFixed(2)).join(', ')})`,
    );
  };
  ratio('in the same time (aim ≤ 1.5)', ({ main }) => main);
  ratio('a round taken in', ({ main, rounds }) => main / rounds);
  ratio('a round seen on the map', ({ main, drawn }) => main / drawn);
  ratio('a picture', ({ main, pictures }) => main / pictures);
}

async function heap(browser: Browser, server: Server): Promise<void> {
  const opened = await openOurs(browser, server, sayDrawn);
  const used = async (): Promise<number> => {
    for (let i = 0; i < 3; i++) await opened.cdp.send('HeapProfiler.collectGarbage');
    return (await opened.cdp.send('Runtime.getHeapUsage')).usedSize;
  };
  // Drawing in software takes most of a round: in a low window there is less of it.
  await opened.page.setViewportSize({ width: 800, height: 240 });
  await ask(server.program, 'run 10');
  const beganMs = performance.now();
  await ask(server.program, `run ${Math.round(rounds / 10)}`, BOUND_MS);
  const early = await used();
  await ask(server.program, `run ${rounds - Math.round(rounds / 10)}`, BOUND_MS);
  const late = await used();
  const tookS = (performance.now() - beganMs) / 1000;
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  line(
    'heap',
    `${heapDrones} drones, ${rounds} rounds in ${tookS.toFixed(0)} s, ${(rounds / 5 / tookS).toFixed(1)} times as fast as time goes`,
  );
  line(
    `heap after ${rounds} / after ${Math.round(rounds / 10)} rounds (aim ≤ 1.1)`,
    `${(late / early).toFixed(3)} (${mb(early)}, ${mb(late)})`,
  );
  await opened.page.context().close();
}

/** As scenarios/page-weight.test.ts counts them. */
function scripts(): void {
  const all = scriptsOfPage();
  const ours = all.filter((script) => script.ours);
  line('scripts, gzipped (aim ≤ 600 kB)', `${kB(weightOf(all))} kB in ${all.length} files`);
  line('  ours (aim ≤ 120 kB), libraries', `${kB(weightOf(ours))} kB, ${kB(weightOf(all) - weightOf(ours))} kB`);
}

const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-page-'));
const controller = new Controller({
  dir: path.join(dir, 'controller'),
  ...{ httpPort: await freePort(), mqttPort: await freePort(), startTimeoutMs: READY_MS },
});
const servers: Server[] = [];
const serve = async (many: number, how: string): Promise<Server> => {
  const server = await startServer(dir, controller.httpUrl, many, how);
  servers.push(server);
  return server;
};
let browser: Browser | null = null;
try {
  scripts();
  await controller.start();
  browser = await startBrowser();
  if (turns > 0)
    await within(mainThread(browser, await serve(drones, 'recorded')), BOUND_MS, 'the main thread to be measured');
  if (rounds > 0) await within(heap(browser, await serve(heapDrones, 'made')), BOUND_MS, 'the heap to be measured');
} finally {
  await browser?.close();
  for (const { program } of servers) await program.stop();
  await controller.stop();
  fs.rmSync(dir, { recursive: true, force: true });
}
