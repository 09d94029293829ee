/**
 * Looks for what was changed in the events after they were stored: by their chains, by their numbers, by the checkpoints.
 * Reads only; needs memory for one page of rows whatever there is.
 */
import type { KeyObject } from 'node:crypto';
import type { Database } from 'better-sqlite3';
import { digestOf, isSignedBy } from './checkpoint.ts';
import type { CheckpointFile } from './checkpoint-files.ts';
import { BLOCK, blockAfter, sha256 } from './event-blocks.ts';
import { chainHash, type EventRow } from './event-chain.ts';
import { FINDING_WORDS, type Findings } from './findings.ts';

/** Of a block without events. */
const EMPTY = sha256('');

const SAID_EVERY = 10_000;

const newestId = (db: Database): number =>
  db.prepare<[], number | null>('SELECT max(id) FROM event').pluck().get() ?? 1;

/** Each entity's versions: 1, 2, 3 …, each with the hash that follows from the one before and what stands in it. */
export function verifyChains(
  db: Database,
  findings: Findings,
  onShare: (share: number) => void = () => {},
): { events: number; entities: number } {
  const newest = newestId(db);
  let [events, entities] = [0, 0];
  let entity: string | null = null;
  let before = { version: 0, hash: '', made: '' };
  const rows = db.prepare<[], EventRow>('SELECT * FROM event ORDER BY entity, version').iterate();
  for (const row of rows) {
    if (++events % SAID_EVERY === 0) onShare(Math.min(1, events / newest));
    if (row.entity !== entity) {
      entities++;
      entity = row.entity;
      before = { version: 0, hash: '', made: '' };
    }
    const where = { entity: row.entity, version: row.version, id: row.id };
    const made = chainHash(before.hash, row);
    if (row.version !== before.version + 1) {
      const missing = { entity: row.entity, version: before.version + 1, to: row.version - 1 };
      findings.add('hole', missing, `versions ${missing.version} to ${missing.to} of ${row.entity} are missing`);
    } else if (made === null) {
      findings.add('edited', where, `form ${row.form} is none that this program knows`);
    } else if (row.hash !== made && row.hash !== chainHash(before.made, row)) {
      // One whose only fault is that the hash before it was changed is not told of: that one is.
      findings.add('edited', where, FINDING_WORDS.edited);
    }
    before = { version: row.version, hash: row.hash, made: made ?? '' };
  }
  return { events, entities };
}

/** What a restoring said it had lost (restore.ts): a hole of just that size is no finding, it is under the hash of that event. */
function lostBy(data: string): string | null {
  try {
    const { lost } = JSON.parse(data) as { lost?: { from?: number; to?: number } | null };
    return lost ? `${lost.from}-${lost.to}` : null;
  } catch {
    return null;
  }
}

/** Ids without a hole, stamps that rise; the last id there is, and the last that was given out. */
export function verifyOrder(
  db: Database,
  findings: Findings,
  onShare: (share: number) => void = () => {},
): { last: number; given: number } {
  const newest = newestId(db);
  let before = { id: 0, stamp: '' };
  const rows = db
    .prepare<[], Pick<EventRow, 'id' | 'entity' | 'version' | 'stamp' | 'form' | 'type' | 'data'>>(
      'SELECT id, entity, version, stamp, form, type, data FROM event ORDER BY id',
    )
    .iterate();
  for (const { id, entity, version, stamp, form, type, data } of rows) {
    if (id % SAID_EVERY === 0) onShare(Math.min(1, id / newest));
    const isTold = entity === 'controller' && type === 'restored' && lostBy(data) === `${before.id + 1}-${id - 1}`;
    if (id !== before.id + 1 && !isTold) {
      findings.add('hole', { id: before.id + 1, to: id - 1 }, `events ${before.id + 1} to ${id - 1} are missing`);
    }
    const falls = form !== 1 && (stamp === null || stamp <= before.stamp);
    if (falls) findings.add('reordered', { entity, version, id }, FINDING_WORDS.reordered);
    before = { id, stamp: stamp !== null && stamp > before.stamp ? stamp : before.stamp };
  }
  const given = db.prepare<[], number>("SELECT seq FROM sqlite_sequence WHERE name = 'event'").pluck().get() ?? 0;
  if (given > before.id) {
    findings.add(
      'cut',
      { id: before.id + 1, to: given },
      `events ${before.id + 1} to ${given} were stored and are gone`,
    );
  }
  return { last: before.id, given };
}

/** The newest event that a checkpoint vouches for; 0: none does. */
export function verifyCheckpoints(
  db: Database,
  o: {
    readonly files: readonly CheckpointFile[];
    readonly keys: ReadonlyMap<string, KeyObject>;
    readonly last: number;
    readonly findings: Findings;
  },
): number {
  const { findings, last } = o;
  let before = { number: 0, to: 0, digest: '' };
  let vouched = 0;
  for (const { file, number, checkpoint } of o.files) {
    const where = { file, checkpoint: number };
    if (number !== before.number + 1) {
      findings.add('checkpoint', where, `checkpoints ${before.number + 1} to ${number - 1} are missing`);
    }
    if (checkpoint === null || checkpoint.body.number !== number) {
      findings.add(
        'checkpoint',
        where,
        checkpoint === null ? 'it cannot be read' : `it calls itself ${checkpoint.body.number}`,
      );
      before = { number, to: Number.NaN, digest: '' };
      continue;
    }
    const { body } = checkpoint;
    const key = o.keys.get(body.key);
    if (key === undefined || !isSignedBy(checkpoint, key)) {
      const why =
        key === undefined ? `the key ${body.key} is none of those it may be signed with` : 'its signature is wrong';
      findings.add('checkpoint', where, why);
    } else {
      vouched = Math.max(vouched, body.to);
      if (number === before.number + 1 && !Number.isNaN(before.to)) {
        if (body.previous !== before.digest) findings.add('checkpoint', where, 'it does not follow on the one before');
        else if (body.from !== before.to + 1)
          findings.add('checkpoint', where, `it begins at ${body.from}, not at ${before.to + 1}`);
      }
      verifyBlocks(db, { body, where, last, findings });
    }
    before = { number, to: body.to, digest: digestOf(body) };
  }
  return vouched;
}

function verifyBlocks(
  db: Database,
  o: {
    readonly body: {
      readonly from: number;
      readonly to: number;
      readonly blocks: readonly string[];
      readonly at: string;
    };
    readonly where: object;
    readonly last: number;
    readonly findings: Findings;
  },
): void {
  const { body, findings, last } = o;
  if (body.blocks.length !== Math.ceil((body.to - body.from + 1) / BLOCK)) {
    findings.add('checkpoint', o.where, 'its blocks do not fit its numbers');
    return;
  }
  if (body.to > last) {
    const from = Math.max(last + 1, body.from);
    findings.add(
      'cut',
      { ...o.where, id: from, to: body.to },
      `events ${from} to ${body.to} were there on ${body.at} and are gone`,
    );
  }
  body.blocks.forEach((digest, i) => {
    const from = body.from + i * BLOCK;
    const to = Math.min(from + BLOCK - 1, body.to);
    // What is cut off was told above; of the rest of that block nothing can be said.
    // One that was empty when it was signed lies in a loss that a restore told of.
    if (to > last || (blockAfter(db, from - 1, to)?.digest ?? EMPTY) === digest) return;
    const words = `events ${from} to ${to} are not those that were signed on ${body.at}`;
    findings.add('contradicted', { ...o.where, id: from, to }, words);
  });
}
