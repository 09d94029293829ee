/**
 * Asks the controller over HTTP, and asks again when nothing came back: a POST carries an Idempotency-Key, so a resend of
 * the same request never does a thing twice. Refusals are answers, in words.
 */

import { random, thisBrowser } from './this-browser.ts';

export interface Trouble {
  /** Stable code of the problem, or null when the controller gave none. */
  readonly code: string | null;
  readonly words: string;
  /** Nothing came back, or the controller could not say: it may have been taken. The same key may be sent again. */
  readonly open: boolean;
  /** The whole problem, as the controller told it. */
  readonly problem?: Readonly<Record<string, unknown>>;
}

export type Asked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly trouble: Trouble };

/** How long one try may take, and for how long it is tried again without asking the operator. */
const TRY_MS = 4_000;
const KEEP_TRYING_MS = 9_000;
const PAUSES_MS = [300, 1_000, 2_000, 3_000];

export interface SendPorts {
  readonly fetch: typeof fetch;
  readonly monoMs: () => number;
  readonly wait: (ms: number) => Promise<void>;
}

const BROWSER: SendPorts = {
  fetch: (input, init) => fetch(input, init),
  monoMs: () => performance.now(),
  wait: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};

/** 128 random bits, after what stands for this browser. */
export function newKey(): string {
  return `${thisBrowser}-${random(16)}`;
}

export interface Request {
  /** With a body it is a POST; text goes as it is. */
  readonly body?: unknown;
  readonly key?: string;
}

export async function ask(path: string, request: Request, ports: SendPorts = BROWSER): Promise<Asked<unknown>> {
  const startMs = ports.monoMs();
  for (let attempt = 0; ; attempt += 1) {
    const asked = await once(path, request, ports);
    const pauseMs = PAUSES_MS[Math.min(attempt, PAUSES_MS.length - 1)] ?? 0;
    if (asked.ok || !asked.trouble.open || ports.monoMs() - startMs + pauseMs > KEEP_TRYING_MS) return asked;
    await ports.wait(pauseMs);
  }
}

async function once(path: string, { body, key }: Request, ports: SendPorts): Promise<Asked<unknown>> {
  const isText = typeof body === 'string';
  let response: Response;
  try {
    response = await ports.fetch(path, {
      signal: AbortSignal.timeout(TRY_MS),
      ...(body === undefined ? {} : { method: 'POST', body: isText ? body : JSON.stringify(body) }),
      headers: {
        accept: 'application/json, application/problem+json',
        ...(body === undefined ? {} : { 'content-type': isText ? 'text/plain' : 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
    });
  } catch {
    return failed(null, 'The controller did not answer.', true);
  }
  let value: unknown = null;
  try {
    value = await response.json();
  } catch {
    // Not JSON; the status says enough, and a good answer that is not JSON is told as such by whoever reads it.
  }
  if (response.ok) return { ok: true, value };
  const problem = (typeof value === 'object' && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  const said = [problem.title, problem.detail].filter((part) => typeof part === 'string' && part !== '');
  const code = typeof problem.code === 'string' ? problem.code : null;
  const words =
    said.length > 0 ? `${said.join(': ')}.`.replace(/\.\.$/, '.') : `The controller answered HTTP ${response.status}.`;
  return failed(code, words, response.status >= 500, problem);
}

export function failed(
  code: string | null,
  words: string,
  open: boolean,
  problem: Trouble['problem'] = {},
): Asked<never> {
  return { ok: false, trouble: { code, words, open, problem } };
}
