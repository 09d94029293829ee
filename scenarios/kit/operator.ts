import type { Role } from '@skein/protocol/fleet';
import { until } from './until.ts';

export interface Step {
  readonly state: string;
  readonly reason: string | null;
  readonly words: string | null;
  readonly at: string;
}

export interface Delivery extends Step {
  readonly drone: string;
  readonly detail: Readonly<Record<string, unknown>> | null;
  /** What was sent in place of the command's type. */
  readonly sentAs: string | null;
  readonly steps: readonly Step[];
}

export interface Commanded {
  readonly id: string;
  readonly type: string;
  readonly deliveries: readonly Delivery[];
}

export type Targets = readonly string[] | 'all' | { readonly group: string };

export interface PostOptions {
  readonly params?: Readonly<Record<string, unknown>>;
  readonly expiresInS?: number;
  readonly staggerMs?: number;
  readonly maxFailures?: number;
  /** In an identity conflict: the one that is meant. */
  readonly session?: string;
}

const FINAL = new Set(['succeeded', 'failed', 'rejected', 'expired', 'cancelled', 'superseded', 'unknown']);

/** A person with a name at the controller's API. */
export class Operator {
  readonly name: string;
  readonly role: Role = 'admin';
  readonly #httpUrl: string;

  constructor(httpUrl: string, name = 'Ann') {
    this.#httpUrl = httpUrl;
    this.name = name;
  }

  async post(targets: Targets, type: string, o: PostOptions = {}): Promise<Commanded> {
    const answer = await fetch(`${this.#httpUrl}/api/v1/commands`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ targets, type, params: {}, issuedBy: this.name, ...o }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${type}: ${answer.status} ${text}`);
    return JSON.parse(text) as Commanded;
  }

  async look(id: string): Promise<Commanded> {
    return (await (await fetch(`${this.#httpUrl}/api/v1/commands/${id}`)).json()) as Commanded;
  }

  async cancel(id: string): Promise<void> {
    await fetch(`${this.#httpUrl}/api/v1/commands/${id}/cancel`, { method: 'POST' });
  }

  /** Waits until every delivery has its final state. */
  async fates(id: string, withinMs = 60_000): Promise<readonly Delivery[]> {
    let last: Commanded | null = null;
    await until(
      async () => {
        last = await this.look(id);
        return last.deliveries.every(({ state }) => FINAL.has(state));
      },
      { timeoutMs: withinMs, what: `the fate of ${id}`, seen: () => last?.deliveries },
    );
    return (await this.look(id)).deliveries;
  }

  /** One command to one drone, to its end. */
  async order(drone: string, type: string, params: Readonly<Record<string, unknown>> = {}): Promise<Delivery> {
    const { id } = await this.post([drone], type, { params });
    const [delivery] = await this.fates(id);
    if (delivery === undefined) throw new Error(`${type} to ${drone} has no delivery`);
    return delivery;
  }

  /** Waits until one delivery has come to one of these states. */
  async reaches(id: string, states: readonly string[], withinMs = 30_000): Promise<Delivery> {
    let seen: readonly Delivery[] = [];
    const { value } = await until(
      async () => {
        seen = (await this.look(id)).deliveries;
        return seen.find(({ state }) => states.includes(state));
      },
      { timeoutMs: withinMs, what: `${id} to be ${states.join(' or ')}`, seen: () => seen },
    );
    return value;
  }
}
