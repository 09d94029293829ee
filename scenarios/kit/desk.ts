/** The alerts as the people at the desk have them, over the API: what is open, and how often each was raised. */
import { until } from './until.ts';

export interface AlertSeen {
  readonly id: string;
  readonly class: string;
  readonly severity: string;
  readonly state: string;
  readonly open: boolean;
  readonly drone: string | null;
  readonly words: string;
  readonly whatToDo: string;
  readonly proposal: { readonly type: string; readonly state: string; readonly by?: string } | null;
}

/** What a busy machine adds to the times of docs/alerts.md, which are proved in virtual time. */
const SLACK_MS = 20_000;
const PAGE = 200;

export class Desk {
  readonly #httpUrl: string;

  constructor(httpUrl: string) {
    this.#httpUrl = httpUrl;
  }

  /** Every one there ever was, newest first. */
  async all(): Promise<readonly AlertSeen[]> {
    const answer = await fetch(`${this.#httpUrl}/api/v1/alerts?limit=${PAGE}`);
    return ((await answer.json()) as { readonly alerts: readonly AlertSeen[] }).alerts;
  }

  async of(drone: string): Promise<readonly AlertSeen[]> {
    return (await this.all()).filter((one) => one.drone === drone);
  }

  /** Each time one was raised, its class; open or not. */
  async raised(drone: string): Promise<readonly string[]> {
    return (await this.of(drone)).map((one) => one.class).sort();
  }

  /** Waits until it is open, and so; resolves with how long that took, ms. */
  async opens(drone: string, name: string, withinMs: number, so: (one: AlertSeen) => boolean = () => true) {
    return this.#waits(drone, name, withinMs, (one) => one.open && so(one));
  }

  /** Waits until it is over. */
  async ends(drone: string, name: string, withinMs: number) {
    return this.#waits(drone, name, withinMs, (one) => !one.open);
  }

  async #waits(drone: string, name: string, withinMs: number, so: (one: AlertSeen) => boolean) {
    let seen: readonly AlertSeen[] = [];
    return until(
      async () => {
        seen = await this.of(drone);
        return seen.find((one) => one.class === name && so(one));
      },
      {
        timeoutMs: withinMs + SLACK_MS,
        everyMs: 250,
        what: `${name} of ${drone}`,
        seen: () => seen.map((one) => `${one.class} ${one.severity} ${one.state}: ${one.words}`),
      },
    );
  }

  /** As an operator. */
  async deed(id: string, deed: 'accept' | 'acknowledge' | 'dismiss', issuedBy = 'Ann'): Promise<number> {
    const answer = await fetch(`${this.#httpUrl}/api/v1/alerts/${id}/${deed}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ issuedBy }),
    });
    await answer.text();
    return answer.status;
  }
}
