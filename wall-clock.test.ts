/** House rule, as tidy.test.ts has others: nothing waits, orders or expires by a wall clock. Who reads one stands here, with what for. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';

const READERS: Readonly<Record<string, string>> = {
  'agent/ports.ts': 'the port: what the board believes, to be told in clock records',
  'agent/log/log.ts': 'stamp of a log line',
  'agent/tools-bundle.ts': 'name and stamp of a file for people',
  'agent/tools-doctor.ts': 'what the board believes, to be held against what it cannot be earlier than',
  'agent/tools-logs.ts': 'what "ten minutes ago" is, for a person, in stamps of log lines',
  'agent/tools-params.ts': 'name of a file for people',
  'agent/tools-report.ts': 'when a report was made, for people',
  'agent/tools.ts': 'when a lock was set, for people, where no agent runs',
  'agent/commands/log-shelf.ts': 'which copy of a log goes first when room is needed; each can be fetched again',
  'controller/basemap/basemap.ts': 'whether a file is still the one that was looked at: compared for equality',
  'controller/export.ts': 'the end of a range that nobody named: now, for a person',
  'controller/maintenance.ts': 'stamps of what a person does to a directory while no controller runs',
  'controller/store/sqlite-store.ts': 'where no clock is given (tools, tests): when a signed checkpoint was made',
  'controller/system-clock.ts': 'the port: stamps of arrival, issue, events',
  'controller/store/query-bound.ts': 'the start of this process, to carry a monotonic bound to a worker',
  'hardware/board/network-time.ts': 'a mark that is compared for equality',
  'hardware/simulator/program.ts': 'the time its receiver begins with',
  'hardware/simulator/tlog.ts': 'stamp of a recorded frame',
};

/** The page only shows; where it has not yet heard the controller's time it takes the browser's. */
const LEFT_OUT = /^controller\/web\/|\.test\.tsx?$|\/testing\/|testkit\.ts$/;
const READS = /\bDate\.now\(|new Date\(\)|\b[mc]timeMs\b|\btimeOrigin\b/;

t.test('who reads a wall clock is listed, and who is listed reads one', async (t) => {
  const root = import.meta.dirname;
  const listing = ['ls-files', '--cached', '--others', '--exclude-standard', 'agent', 'controller', 'hardware'];
  const found = execFileSync('git', listing, { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((path) => /\.tsx?$/.test(path) && !LEFT_OUT.test(path) && existsSync(join(root, path)))
    .filter((path) => READS.test(readFileSync(join(root, path), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '')));
  t.same(found.sort(), Object.keys(READERS).sort());
});
