import type { Agent } from './agent.ts';

const EVERY_MS = 250;

/** Follows an agent's own count of how long its commits take, over kills and restarts; keeps the longest. */
export class CommitWatch {
  readonly #timer: NodeJS.Timeout;
  #longestMs = 0;

  constructor(agent: Agent) {
    this.#timer = setInterval(() => {
      if (!agent.program.isReady) return;
      agent.metrics().then(
        (metrics) => this.#note(metrics),
        () => {
          // Killed while it was asked.
        },
      );
    }, EVERY_MS);
  }

  get longestMs(): number {
    return this.#longestMs;
  }

  #note(metrics: ReadonlyMap<string, number>): void {
    this.#longestMs = Math.max(this.#longestMs, (metrics.get('skein_agent_longest_commit_seconds') ?? 0) * 1e3);
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
