/**
 * The first that a store thread runs: what worker.ts loads is compiled only once where the program keeps a compile cache.
 * A thread does not have the cache of the one that starts it (node:module, `enableCompileCache`); without, it loads twice as long.
 * Loading is all there is to a start: what a thread does not need it does not import (`@skein/protocol/telemetry/envelope`).
 */
import { enableCompileCache, flushCompileCache } from 'node:module';
import { workerData } from 'node:worker_threads';

const { compileCache } = workerData as { readonly compileCache: boolean };
if (compileCache) enableCompileCache();
await import('./worker.ts');
// A controller that is killed leaves it to the next start all the same.
if (compileCache) flushCompileCache();
