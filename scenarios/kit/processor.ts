/** What of the processor is left, and what children took of it. */
import fs from 'node:fs';
import os from 'node:os';

const TICKS_PER_S = 100;
/** Starts of programs come in bursts: one second says little. */
const WINDOW = 4;

interface Sample {
  readonly atMs: number;
  /** Of all processors together; what goes to programs of low priority is not counted: they give way. */
  readonly busyMs: number;
}

function sample(): Sample {
  const busyMs = os.cpus().reduce((sum, { times }) => sum + times.user + times.sys + times.irq, 0);
  return { atMs: performance.now(), busyMs };
}

/** Looked at once a second. */
export class Spare {
  readonly #samples: Sample[] = [sample()];

  constructor() {
    setInterval(() => {
      this.#samples.push(sample());
      if (this.#samples.length > WINDOW) this.#samples.shift();
    }, 1_000).unref();
  }

  /** How many of those this process may use were left over in the last seconds. */
  get processors(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (first === undefined || last === undefined || last.atMs === first.atMs) return 0;
    return os.availableParallelism() - (last.busyMs - first.busyMs) / (last.atMs - first.atMs);
  }
}

/** Processor time of all children of this process that have ended, and of theirs, s. Null where the system does not say. */
export function endedChildrenS(): number | null {
  try {
    const stat = fs.readFileSync('/proc/self/stat', 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_S;
  } catch {
    return null;
  }
}
