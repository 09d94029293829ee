/** What the files of a controller owe after a power cut: every number it has acked, every command it has taken. */
import { createHash } from 'node:crypto';
import { SqliteStore } from '../../../controller/store/index.ts';
import { readStore } from '../batches.ts';
import type { ControllerMark } from './controller-recording.ts';
import type { FileOperation } from './file-log.ts';

const BUDGET_BYTES = 1e9;

export async function wrongAtController(dataDir: string, done: readonly FileOperation[]): Promise<string[]> {
  const wrong: string[] = [];
  const marks = done.flatMap((one) => (one.type === 'mark' ? [JSON.parse(one.text) as ControllerMark] : []));
  const store = new SqliteStore({ dataDir, budgetBytes: BUDGET_BYTES, keepDays: 30, syncCommits: true });
  await store.start();
  try {
    const held = Map.groupBy(readStore(dataDir), ({ drone, epoch, lane }) => `${drone}/${epoch}/${lane}`);
    for (const mark of marks) {
      if (mark.type === 'posted') {
        if ((await store.command(mark.id)) === null) wrong.push(`command ${mark.id} was taken and is lost`);
        continue;
      }
      const { drone, epoch, lane, upTo } = mark;
      const stands = await store.positions(drone, [epoch]);
      const at = stands.find((one) => one.lane === lane)?.upTo ?? 0;
      if (at < upTo) wrong.push(`${drone}/${epoch}/${lane}: acked to ${upTo}, holds to ${at}`);
    }
    for (const [lane, rows] of held) {
      let end = 0;
      for (const { seq, to } of rows.toSorted((a, b) => a.seq - b.seq)) {
        if (seq !== end + 1) wrong.push(`${lane}: ${seq} after ${end}`);
        end = to;
      }
    }
    wrong.push(...(await brokenChains(store)));
  } finally {
    await store.close();
  }
  return wrong;
}

/** Each entity's events are 1, 2, 3 … and each hash follows from the one before. */
async function brokenChains(store: SqliteStore): Promise<string[]> {
  const wrong: string[] = [];
  const last = new Map<string, { readonly version: number; readonly hash: string }>();
  for (const event of await store.events({ afterId: 0, limit: 100_000 })) {
    const { entity, version, type, atUtcUs, data, hash } = event;
    const before = last.get(entity) ?? { version: 0, hash: '' };
    const link = JSON.stringify([before.hash, entity, version, type, atUtcUs, JSON.stringify(data)]);
    if (version !== before.version + 1) wrong.push(`${entity}: event ${version} after ${before.version}`);
    if (hash !== createHash('sha256').update(link).digest('hex'))
      wrong.push(`${entity}: event ${version} is not itself`);
    last.set(entity, { version, hash });
  }
  return wrong;
}
