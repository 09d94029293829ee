/**
 * The journal's thread on a disk that a test makes slow or full at will: the file named by BAD_DISK says `slow` or `full`.
 * Anything else, or no file, is a good disk.
 */
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

/** Beyond the journal's own deadline of 300 ms. */
const SLOW_MS = 900;
const control = process.env.BAD_DISK ?? '';
const { fdatasyncSync } = fs;
const sleeper = new Int32Array(new SharedArrayBuffer(4));

function howItIs(): string {
  try {
    return fs.readFileSync(control, 'utf8');
  } catch {
    return '';
  }
}

fs.fdatasyncSync = (fd: number): void => {
  const how = howItIs();
  if (how === 'slow') Atomics.wait(sleeper, 0, 0, SLOW_MS);
  if (how === 'full') throw Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  fdatasyncSync(fd);
};
syncBuiltinESMExports();
await import('../../agent/journal/worker.ts');
