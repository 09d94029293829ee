/** Asks a running agent over its unix socket. */
import { request } from 'node:http';

const WAIT_MS = 3_000;
const MAX_BYTES = 4 << 20;

export type Asked =
  | { readonly ok: true; readonly body: string }
  /** `reached`: an agent is there and said no. */
  | { readonly ok: false; readonly reason: string; readonly reached: boolean };

export interface AskOptions {
  readonly method?: 'GET' | 'POST';
  readonly body?: object;
  /** What takes its time (a parameter list over a narrow line) waits longer, ms. */
  readonly waitMs?: number;
}

export function askAgent(socketPath: string, path: string, o: AskOptions = {}): Promise<Asked> {
  const { method = 'GET', body: sent, waitMs = WAIT_MS } = o;
  return new Promise((resolve) => {
    const ask = request({ socketPath, path, method, timeout: waitMs }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
        if (body.length > MAX_BYTES) ask.destroy(new Error('answer too long'));
      });
      response.on('end', () =>
        resolve(response.statusCode === 200 ? { ok: true, body } : { ok: false, reason: body.trim(), reached: true }),
      );
    });
    ask.on('timeout', () => ask.destroy(new Error(`no answer within ${waitMs / 1000} s`)));
    ask.on('error', (error: NodeJS.ErrnoException) =>
      resolve({ ok: false, reason: error.code ?? error.message, reached: false }),
    );
    ask.end(sent === undefined ? undefined : JSON.stringify(sent));
  });
}
