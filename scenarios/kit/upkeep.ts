/** Maintenance as the people at the desk have it, over the API. */
import { getJson } from './http.ts';
import { until } from './until.ts';

export interface UpkeepSeen {
  readonly total: { readonly flights: number; readonly hours: number };
  readonly sinceInspection: { readonly flights: number };
  readonly holds: readonly string[];
  readonly packs: readonly string[];
}

export interface Snapshot {
  readonly hash: string | null;
  readonly armings: readonly { readonly hash: string | null }[];
}

export class UpkeepDesk {
  readonly #api: string;

  constructor(httpUrl: string) {
    this.#api = `${httpUrl}/api/v1`;
  }

  get<T>(path: string): Promise<T> {
    return getJson<T>(`${this.#api}/${path}`);
  }

  async say(method: 'PUT' | 'POST', path: string, body: object): Promise<void> {
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(`${this.#api}/${path}`, { method, headers, body: JSON.stringify(body) });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  }

  /** Its parameters were read at rest. */
  async read(drone: string): Promise<void> {
    const path = `drones/${drone}/parameters`;
    const isRead = async () => (await this.get<{ hash: string | null }>(path)).hash !== null;
    await until(isRead, { timeoutMs: 90_000, everyMs: 500, what: `the parameters of ${drone}` });
  }

  async counted(drone: string, flights: number): Promise<UpkeepSeen> {
    let seen: UpkeepSeen | null = null;
    const isCounted = async () => {
      seen = await this.get<UpkeepSeen>(`drones/${drone}/upkeep`);
      return seen.total.flights === flights ? seen : undefined;
    };
    const { value } = await until(isCounted, {
      ...{ timeoutMs: 60_000, everyMs: 500, what: `${flights} flights of ${drone}`, seen: () => seen },
    });
    return value;
  }

  /** What is known of so many of its armings. */
  async armed(drone: string, armings: number): Promise<Snapshot> {
    let seen: Snapshot | null = null;
    const isKnown = async () => {
      seen = await this.get<Snapshot>(`drones/${drone}/parameters`);
      return seen.armings.length === armings ? seen : undefined;
    };
    const { value } = await until(isKnown, {
      ...{ timeoutMs: 60_000, everyMs: 500, what: `${armings} armings of ${drone}`, seen: () => seen },
    });
    return value;
  }
}
