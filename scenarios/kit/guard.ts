/**
 * Outlives its parent by a few seconds: whatever the parent started and did not end itself is ended here, also when the
 * parent was killed with -9. Runs in a session of its own, so that Ctrl-C at the terminal does not reach it.
 *
 *   parent ──stdin──► `+PID` started, `-PID` gone, end of file: the parent is dead
 */
import { createInterface } from 'node:readline';
import { until } from './until.ts';

const GRACE_MS = 5_000;
const alive = new Set<number>();

process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('SIGHUP', () => {});

for await (const line of createInterface({ input: process.stdin })) {
  const pid = Number(line.slice(1));
  if (!Number.isInteger(pid) || pid <= 1) continue;
  if (line.startsWith('+')) alive.add(pid);
  else alive.delete(pid);
}

/** True when it got the signal: it is still there. */
function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, name);
    return true;
  } catch {
    return false;
  }
}

const inReverse = [...alive].reverse();
for (const pid of inReverse) signal(pid, 'SIGTERM');
try {
  await until(() => !inReverse.some((pid) => signal(pid, 0)), { timeoutMs: GRACE_MS, what: 'orphans to end' });
} catch {
  for (const pid of inReverse) signal(pid, 'SIGKILL');
}
