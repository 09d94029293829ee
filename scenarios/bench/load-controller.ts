/**
 * The controller of the load benchmark, in a process of its own: the real one, but that batches of some epochs are not
 * stored: their commit is an immediate yes. So both are measured in one process, in turns, on the same connections.
 *
 *   node scenarios/bench/load-controller.ts DATA_DIR
 */
import { resolveConfig } from '@skein/protocol/config';
import { createController } from '../../controller/compose.ts';
import { ConfigSchema } from '../../controller/config.ts';
import { SqliteStore, type Store } from '../../controller/store/index.ts';
import { systemClock } from '../../controller/system-clock.ts';
import { MARK_AT, YES_EPOCHS } from './load-marks.ts';

const [dataDir] = process.argv.slice(2);
if (dataDir === undefined) throw new Error('usage: load-controller.ts DATA_DIR');

/** Batches of marked epochs are answered at once and kept nowhere; all others are committed. */
class HalfYesStore extends SqliteStore implements Store {
  override async commit(...[items, nowUtcUs]: Parameters<Store['commit']>): ReturnType<Store['commit']> {
    const kept = items.filter(({ bytes }) => bytes[MARK_AT] !== YES_EPOCHS);
    if (kept.length > 0) return super.commit(kept, nowUtcUs);
    const none = { gaps: 0, duplicates: 0, conflicts: [], filled: 0, expired: 0, unread: 0, refused: [] };
    return { inserted: items.length, ...none };
  }
}

const resolved = resolveConfig(ConfigSchema, {
  env: {},
  flags: [
    `--dataDir=${dataDir}`,
    '--http.port=0',
    '--broker.port=0',
    // A benchmark sends from one address what a fleet sends from thousands.
    '--broker.connectsPerS=100000',
    '--broker.maxPerAddress=100000',
    '--broker.publishesPerS=100000',
    '--broker.publishBurst=100000',
  ],
});
if (!resolved.ok) throw new Error(resolved.problems.join('; '));
const { config } = resolved;

const { budgetMB, keepDays, syncCommits } = config.store;
const storeOptions = { dataDir, budgetBytes: budgetMB * 1e6, keepDays, syncCommits };
const silent = { info() {}, warn() {}, error: (detail: object, message: string) => console.error(message, detail) };
const controller = await createController(config, {
  clock: systemClock(),
  random: Math.random,
  log: silent,
  version: 'bench',
  store: new HalfYesStore(storeOptions),
});
const addresses = await controller.start();
process.stdout.write(`${JSON.stringify({ event: 'listening', ...addresses })}\n`);
process.on('SIGTERM', () => void controller.close().then(() => process.exit(0)));
