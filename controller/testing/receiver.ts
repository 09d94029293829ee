/** A receiver of webhooks on a port of this machine: the far end, with its moods. */
import { once } from 'node:events';
import http, { type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  /** What it was answered; null: never. */
  readonly answered: number | null;
}

/** A status; hang: takes it and never answers; drop: cuts the connection; slow: answers 200 after so many ms. */
export type Mood = number | 'hang' | 'drop' | { readonly slowMs: number };

export class Receiver {
  readonly heard: Heard[] = [];
  /** Asked at each message; `n` counts those heard before. */
  mood: (n: number, body: string) => Mood = () => 200;
  #server: http.Server | null = null;
  #port = 0;

  get url(): string {
    return `http://127.0.0.1:${this.#port}/hook`;
  }

  /** What was taken, in order: the parsed bodies. */
  get taken(): readonly Record<string, unknown>[] {
    return this.heard.filter(({ answered }) => answered === 200).map(({ body }) => JSON.parse(body));
  }

  /** On the port it had before, if it had one. */
  async up(): Promise<void> {
    const server = http.createServer((request, answer) => {
      const parts: Buffer[] = [];
      request.on('data', (part: Buffer) => parts.push(part));
      request.on('end', () => this.#answer(request.headers, Buffer.concat(parts).toString(), answer));
    });
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  async down(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    if (server === null) return;
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  }

  #answer(headers: IncomingHttpHeaders, body: string, answer: ServerResponse): void {
    const mood = this.mood(this.heard.length, body);
    const status = typeof mood === 'number' ? mood : typeof mood === 'object' ? 200 : null;
    this.heard.push({ headers, body, answered: status });
    if (mood === 'drop') answer.destroy();
    else if (typeof mood === 'object') setTimeout(() => answer.writeHead(200).end(), mood.slowMs);
    else if (status !== null) answer.writeHead(status, { location: 'http://127.0.0.1:9/elsewhere' }).end('{}');
  }
}
