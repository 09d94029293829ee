/** What became of test files, read from what their process printed. */

export interface Count {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

export interface Result {
  readonly file: string;
  readonly tookS: number;
  /** Processor time of all its processes; null where the system does not say. */
  readonly cpuS: number | null;
  /** What it printed, in the Test Anything Protocol, and beside it. */
  readonly tap: string;
  readonly count: Count;
}

export interface Ended {
  /** Of one process, in the order in which it ran them. */
  readonly files: readonly string[];
  readonly tookS: number;
  readonly cpuS: number | null;
  readonly tap: string;
  /** Its exit code or signal. */
  readonly ended: string;
}

/** Named tests that failed, passed or were left out: what a person calls a test. */
function countTests(tap: string, file: string): Count {
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const [line, not, name] of tap.matchAll(/^(not )?ok \d+ (?:- )?(.*)$/gm)) {
    if (name?.startsWith(`${file} #`) === true || name === file) continue;
    count[/ # SKIP\b/.test(line) ? 'skipped' : not === undefined ? 'passed' : 'failed']++;
  }
  return count;
}

const isEmpty = ({ passed, failed, skipped }: Count): boolean => passed + failed + skipped === 0;

const OVER = /^# over: (\S+), ([\d.]+) s, ([\d.]+) s of processor$/m;

/** Each file's own; one that did not come to its end, showed nothing, or whose process ended otherwise than well has failed. */
export function resultsOf({ files, tookS, cpuS, tap, ended }: Ended): readonly Result[] {
  const results: Result[] = [];
  let rest = tap;
  for (const file of files.length === 1 ? [] : files) {
    const over = OVER.exec(rest);
    if (over === null || over[1] !== file) break;
    const own = rest.slice(0, over.index);
    rest = rest.slice(over.index + over[0].length);
    results.push({ file, tookS: Number(over[2]), cpuS: Number(over[3]), tap: own, count: countTests(own, file) });
  }
  // In which it ended; all came to their end: none of them.
  const inside = results.length < files.length && files.length > 1 ? results.length : null;
  const told = results.reduce((sum, result) => sum + result.tookS, 0);
  for (const [n, file] of files.slice(results.length).entries()) {
    const own = n === 0 ? rest : '';
    results.push({ file, tookS: n === 0 ? tookS - told : 0, cpuS, tap: own, count: countTests(own, file) });
  }
  const unexplained = ended !== '0' && results.every(({ count }) => count.failed === 0);
  const blamed = inside ?? (unexplained ? results.length - 1 : null);
  return results.map((result, n) => {
    const { count } = result;
    if (count.failed > 0 || (!isEmpty(count) && n !== blamed)) return result;
    const why = `# ${isEmpty(count) ? 'it showed no test; ' : ''}its process ended: ${ended}\n`;
    return { ...result, tap: `${result.tap.trimEnd()}\n${why}`, count: { ...count, failed: 1 } };
  });
}
