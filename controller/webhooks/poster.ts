/**
 * One POST over HTTP(S), and what came of it. Redirects are not followed: a receiver must not be able to send us on into
 * networks that only we can reach. Of the answer only the status is looked at.
 */
import http from 'node:http';
import https from 'node:https';
import type { Message, Outcome, Poster } from './ports.ts';

/** Of an answer's body, read so that the connection can be used again; past it the connection is ended. */
const MAX_ANSWER_BYTES = 64_000;

export function httpPoster(): Poster {
  const agents = {
    'http:': new http.Agent({ keepAlive: true, maxSockets: 1 }),
    'https:': new https.Agent({ keepAlive: true, maxSockets: 1 }),
  };
  return {
    post: (message) =>
      post(message, message.url.protocol === 'https:' ? [https, agents['https:']] : [http, agents['http:']]),
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

type Way = readonly [typeof http, http.Agent] | readonly [typeof https, https.Agent];

function post({ url, headers, body, timeoutMs, signal }: Message, [module, agent]: Way): Promise<Outcome> {
  return new Promise((resolve) => {
    let [wasReached, isLate] = [false, false];
    const about = { method: 'POST', agent, headers: { ...headers, 'content-length': Buffer.byteLength(body) } };
    const request = module.request(url, about);
    const late = setTimeout(() => {
      isLate = true;
      request.destroy(new Error(`no answer within ${timeoutMs} ms`));
    }, timeoutMs);
    const settle = (outcome: Outcome) => {
      signal.removeEventListener('abort', stop);
      resolve(outcome);
    };
    const stop = () => request.destroy(new Error('this controller stops'));
    const failed = (error: Error) => {
      clearTimeout(late);
      // A connection that was kept may have been closed while the request was on its way: another try says more.
      const isHeard = wasReached && (isLate || !request.reusedSocket);
      settle({ kind: isHeard ? 'unwell' : 'unheard', words: wordsOf(error) });
    };
    signal.addEventListener('abort', stop);
    request.once('socket', (socket) => {
      const reached = () => {
        wasReached = true;
      };
      if (request.reusedSocket) reached();
      else socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', reached);
    });
    request.once('error', failed);
    request.once('response', (answer) => {
      settle(outcomeOf(answer.statusCode ?? 0));
      let bytes = 0;
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > MAX_ANSWER_BYTES) request.destroy();
      });
      answer.once('error', () => {});
      answer.once('close', () => clearTimeout(late));
    });
    if (signal.aborted) stop();
    request.end(body);
  });
}

function outcomeOf(status: number): Outcome {
  if (status >= 200 && status < 300) return { kind: 'taken' };
  if (status === 410) return { kind: 'gone' };
  const words = `answered ${status}`;
  if (status >= 300 && status < 400) return { kind: 'refused', words: `${words}: redirects are not followed` };
  return { kind: status >= 500 || status === 429 || status === 408 ? 'unwell' : 'refused', words };
}

/** Without the address: its path may be a secret. */
function wordsOf(error: Error & { readonly code?: string }): string {
  if (error instanceof AggregateError) return wordsOf(error.errors[0]);
  return (error.code ?? error.message).slice(0, 200);
}
