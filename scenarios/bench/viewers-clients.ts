/**
 * Pages as the controller sees them, a process: bare WebSockets that read what comes, or nothing at all. A text that all get is
 * read once and its arrival noted for each, since a hundred readings would be the load.
 *
 *   node scenarios/bench/viewers-clients.ts URL BEGAN_MS       JSON lines on stdout; stdin, a line each, answered by one:
 *
 *   open N     so many that read, in all              freeze     one more, which does not
 *   begin      counting anew                          tell       what was counted
 */
import { createInterface } from 'node:readline';
import type { ServerMessage } from '../../controller/live/messages.ts';
import { type BareWebSocket, openWebSocket } from '../kit/web-socket.ts';
import { spokenMs } from './viewers-marks.ts';

const [url = '', began = ''] = process.argv.slice(2);
const beganMs = Number(began);
if (!url || !beganMs) throw new Error('usage: viewers-clients.ts URL BEGAN_MS');
/** Texts whose times are kept; the slowest reader is not further behind. */
const KEPT = 200;
/** Ages are counted by the millisecond up to so many. */
const OLDEST_MS = 120_000;

const say = (event: string, detail: object = {}): void => {
  process.stdout.write(`${JSON.stringify({ event, ...detail })}\n`);
};

/** When what a text tells was spoken, ms since the beginning. */
const spoken = new Map<number, readonly number[]>();
const ages = new Float64Array(OLDEST_MS + 1);
const tally = { messages: 0, bytes: 0, snapshots: 0, closed: 0 };
const viewers: BareWebSocket[] = [];
let frozen: BareWebSocket | null = null;

function timesIn(text: Buffer, seq: number): readonly number[] {
  const known = spoken.get(seq);
  if (known) return known;
  const message = JSON.parse(text.toString()) as ServerMessage;
  const times = message.drones.flatMap(({ kinds }) => {
    const lonDeg = kinds?.position?.values.lonDeg;
    return typeof lonDeg === 'number' ? [spokenMs(lonDeg)] : [];
  });
  spoken.set(seq, times);
  if (spoken.size > KEPT) spoken.delete(spoken.keys().next().value ?? seq);
  return times;
}

function take(text: Buffer): void {
  const nowMs = Date.now() - beganMs;
  tally.messages += 1;
  tally.bytes += text.length;
  const [, type, seq] = /^\{"type":"(\w+)","seq":(\d+)/.exec(text.toString('latin1', 0, 80)) ?? [];
  if (type === 'snapshot') tally.snapshots += 1;
  if (type !== 'delta') return;
  for (const ms of timesIn(text, Number(seq))) {
    const age = Math.min(OLDEST_MS, Math.max(0, nowMs - ms));
    ages[age] = (ages[age] ?? 0) + 1;
  }
}

/** `share` of all ages are at most so many ms. */
function age(share: number): number {
  const all = ages.reduce((sum, n) => sum + n, 0);
  let seen = 0;
  return ages.findIndex((n) => {
    seen += n;
    return seen >= share * all;
  });
}

async function open(many: number): Promise<void> {
  for (const one of viewers.splice(many)) one.terminate();
  const onClosed = (): void => void tally.closed++;
  while (viewers.length < many) viewers.push(await openWebSocket(url, { onText: take, onClosed }));
}

async function answer(line: string): Promise<object> {
  const [word, many] = line.split(' ');
  if (word === 'open') await open(Number(many));
  if (word === 'freeze') {
    const { promise: first, resolve } = Promise.withResolvers<void>();
    frozen = await openWebSocket(url, { onText: () => resolve() });
    await first;
    frozen.freeze();
  }
  if (word === 'begin') {
    ages.fill(0);
    Object.assign(tally, { messages: 0, bytes: 0, snapshots: 0, closed: 0 });
  }
  return { ...tally, viewers: viewers.length, p50Ms: age(0.5), p99Ms: age(0.99) };
}

createInterface({ input: process.stdin }).on('line', (line) => {
  void answer(line).then(
    (detail) => say('answer', detail),
    (error: unknown) => say('answer', { error: String(error) }),
  );
});
say('ready');
process.once('SIGTERM', () => process.exit(0));
