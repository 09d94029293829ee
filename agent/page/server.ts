/**
 * Serves the page: four fixed files, what it shows as JSON, and two orders (lock, unlock). Where its address is not there
 * yet (an access point comes up later than the agent) it tries again; nothing of it holds up the agent.
 */
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { type Foreign, hostAllowed, onLink, ownOrder } from './guard.ts';

const RETRY_MS = 5_000;
const MAX_CONNECTIONS = 16;
const MAX_BODY_BYTES = 4_096;
const REQUEST_MS = 5_000;
/** Several phones, or one that hammers, cost no more than this often. */
const VIEW_EVERY_MS = 250;

const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
const HEADERS = {
  'content-security-policy': CSP,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cache-control': 'no-store',
} as const;
const FILES: Readonly<Record<string, readonly [name: string, type: string]>> = {
  '/': ['page.html', 'text/html; charset=utf-8'],
  '/page.css': ['page.css', 'text/css; charset=utf-8'],
  '/page.js': ['page.js', 'text/javascript; charset=utf-8'],
  '/icon.svg': ['icon.svg', 'image/svg+xml'],
};

export interface Answer {
  readonly code: number;
  readonly body: object;
}

export interface PageServerOptions {
  /** Null: no page. */
  readonly address: { readonly host: string; readonly port: number } | null;
  readonly names: readonly string[];
  /** What it shows; null: the agent is not up yet. */
  readonly view: () => object | null;
  /** The same rules as on the command line; null: the agent is not up yet. */
  readonly order: (what: 'lock' | 'unlock', body: unknown) => Answer | Promise<Answer> | null;
  readonly nowMs: () => number;
  /** Until an address that could not be had is tried again. */
  readonly retryMs?: number;
  readonly onProblem: (message: string) => void;
}

export interface PageStatus {
  /** Null: none is set. */
  readonly url: string | null;
  readonly open: boolean;
  readonly problem: string | null;
  readonly counters: Readonly<
    Record<'requests' | 'orders' | 'refusedOrders' | 'foreign' | 'dropped' | 'openFailures', number>
  >;
}

export class PageServer {
  readonly #o: PageServerOptions;
  readonly #counters = { requests: 0, orders: 0, refusedOrders: 0, foreign: 0, dropped: 0, openFailures: 0 };
  readonly #server: Server;
  readonly #files = new Map<string, { readonly type: string; readonly body: Buffer }>();
  #open = false;
  #closed = false;
  #problem: string | null = null;
  #retry: NodeJS.Timeout | null = null;
  #view: { readonly atMs: number; readonly text: string } | null = null;

  constructor(o: PageServerOptions) {
    this.#o = o;
    this.#server = createServer({ requestTimeout: REQUEST_MS, headersTimeout: REQUEST_MS }, (request, response) => {
      this.#request(request, response).catch(() => response.destroy());
    });
    this.#server.maxConnections = MAX_CONNECTIONS;
    this.#server.keepAliveTimeout = REQUEST_MS;
    this.#server.on('drop', () => {
      this.#counters.dropped++;
    });
    this.#server.on('clientError', (_error, socket) => socket.destroy());
    this.#server.on('error', (error: NodeJS.ErrnoException) => this.#failed(error));
    // Once for all: what a call to listen() is given stays when that fails, one more each try.
    this.#server.on('listening', () => {
      this.#open = true;
      this.#problem = null;
    });
  }

  start(): void {
    if (this.#o.address === null || this.#closed) return;
    if (this.#files.size === 0) {
      for (const [path, [name, type]] of Object.entries(FILES)) {
        this.#files.set(path, { type, body: readFileSync(join(import.meta.dirname, name)) });
      }
    }
    const { host, port } = this.#o.address;
    this.#server.listen({ host, port });
  }

  #failed(error: NodeJS.ErrnoException): void {
    const { host, port } = this.#o.address ?? { host: '', port: 0 };
    const words =
      {
        EADDRINUSE: `port ${port} is taken, by another agent or program: set page.address to another`,
        EADDRNOTAVAIL: `this board has no address ${host} now: is its access point up?`,
      }[error.code ?? ''] ?? error.message;
    if (this.#problem === null) this.#o.onProblem(`the page is not served: ${words}`);
    this.#problem = words;
    this.#counters.openFailures++;
    if (this.#closed || this.#open) return;
    this.#retry = setTimeout(() => this.start(), this.#o.retryMs ?? RETRY_MS);
    this.#retry.unref();
  }

  #foreign(request: IncomingMessage): Foreign | null {
    const { remoteAddress, localAddress } = request.socket;
    if (!onLink(remoteAddress, localAddress, networkInterfaces())) return 'foreign-network';
    return hostAllowed(request.headers.host, localAddress, this.#o.names) ? null : 'foreign-host';
  }

  async #request(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.#counters.requests++;
    const foreign = this.#foreign(request);
    if (foreign !== null) {
      this.#counters.foreign++;
      const words = {
        'foreign-network': 'this page is for whoever is beside the drone, on its own network',
        'foreign-host': 'this page answers to its address, or to a name in page.names of its settings',
        'foreign-origin': '',
      }[foreign];
      this.#json(response, 403, { error: foreign, message: words });
      return;
    }
    const path = (request.url ?? '').split('?')[0] ?? '';
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const file = this.#files.get(path);
    if (file !== undefined && isRead) this.#answer(response, 200, file.type, file.body);
    else if (path === '/view.json' && isRead) this.#show(response);
    else if ((path === '/lock' || path === '/unlock') && request.method === 'POST') {
      await this.#order(request, response, path === '/lock' ? 'lock' : 'unlock');
    } else this.#json(response, 404, { error: 'not-found', message: 'there is nothing at this address' });
  }

  #show(response: ServerResponse): void {
    const nowMs = this.#o.nowMs();
    if (this.#view === null || nowMs - this.#view.atMs >= VIEW_EVERY_MS) {
      const view = this.#o.view();
      this.#view = view === null ? null : { atMs: nowMs, text: JSON.stringify(view) };
    }
    if (this.#view === null) this.#json(response, 503, STARTING);
    // What it shows was so when it was made.
    else {
      const ageMs = Math.round(nowMs - this.#view.atMs);
      this.#answer(response, 200, JSON_TYPE, `{"ageMs":${ageMs},"view":${this.#view.text}}\n`);
    }
  }

  async #order(request: IncomingMessage, response: ServerResponse, what: 'lock' | 'unlock'): Promise<void> {
    if (!ownOrder(request.headers)) {
      this.#counters.foreign++;
      this.#json(response, 403, { error: 'foreign-origin', message: 'orders are taken from this page alone' });
      return;
    }
    const body = await read(request);
    const answer =
      body === undefined
        ? { code: 400, body: { error: 'bad-body', message: 'JSON is wanted: {"reason": "…"}' } }
        : await (this.#o.order(what, body) ?? { code: 503, body: STARTING });
    this.#counters[answer.code === 200 ? 'orders' : 'refusedOrders']++;
    this.#view = null;
    this.#json(response, answer.code, answer.body);
  }

  #json(response: ServerResponse, code: number, body: object): void {
    this.#answer(response, code, JSON_TYPE, `${JSON.stringify(body)}\n`);
  }

  #answer(response: ServerResponse, code: number, type: string, body: string | Buffer): void {
    response.writeHead(code, { ...HEADERS, 'content-type': type, 'content-length': Buffer.byteLength(body) });
    response.end(body);
  }

  status(): PageStatus {
    const { address } = this.#o;
    const host = address?.host.includes(':') ? `[${address.host}]` : address?.host;
    const bound = this.#server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : address?.port;
    return {
      url: address === null ? null : `http://${host}:${port}`,
      ...{ open: this.#open, problem: this.#problem, counters: { ...this.#counters } },
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    if (this.#retry !== null) clearTimeout(this.#retry);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
    this.#open = false;
  }
}

const JSON_TYPE = 'application/json; charset=utf-8';
const STARTING = { error: 'not-ready', message: 'the agent is starting' };

/** Undefined: no JSON, or too much of it. */
async function read(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
  } catch {
    return undefined;
  }
}
