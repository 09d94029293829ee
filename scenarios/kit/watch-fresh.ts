import type { LiveFollower } from './live.ts';

/** Watches that some drones stay fresh; ends with what it saw otherwise. */
export class WatchFresh {
  readonly #stop: () => void;
  readonly #seen = new Set<string>();

  constructor(live: LiveFollower, ids: readonly string[]) {
    this.#stop = live.onChange(() => {
      for (const id of ids) {
        const drone = live.drones.get(id);
        if (!drone?.online) this.#seen.add(`${id} offline`);
        else if (drone.freshness.state !== 'fresh') this.#seen.add(`${id} ${drone.freshness.state}`);
      }
    });
  }

  /** Everything that was not as it should be; nothing is watched any more. */
  end(): readonly string[] {
    this.#stop();
    return [...this.#seen];
  }
}
