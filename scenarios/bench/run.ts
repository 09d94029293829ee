/** `make bench`: every benchmark after the other, each in a process of its own so that none warms up the next. */
import { spawnSync } from 'node:child_process';
import path from 'node:path';

/** With how many drones and how long, where it can be said: the whole fleet is `make bench-load`. */
const benches = {
  'parse.ts': {},
  'codec.ts': {},
  'agent.ts': {},
  'uplink.ts': {},
  'disk.ts': {},
  'events.ts': {},
  'load.ts': { DRONES: '500', SECONDS: '5' },
  'backlog.ts': {},
  'return.ts': {},
  'planning.ts': {},
  'viewers.ts': {},
  'page.ts': {},
};
const wanted = process.argv.slice(2);
let failed = 0;
for (const [bench, size] of Object.entries(benches)) {
  if (wanted.length > 0 && !wanted.some((name) => bench.startsWith(name))) continue;
  const run = spawnSync(process.execPath, [path.join(import.meta.dirname, bench)], {
    stdio: 'inherit',
    env: { ...size, ...process.env },
  });
  if (run.status !== 0) {
    console.error(`${bench} failed`);
    failed += 1;
  }
}
process.exit(failed === 0 ? 0 : 1);
