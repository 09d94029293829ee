/** What the files of a controller owe after a power cut: every number it has acked, every command it has taken. */
import { createHash } from 'node:crypto';
import path from 'node:path';
import { SqliteStore } from '../../../controller/store/index.ts';
import { readOnly, readStore } from '../batches.ts';
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
    wrong.push(...brokenChains(dataDir));
  } finally {
    await store.close();
  }
  return wrong;
}

interface EventRow {
  readonly id: number;
  readonly entity: string;
  readonly version: number;
  readonly form: number;
  readonly hash: string;
  readonly [column: string]: string | number | null;
}

/** What a hash covers, in this order, behind the hash before it (controller/store/event-chain.ts); written here once more. */
const COVERED: Readonly<Record<number, readonly string[]>> = {
  1: ['entity', 'version', 'type', 'at_us', 'data'],
  2: 'form id entity version type at_us data key actor_kind actor_name cause stamp'.split(' '),
};

/** Ids are 1, 2, 3 …, as are the versions of each entity, and each hash follows from the one before. */
function brokenChains(dataDir: string): string[] {
  const wrong: string[] = [];
  const last = new Map<string, { readonly version: number; readonly hash: string }>();
  const rows = readOnly(path.join(dataDir, 'core.db'), (db) => db.prepare('SELECT * FROM event ORDER BY id').all());
  for (const [i, row] of (rows as EventRow[]).entries()) {
    const { id, entity, version, form, hash } = row;
    const before = last.get(entity) ?? { version: 0, hash: '' };
    const covered = COVERED[form]?.map((column) => row[column] ?? null);
    const link = createHash('sha256').update(JSON.stringify([before.hash, ...(covered ?? [])]));
    if (id !== i + 1) wrong.push(`event ${id} in place ${i + 1}`);
    if (version !== before.version + 1) wrong.push(`${entity}: event ${version} after ${before.version}`);
    if (covered === undefined) wrong.push(`${entity}: event ${version} has form ${form}`);
    else if (hash !== link.digest('hex')) wrong.push(`${entity}: event ${version} is not itself`);
    last.set(entity, { version, hash });
  }
  return wrong;
}
