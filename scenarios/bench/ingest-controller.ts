/**
 * The controller of the ingest benchmark, in a process of its own: the real one, or with the commit of its store
 * replaced by an immediate yes.
 *
 *   node scenarios/bench/ingest-controller.ts real|yes DATA_DIR
 */
import { resolveConfig } from '@skein/protocol/config';
import { createController } from '../../controller/compose.ts';
import { ConfigSchema } from '../../controller/config.ts';
import { SqliteStore, type Store } from '../../controller/store/index.ts';
import { systemClock } from '../../controller/system-clock.ts';

const [mode, dataDir] = process.argv.slice(2);
if ((mode !== 'real' && mode !== 'yes') || dataDir === undefined) throw new Error('usage: real|yes DATA_DIR');

/** All of the store but the commit, which answers at once and keeps nothing. */
class YesStore extends SqliteStore implements Store {
  override async commit(...[items]: Parameters<Store['commit']>): ReturnType<Store['commit']> {
    const none = { gaps: 0, duplicates: 0, conflicts: [], filled: 0, expired: 0, refused: [] };
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
  store: mode === 'yes' ? new YesStore(storeOptions) : new SqliteStore(storeOptions),
});
const addresses = await controller.start();
process.stdout.write(`${JSON.stringify({ event: 'listening', ...addresses })}\n`);
process.on('SIGTERM', () => void controller.close().then(() => process.exit(0)));
