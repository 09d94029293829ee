/**
 * The agent's local door: HTTP on a unix socket in the data directory. Owning the socket also says that an agent runs
 * here; a second one is refused, a socket left by a killed one is taken over.
 */
import { chmodSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { type Routes, readBody, refusal } from './route.ts';

/** A unix socket's path must fit sockaddr_un, 108 bytes with its NUL. */
const MAX_PATH = 107;
const PROBE_MS = 1_000;

export interface StatusServerOptions {
  readonly path: string;
  /** Null: the agent holds the door already but is not up yet. */
  readonly status: () => object | null;
  readonly metrics: () => Promise<string | null>;
  /** Null while the agent is not up yet. */
  readonly routes?: () => Routes | null;
}

export type StatusListen =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'already-running' | 'unavailable'; readonly message: string };

/** Does somebody answer there? */
export function isAnswered(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(path);
    const settle = (answer: boolean) => {
      clearTimeout(timer);
      socket.destroy();
      resolve(answer);
    };
    const timer = setTimeout(() => settle(false), PROBE_MS);
    socket.once('connect', () => settle(true));
    socket.once('error', () => settle(false));
  });
}

export class StatusServer {
  readonly #o: StatusServerOptions;
  readonly #server: Server;
  #listening = false;

  constructor(o: StatusServerOptions) {
    this.#o = o;
    this.#server = createServer((request, response) => this.#request(request, response));
    this.#server.maxConnections = 16;
    this.#server.requestTimeout = 5_000;
  }

  #request(request: IncomingMessage, response: ServerResponse): void {
    const { status, metrics, routes } = this.#o;
    const path = (request.url ?? '').split('?')[0] ?? '';
    if (request.method === 'GET' && path === '/status') {
      const now = status();
      this.#show(response, 'application/json', now === null ? null : `${JSON.stringify(now)}\n`);
    } else if (request.method === 'GET' && path === '/metrics') {
      metrics().then(
        (text) => this.#show(response, 'text/plain; version=0.0.4', text),
        (error: unknown) => this.#answer(response, 500, 'text/plain', `${String(error)}\n`),
      );
    } else {
      const known = routes?.() ?? null;
      const route = known?.[`${request.method} ${path}`];
      const paths = ['GET /status', 'GET /metrics', ...Object.keys(known ?? {})];
      const asked = paths.some((each) => each.endsWith(` ${path}`));
      if (route !== undefined) void this.#route(request, response, route);
      else if (known === null && routes !== undefined) this.#show(response, 'text/plain', null);
      else if (asked) this.#answer(response, 405, 'text/plain', 'not with this method\n');
      else this.#answer(response, 404, 'text/plain', `there is ${paths.join(', ')}\n`);
    }
  }

  async #route(request: IncomingMessage, response: ServerResponse, route: Routes[string]): Promise<void> {
    const read = await readBody(request);
    let answer = refusal(400, 'bad-body', read.ok ? '' : read.message);
    if (read.ok) {
      try {
        answer = await route(read.body);
      } catch (error) {
        answer = refusal(500, 'bug', String(error));
      }
    }
    this.#answer(response, answer.code, 'application/json', `${JSON.stringify(answer.body)}\n`);
  }

  #show(response: ServerResponse, type: string, body: string | null): void {
    if (body === null) this.#answer(response, 503, 'text/plain', 'the agent is starting\n');
    else this.#answer(response, 200, type, body);
  }

  #answer(response: ServerResponse, code: number, type: string, body: string): void {
    response.writeHead(code, { 'content-type': type, connection: 'close' });
    response.end(body);
  }

  async listen(): Promise<StatusListen> {
    const { path } = this.#o;
    if (Buffer.byteLength(path) > MAX_PATH) {
      return {
        ok: false,
        reason: 'unavailable',
        message: `${path} is too long for a socket; choose a shorter dataDir`,
      };
    }
    if (await isAnswered(path)) {
      const message = `another skein-agent runs with this data directory (${path} answers); stop it first, or set another dataDir`;
      return { ok: false, reason: 'already-running', message };
    }
    return new Promise((resolve) => {
      const failed = (error: Error) => resolve({ ok: false, reason: 'unavailable', message: error.message });
      this.#server.once('error', failed);
      try {
        rmSync(path, { force: true });
      } catch {
        // Listening will say what is wrong.
      }
      this.#server.listen(path, () => {
        this.#server.off('error', failed);
        this.#server.on('error', () => {});
        this.#listening = true;
        chmodSync(path, 0o660);
        resolve({ ok: true });
      });
    });
  }

  async close(): Promise<void> {
    if (!this.#listening) return;
    this.#listening = false;
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }
}
