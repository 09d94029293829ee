import type { Autopilot } from '../autopilot/autopilot.ts';
import { Schedule } from '../autopilot/schedule.ts';
import type { Random } from '../random.ts';
import type { Stage } from './fault.ts';
import type { FaultRequest } from './read.ts';

interface Running {
  readonly name: string;
  stop(): void;
}

/** The behaviours of one simulation: begun and ended at their virtual times, each with randomness of its own. */
export class Behaviours {
  readonly #autopilot: Autopilot;
  readonly #random: Random;
  /** Not the autopilot's own: a reboot ends nothing here. */
  readonly #agenda = new Schedule();
  readonly #running = new Set<Running>();
  #begun = 0;

  /** Told what could not begin, as a mode that no position of the switch holds; without it that is thrown. */
  onTrouble: ((fault: string, reason: string) => void) | null = null;

  constructor(autopilot: Autopilot, random: Random) {
    this.#autopilot = autopilot;
    this.#random = random;
  }

  get nextDueMs(): number {
    return this.#agenda.nextDueMs;
  }

  /** Names of what is going on or waiting for its time. */
  get names(): readonly string[] {
    return [...this.#running].map(({ name }) => name);
  }

  fire(nowMs: number): void {
    this.#agenda.fire(nowMs);
  }

  /** Begins now or when it is due; the returned function ends it, or takes it back. Safe to call twice. */
  begin({ fault, values, startMs, durationMs }: FaultRequest): () => void {
    this.#begun += 1;
    const stage = this.#stage(this.#random.fork(`${fault.name} ${this.#begun}`));
    const running: Running = {
      name: fault.name,
      stop: () => {
        if (this.#running.delete(running)) stage.end();
      },
    };
    this.#running.add(running);
    const start = (): void => {
      try {
        fault.begin(stage.stage, values);
      } catch (error) {
        running.stop();
        if (this.onTrouble === null || !(error instanceof RangeError)) throw error;
        this.onTrouble(fault.name, error.message);
        return;
      }
      if (durationMs !== Number.POSITIVE_INFINITY) stage.stage.after(durationMs, running.stop);
    };
    if (startMs > 0) stage.stage.after(startMs, start);
    else start();
    return running.stop;
  }

  /** Ends those of this name, or all; tells how many. */
  clear(name?: string): number {
    const ending = [...this.#running].filter((one) => name === undefined || one.name === name);
    for (const one of ending) one.stop();
    return ending.length;
  }

  /** For behaviours that are no fault of the catalogue: a test's own. Ends with the returned function. */
  stage(name: string): { readonly stage: Stage; readonly end: () => void } {
    this.#begun += 1;
    return this.#stage(this.#random.fork(`${name} ${this.#begun}`));
  }

  #stage(random: Random): { readonly stage: Stage; readonly end: () => void } {
    const autopilot = this.#autopilot;
    const undo: (() => void)[] = [];
    const stage: Stage = {
      autopilot,
      random,
      get nowMs() {
        return autopilot.nowMs;
      },
      after: (ms, run) => {
        undo.push(this.#agenda.once(autopilot.nowMs + ms, run));
      },
      every: (ms, run) => {
        undo.push(this.#agenda.every(autopilot.nowMs + ms, ms, run));
      },
      meddle: (meddler) => {
        autopilot.meddlers.add(meddler);
        undo.push(() => autopilot.meddlers.delete(meddler));
      },
      attach: (options) => {
        const port = autopilot.attach(options);
        port.connected = true;
        undo.push(() => autopilot.detach(port));
        return port;
      },
      onEnd: (run) => {
        undo.push(run);
      },
      reboot: () => autopilot.reboot(),
    };
    const end = (): void => {
      // What stands in the agenda first, then the rest in reverse order.
      for (const run of undo.splice(0).reverse()) run();
    };
    return { stage, end };
  }
}
