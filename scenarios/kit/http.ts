import http from 'node:http';

const TIMEOUT_MS = 5_000;

export interface Answer {
  readonly status: number;
  readonly text: string;
}

interface Options {
  /** Over a unix socket instead of TCP. */
  readonly socketPath?: string;
}

function ask(url: string, o: Options & { readonly method: 'GET' | 'POST'; readonly body?: string }): Promise<Answer> {
  const { method, body, ...where } = o;
  return new Promise((resolve, reject) => {
    const headers = body === undefined ? {} : { 'content-type': 'application/json' };
    const request = http.request(url, { ...where, method, headers, agent: false, timeout: TIMEOUT_MS }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString('utf8') }),
      );
    });
    request.on('timeout', () => request.destroy(new Error(`${url} did not answer within ${TIMEOUT_MS} ms`)));
    request.on('error', reject);
    request.end(body);
  });
}

/** GET over TCP (`http://…`) or, with `socketPath`, over a unix socket. */
export const get = (url: string, options: Options = {}): Promise<Answer> => ask(url, { ...options, method: 'GET' });

/** POST of JSON. */
export const post = (url: string, body: object, options: Options = {}): Promise<Answer> =>
  ask(url, { ...options, method: 'POST', body: JSON.stringify(body) });

/** The JSON of a 200 answer; anything else is an error that quotes it. */
export async function getJson<T>(url: string, options: { readonly socketPath?: string } = {}): Promise<T> {
  const answer = await get(url, options);
  if (answer.status !== 200) throw new Error(`GET ${url}: ${answer.status} ${answer.text.slice(0, 300)}`);
  return JSON.parse(answer.text) as T;
}

/** Prometheus text as a map from `name` or `name{labels}` to value. */
export function readMetrics(text: string): Map<string, number> {
  const metrics = new Map<string, number>();
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue;
    const cut = line.lastIndexOf(' ');
    if (cut > 0) metrics.set(line.slice(0, cut), Number(line.slice(cut + 1)));
  }
  return metrics;
}

/** The sum over all labels of one metric; null when there is none of that name. */
export function metricSum(metrics: ReadonlyMap<string, number>, name: string): number | null {
  const found = [...metrics].filter(([key]) => key === name || key.startsWith(`${name}{`));
  return found.length === 0 ? null : found.reduce((sum, [, value]) => sum + value, 0);
}
