/** Runs what has to be run, much at once, and no more than the machine can bear. */

export interface Job {
  /** What it takes of the room, which is 1. */
  readonly takes: number;
  readonly browser: boolean;
  /** It gives way to all others, and takes no room. */
  readonly quiet: boolean;
  run(): Promise<void>;
}

export interface Limits {
  /** So many with a browser at once, whatever room is left. */
  readonly browsers: number;
  /** So many quiet ones beside others, and when there are no others any more. */
  readonly quiet: { readonly beside: number; readonly alone: number };
}

/** So that three thirds have room. */
const SLACK = 1e-6;

/**
 * In their order: what finds no room waits for it, and all behind it, so that nothing large is put off for ever; only who waits
 * for a browser to end is passed by. Rejects with the first that does.
 */
export async function runAll(jobs: readonly Job[], { browsers, quiet }: Limits): Promise<void> {
  const waiting = jobs.filter((job) => !job.quiet);
  const waitingQuiet = jobs.filter((job) => job.quiet);
  const running = new Map<Job, Promise<void>>();
  const count = (is: (job: Job) => boolean): number => [...running.keys()].filter(is).length;

  /** The next that may begin, taken out; undefined: none may now. */
  const next = (): Job | undefined => {
    const isFull = count((job) => job.browser) >= browsers;
    const index = waiting.findIndex((job) => !(isFull && job.browser));
    const job = waiting[index];
    const others = [...running.keys()].filter((one) => !one.quiet);
    const taken = others.reduce((sum, { takes }) => sum + takes, 0);
    if (job !== undefined && (others.length === 0 || taken + job.takes <= 1 + SLACK)) {
      return waiting.splice(index, 1)[0];
    }
    const lanes = waiting.length + others.length === 0 ? quiet.alone : quiet.beside;
    return running.size - others.length < lanes ? waitingQuiet.shift() : undefined;
  };

  for (;;) {
    for (let job = next(); job !== undefined; job = next()) {
      const begun = job;
      running.set(
        begun,
        begun.run().finally(() => running.delete(begun)),
      );
    }
    if (running.size === 0) return;
    await Promise.race(running.values());
  }
}
