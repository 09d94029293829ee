/**
 * Runs test files in this process, one after the other, so that what they import is loaded once. After each stands a line
 * `# over: FILE, … s, … s of processor` (scenarios/kit/test-results.ts reads it). Started by run-tests.ts.
 */
import { pathToFileURL } from 'node:url';
import t from 'tap';

for (const file of process.argv.slice(2)) {
  const began = performance.now();
  const before = process.cpuUsage();
  await import(pathToFileURL(file).href);
  // Whatever the file has queued comes before this.
  await t.test(file, async () => {});
  const { user, system } = process.cpuUsage(before);
  const tookS = (performance.now() - began) / 1000;
  t.comment(`over: ${file}, ${tookS.toFixed(2)} s, ${((user + system) / 1e6).toFixed(2)} s of processor`);
}
