/**
 * Runs of orders in virtual time: `SEEDS=1000 FROM=1 node scenarios/orders/run.ts`; every fourth seed besides with pads, and planned
 * by the product's planning (PADS=1: all of them with pads); SEED=7 plays one and tells its changes, with PADS=1 the one with pads;
 * MUTATIONS=1 (ONLY= part of a name) breaks the source in each known way and says which seed noticed.
 */
import { copySource, hunt, removeCopy } from '../voyage/mutate.ts';
import { MUTATIONS } from './mutations.ts';
import { runOrders } from './run-orders.ts';

const RUNS = 'scenarios/orders';
const MUTATION_SEEDS = 500;
/** With pads a run takes ten times as long. */
const PADS_EACH = 4;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

async function many(from: number, seeds: number, trace: boolean): Promise<number> {
  const outcomes: Record<string, number> = {};
  const sum = { orders: 0, faults: 0, virtualS: 0 };
  const flown: number[] = [];
  const isPadsOnly = process.env.PADS !== undefined;
  for (let seed = from; seed < from + seeds; seed++) {
    const withPads = isPadsOnly ? [true] : seed % PADS_EACH === 0 && !trace ? [false, true] : [false];
    for (const pads of withPads) {
      const result = await runOrders(seed, { trace, pads });
      for (const key of ['orders', 'faults', 'virtualS'] as const) sum[key] += result[key];
      for (const [name, n] of Object.entries(result.outcomes)) outcomes[name] = (outcomes[name] ?? 0) + n;
      if (pads) flown.push(result.inAir);
      if (result.wrong.length === 0) continue;
      const again = `${pads ? 'PADS=1 ' : ''}SEED=${seed}`;
      say(`${again} failed (${again} node scenarios/orders/run.ts plays it again)\n  ${result.wrong.join('\n  ')}`);
      return 1;
    }
  }
  const how = Object.entries(outcomes).map(([name, n]) => `${n} ${name}`);
  const most = flown.filter((n) => n >= 3).length;
  say(
    `${seeds} seeds clean: ${sum.orders} orders (${how.join(', ')}), ${sum.faults} faults, ${Math.round(sum.virtualS / 3600)} h; ${flown.length} runs with pads, three or more in the air at once in ${most}`,
  );
  return 0;
}

async function mutations(): Promise<number> {
  const copy = copySource(RUNS);
  const asked = MUTATIONS.filter(({ name }) => name.includes(process.env.ONLY ?? ''));
  let missed = 0;
  try {
    for (const mutation of asked) {
      const { seed, words } = await hunt(copy, mutation, MUTATION_SEEDS, RUNS);
      if (seed === null) missed++;
      say(
        `${seed === null ? 'NOT NOTICED' : `noticed by seed ${seed}`}: ${mutation.name}${words ? ` (${words})` : ''}`,
      );
    }
  } finally {
    removeCopy(copy);
  }
  say(`${asked.length - missed} of ${asked.length} mutations noticed`);
  return missed === 0 ? 0 : 1;
}

const { SEED, SEEDS = '100', FROM = '1' } = process.env;
if (process.env.MUTATIONS !== undefined) process.exitCode = await mutations();
else
  process.exitCode =
    SEED === undefined ? await many(Number(FROM), Number(SEEDS), false) : await many(Number(SEED), 1, true);
