/** The controller’s API, as a shop and the people at the pads use it. */
import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';

/** Asked again after, ms, so often at most: longer than a controller takes to come back. */
const AGAIN_MS = 1000;
const TRIES = 120;

/** An answer that is none: the controller is not there, or its database is slow; with the same request it may say more. */
class NotNow extends Error {}

export class Api {
  readonly #url: string;
  readonly #signal: AbortSignal;

  constructor(url: string, signal: AbortSignal) {
    this.#url = url;
    this.#signal = signal;
  }

  get<T>(path: string): Promise<T> {
    return this.#call('GET', path);
  }

  /** @param key said again with the same one, it is done once */
  post<T>(path: string, body: object, key?: string): Promise<T> {
    return this.#call('POST', path, body, key === undefined ? {} : { 'idempotency-key': key });
  }

  put<T>(path: string, body: object): Promise<T> {
    return this.#call('PUT', path, body);
  }

  /** As people do who must be certain: until it is done, or refused. */
  certain(): Pick<Api, 'post' | 'put'> {
    return {
      put: (path, body) => this.#insist(() => this.put(path, body)),
      post: (path, body, key = randomUUID()) => this.#insist(() => this.post(path, body, key)),
    };
  }

  async #insist<T>(ask: () => Promise<T>): Promise<T> {
    for (let tries = 1; ; tries++) {
      try {
        return await ask();
      } catch (error) {
        const isNotNow = error instanceof NotNow || (error instanceof TypeError && !this.#signal.aborted);
        if (!isNotNow || tries >= TRIES) throw error;
        await pause(AGAIN_MS, undefined, { signal: this.#signal });
      }
    }
  }

  async #call<T>(
    method: string,
    path: string,
    body?: object,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<T> {
    const answer = await fetch(`${this.#url}/api/v1${path}`, {
      ...{ method, signal: this.#signal },
      ...(body === undefined
        ? {}
        : { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const wrong = `${method} ${path}: ${answer.status} ${text.slice(0, 300)}`;
    if (answer.status === 503) throw new NotNow(wrong);
    if (!answer.ok) throw new Error(wrong);
    return (text === '' ? null : JSON.parse(text)) as T;
  }
}
