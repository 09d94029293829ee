/** What a flight with itineraries needs of an autopilot, set by the pilot's line and put back afterwards. */
import type { Make } from './makes.ts';
import type { Pilot } from './pilot.ts';

export class Fitted {
  readonly #pilot: Pilot;
  readonly #before = new Map<string, number>();

  constructor(pilot: Pilot) {
    this.#pilot = pilot;
  }

  get words(): string {
    return [...this.#before].map(([name, was]) => `${name} was ${was}`).join(', ');
  }

  /** What the autopilot does not know it is not asked for. */
  async set(wanted: Make['forFlight']): Promise<void> {
    for (const [name, value] of wanted) {
      const was = await this.#pilot.set(name, value);
      if (was !== null) this.#before.set(name, was);
    }
  }

  async putBack(): Promise<string> {
    const failed: string[] = [];
    for (const [name, was] of [...this.#before].reverse()) {
      try {
        await this.#pilot.set(name, was);
      } catch (error) {
        failed.push(error instanceof Error ? error.message : String(error));
      }
    }
    if (failed.length > 0) throw new Error(failed.join(', '));
    return `${this.#before.size} parameters as they were`;
  }
}
