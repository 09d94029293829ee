/** Asks a running agent over its unix socket. */
import { request } from 'node:http';

const WAIT_MS = 3_000;
const MAX_BYTES = 4 << 20;

export type Asked = { readonly ok: true; readonly body: string } | { readonly ok: false; readonly reason: string };

export function askAgent(socketPath: string, path: '/status' | '/metrics'): Promise<Asked> {
  return new Promise((resolve) => {
    const ask = request({ socketPath, path, timeout: WAIT_MS }, (response) => {
      let body = '';
      response.setEncoding('utf8');
      response.on('data', (text: string) => {
        body += text;
        if (body.length > MAX_BYTES) ask.destroy(new Error('answer too long'));
      });
      response.on('end', () =>
        resolve(response.statusCode === 200 ? { ok: true, body } : { ok: false, reason: body.trim() }),
      );
    });
    ask.on('timeout', () => ask.destroy(new Error('no answer within 3 s')));
    ask.on('error', (error: NodeJS.ErrnoException) => resolve({ ok: false, reason: error.code ?? error.message }));
    ask.end();
  });
}
