import fs from 'node:fs';

/** Pids of every living process below `root` (not itself), children before grandchildren. Linux. */
export function descendants(root: number): number[] {
  const children = new Map<number, number[]>();
  for (const name of fs.readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isInteger(pid)) continue;
    const parent = parentOf(pid);
    if (parent !== null) children.set(parent, [...(children.get(parent) ?? []), pid]);
  }
  const found: number[] = [];
  for (let next = children.get(root) ?? []; next.length > 0; ) {
    found.push(...next);
    next = next.flatMap((pid) => children.get(pid) ?? []);
  }
  return found;
}

function parentOf(pid: number): number | null {
  try {
    const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : Number(parent);
  } catch {
    return null;
  }
}

/** Does a process of that pid still run (a zombie does not)? */
export function isAlive(pid: number): boolean {
  return parentOf(pid) !== null;
}

export interface ThreadTime {
  readonly userS: number;
  readonly kernelS: number;
}

/** Processor time of a process by the names of its threads (MainThread, V8Worker, what `new Worker` was told), s. Linux. */
export function threadTimes(pid: number): ReadonlyMap<string, ThreadTime> {
  const times = new Map<string, ThreadTime>();
  for (const thread of fs.readdirSync(`/proc/${pid}/task`)) {
    try {
      const stat = fs.readFileSync(`/proc/${pid}/task/${thread}/stat`, 'utf8');
      const name = stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'));
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      const { userS, kernelS } = times.get(name) ?? { userS: 0, kernelS: 0 };
      const [user = 0, kernel = 0] = [Number(fields[11]) / TICKS_PER_S, Number(fields[12]) / TICKS_PER_S];
      times.set(name, { userS: userS + user, kernelS: kernelS + kernel });
    } catch {
      // It has ended meanwhile.
    }
  }
  return times;
}

export interface Usage {
  /** Processor time used since its start, user and system, s. */
  readonly cpuS: number;
  readonly rssBytes: number;
  /** Handed to the disk, page by page, since its start. */
  readonly writtenBytes: number;
}

const TICKS_PER_S = 100;

/** Processor time of the main thread alone, s: what it costs the event loop, whatever the workers do. Linux. */
export function mainThreadS(pid: number): number {
  const stat = fs.readFileSync(`/proc/${pid}/task/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S;
}

/** What a process has used, from /proc. Linux. */
export function usageOf(pid: number): Usage {
  const stat = fs.readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const io = fs.readFileSync(`/proc/${pid}/io`, 'utf8');
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8');
  return {
    cpuS: (Number(fields[11]) + Number(fields[12])) / TICKS_PER_S,
    rssBytes: Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024,
    writtenBytes: Number(/^write_bytes: (\d+)/m.exec(io)?.[1] ?? 0),
  };
}
