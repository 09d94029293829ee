/** Who took the processors while a page was measured, in processors: 2.00 is all of a machine that has two. */
import os from 'node:os';
import type { CDPSession } from 'playwright-core';

export interface Processors {
  readonly atMs: number;
  /** By kind of process: seconds so far. */
  readonly browserS: ReadonlyMap<string, number>;
  readonly idleMs: number;
}

export async function processors(cdp: CDPSession): Promise<Processors> {
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  const browserS = new Map<string, number>();
  for (const { type, cpuTime } of processInfo) browserS.set(type, (browserS.get(type) ?? 0) + cpuTime);
  const idleMs = os.cpus().reduce((sum, { times }) => sum + times.idle, 0);
  return { atMs: performance.now(), browserS, idleMs };
}

/** `mainS`, `serverS`: of the page's main thread and of the generator, seconds a second. */
export function shares(from: Processors, to: Processors, mainS: number, serverS: number): string {
  const tookS = (to.atMs - from.atMs) / 1e3;
  const of = (type: string): number => ((to.browserS.get(type) ?? 0) - (from.browserS.get(type) ?? 0)) / tookS;
  const idle = (to.idleMs - from.idleMs) / 1e3 / tookS;
  const rest =
    of('browser') +
    [...to.browserS.keys()].filter((type) => /util|network/i.test(type)).reduce((sum, type) => sum + of(type), 0);
  const known = of('renderer') + of('GPU') + rest + serverS;
  const words = {
    'its main thread': mainS,
    'its workers': of('renderer') - mainS,
    'the drawing in software': of('GPU'),
    'the rest of the browser': rest,
    'the generator': serverS,
    others: Math.max(0, os.cpus().length - idle - known),
    nobody: idle,
  };
  return Object.entries(words)
    .map(([who, share]) => `${who} ${share.toFixed(2)}`)
    .join(', ');
}
