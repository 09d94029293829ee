/** A process that runs test files. */
import { spawn } from 'node:child_process';
import { endedChildrenS } from './processor.ts';
import { type Result, resultsOf } from './test-results.ts';

/** What a file may take to end after its tests timed out, before it is killed; and its output, after it has ended. */
const GRACE_S = 30;
/** Of those that give way, as of nice(1). */
const NICE = '15';

export interface TestProcess {
  readonly root: string;
  /** Its folder for what is temporary. */
  readonly scratch: string;
  /** It gives way to all others. */
  readonly quiet: boolean;
  readonly limitS: number;
  readonly graceS?: number;
}

let endedS = endedChildrenS() ?? 0;

/** What has been added since it was asked last: of two that end in the same moment the first has it all. */
function cpuOfEnded(): number | null {
  const nowS = endedChildrenS();
  if (nowS === null) return null;
  const cpuS = nowS - endedS;
  endedS = nowS;
  return cpuS;
}

/** One file is a process of its own; several share one (run-together.ts). */
export function runFiles(
  files: readonly string[],
  { root, scratch, quiet, limitS, graceS = GRACE_S }: TestProcess,
): Promise<readonly Result[]> {
  const began = performance.now();
  const { promise, resolve } = Promise.withResolvers<readonly Result[]>();
  const env = { ...process.env, TAP_TIMEOUT: String(limitS), TMPDIR: scratch };
  const node = [process.execPath, ...(files.length === 1 ? files : ['run-together.ts', ...files])];
  // Not afterwards: each thread of a process has a priority of its own, and by then there are some.
  const [command = '', ...args] = quiet ? ['nice', '-n', NICE, ...node] : node;
  const child = spawn(command, args, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let cpuS: number | null = null;
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => said.push(bytes));
  let late = setTimeout(() => child.kill('SIGKILL'), (limitS + graceS) * 1000);
  let left = '';
  child.on('exit', () => {
    cpuS = cpuOfEnded();
    clearTimeout(late);
    late = setTimeout(() => {
      left = 'what it started goes on, and holds its output';
      for (const stream of [child.stdout, child.stderr]) stream.destroy();
    }, graceS * 1000);
  });
  child.on('close', (code, signal) => {
    clearTimeout(late);
    const tookS = (performance.now() - began) / 1000;
    const ended = left || String(signal ?? code);
    resolve(resultsOf({ files, tookS, cpuS, tap: Buffer.concat(said).toString(), ended }));
  });
  return promise;
}
