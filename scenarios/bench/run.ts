/** `make bench`: every benchmark after the other, each in a process of its own so that none warms up the next. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

const benches = ['parse.ts', 'agent.ts', 'ingest.ts'];
const wanted = process.argv.slice(2);
let failed = 0;
for (const bench of benches) {
  if (wanted.length > 0 && !wanted.some((name) => bench.startsWith(name))) continue;
  const run = spawnSync(process.execPath, [path.join(import.meta.dirname, bench)], { stdio: 'inherit' });
  if (run.status !== 0) {
    console.error(`${bench} failed`);
    failed += 1;
  }
}
process.exit(failed === 0 ? 0 : 1);
