/** The controller’s API, as a shop and the people at the pads use it. */
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
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 300)}`);
    return (text === '' ? null : JSON.parse(text)) as T;
  }
}
