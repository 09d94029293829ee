/**
 * The server of a page under measurement, a process: its live stream is page-fleet.ts, at the pace it is told, everything
 * else the page asks for comes from a real controller. Beside it the bare page (page-bare.ts) with two streams to choose from.
 *
 *   node scenarios/bench/page-server.ts CONTROLLER_URL DRONES [recorded]      JSON lines on stdout; stdin, a line each:
 *
 *   pace     rounds at their time, five a second        rest     none
 *   run N    N rounds, each as soon as the page has drawn the one before      told     what was said so far
 */
import fs from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { inRepository } from '../kit/paths.ts';
import { acceptWebSocket, type BareWebSocket } from '../kit/web-socket.ts';
import { createPageFleet, HZ } from './page-fleet.ts';

const [controllerUrl = '', drones = '0', how] = process.argv.slice(2);
if (!controllerUrl || !Number(drones)) throw new Error('usage: page-server.ts CONTROLLER_URL DRONES');
const LIVE = '/api/v1/live';
const PLACES = '/bare/places';
const BARE =
  '<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/bare/maplibre-gl.css"><div id="map"></div>';
const TYPES: Readonly<Record<string, string>> = { css: 'text/css', mjs: 'text/javascript' };

const say = (event: string, detail: object = {}): void => {
  process.stdout.write(`${JSON.stringify({ event, ...detail })}\n`);
};
const fleet = createPageFleet(Number(drones), how === 'recorded');
/** Pages that get places and nothing else. */
const bare = new Set<BareWebSocket>();
let onDrawn: () => void = () => {};
let sentBytes = 0;
let sent = 0;

function round(): void {
  fleet.round();
  if (bare.size === 0) return;
  const text = placesText();
  for (const socket of bare) {
    sent += 1;
    socket.send(text);
  }
}

function placesText(): string {
  return JSON.stringify({ stampMs: fleet.stampMs, places: fleet.places() });
}

function join(request: IncomingMessage, socket: Socket, head: Buffer): void {
  if (request.url === PLACES) {
    const one = acceptWebSocket(request, socket, head, {
      onText: () => onDrawn(),
      onClosed: () => void bare.delete(one),
    });
    one.send(placesText());
    bare.add(one);
    return;
  }
  if (!request.url?.startsWith(LIVE)) return void socket.destroy();
  let client: ReturnType<typeof fleet.hub.join> = null;
  const one = acceptWebSocket(request, socket, head, {
    onText: (text) => (text.toString() === 'drawn' ? onDrawn() : client?.message(text.toString())),
    onClosed: () => client?.gone(),
  });
  client = fleet.hub.join(
    {
      get bufferedAmount() {
        return one.bufferedAmount;
      },
      send: (text) => {
        sentBytes += Buffer.byteLength(text);
        sent += 1;
        one.send(text);
      },
      close: (code) => one.close(code),
      terminate: () => one.terminate(),
    },
    request.url.includes('pieces=true'),
  );
}

const server = http.createServer((request, reply) => {
  const [, own, file] = /^\/(bare)\/([a-z-]*\.?[a-z]*)$/.exec(request.url?.split('?')[0] ?? '') ?? [];
  if (own !== undefined) {
    reply.setHeader('content-type', TYPES[file?.split('.').at(-1) ?? ''] ?? 'text/html');
    return void reply.end(file === '' ? BARE : fs.readFileSync(inRepository(`node_modules/maplibre-gl/dist/${file}`)));
  }
  const { method, headers, url } = request;
  const asked = http.request(`${controllerUrl}${url}`, { method, headers }, (answer) => {
    reply.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(reply);
  });
  asked.on('error', () => reply.destroy());
  request.pipe(asked);
});
server.on('upgrade', (request, socket, head) => join(request, socket as Socket, head));

let timer: NodeJS.Timeout | undefined;
let lateMs = 0;

/** On a grid: a round that comes late does not move the next one. */
function pace(): void {
  let due = performance.now();
  const next = (): void => {
    due += 1000 / HZ;
    const now = performance.now();
    lateMs = Math.max(lateMs, now - due);
    if (now - due > 1000) due = now;
    timer = setTimeout(next, Math.max(0, due - now));
    round();
  };
  timer = setTimeout(next, 0);
}

async function run(many: number): Promise<void> {
  for (let i = 0; i < many; i++) {
    const drawn = new Promise<void>((resolve) => {
      onDrawn = resolve;
    });
    round();
    await drawn;
  }
  onDrawn = () => {};
}

createInterface({ input: process.stdin }).on('line', (line) => {
  const [word, many] = line.split(' ');
  if (word !== 'told') clearTimeout(timer);
  const told = (): void => {
    const { rounds, counts } = fleet;
    say(word ?? '', {
      rounds,
      sent,
      sentBytes,
      cpuUs: process.cpuUsage().user + process.cpuUsage().system,
      made: word === 'rest' ? Object.fromEntries(fleet.made) : {},
      lateMs,
      skipped: counts.get('skipped') ?? 0,
      closed: counts.get('closedSlow') ?? 0,
    });
    lateMs = 0;
  };
  if (word === 'pace') pace();
  if (word === 'run') void run(Number(many)).then(told);
  else told();
});
fleet.round();
server.listen(0, '127.0.0.1', () => {
  const address = server.address();
  say('listening', { port: typeof address === 'object' ? address?.port : null });
});
process.once('SIGTERM', () => process.exit(0));
