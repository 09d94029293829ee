/** What a reopened agent and the store it drained into owe, held against what was promised before the cut. */
import type { StoredBatch } from '../batches.ts';
import type { FileOperation } from './file-log.ts';
import { givenKey, type Promises } from './promises.ts';
import type { Recording } from './recording.ts';
import type { Reopened } from './reopened.ts';

const laneOf = ({ epoch, lane }: Pick<StoredBatch, 'epoch' | 'lane'>): string => `${epoch}/${lane}`;

/** What must hold on any card: nothing doubled, nothing invented, no number used twice, no number unexplained. */
export function alwaysWrong(before: Promises, after: Reopened): string[] {
  const { given } = before;
  const wrong: string[] = [];
  const epochs = new Set([...given.values()].map(({ epoch }) => epoch));
  if (epochs.has(after.epoch)) wrong.push(`epoch ${after.epoch} is continued`);
  for (const [lane, rows] of Map.groupBy(after.store, laneOf)) {
    const sorted = rows.toSorted((a, b) => a.seq - b.seq);
    const isKnown = rows.some(({ epoch }) => epochs.has(epoch));
    if (!isKnown && !rows.some(({ epoch }) => after.epochs.has(epoch))) wrong.push(`${lane}: nobody had this epoch`);
    sorted.forEach((row, i) => {
      const end = sorted[i - 1]?.to ?? row.seq - 1;
      if (row.seq <= end) wrong.push(`${lane}: ${row.seq} is there more than once`);
      if (row.seq > end + 1) wrong.push(`${lane}: nothing stands for ${end + 1}–${row.seq - 1}`);
      // What this start has sealed itself was recorded nowhere.
      if (row.gap !== null || !isKnown) return;
      const known = given.get(`${lane}/${row.seq}`);
      if (known?.crc !== row.crc) wrong.push(`${lane}: batch ${row.seq} was never sealed so`);
    });
  }
  return wrong;
}

/** What must hold besides on a card that does what it says. */
export function wrongOnHonestCard(before: Promises, after: Reopened): string[] {
  const wrong: string[] = [];
  const held = Map.groupBy(after.store, laneOf);
  for (const [lane, { first, end }] of before.durable) {
    const rows = held.get(lane) ?? [];
    for (let seq = first; seq < end; seq++) {
      const row = rows.find((one) => one.seq <= seq && seq <= one.to);
      if (row === undefined) wrong.push(`${lane}: ${seq} was durable and is lost`);
      else if (row.gap !== null && wasBatch(before, lane, seq) && !before.thinned)
        wrong.push(`${lane}: ${seq} was durable and is a gap: ${row.gap}`);
    }
  }
  for (const name of ['setAside', 'corruptRows', 'holes', 'failures', 'workerRestarts']) {
    if (after.counters[name] !== 0) wrong.push(`${name} is ${after.counters[name]}`);
  }
  for (const line of before.journaled) {
    if (!after.journalText.includes(line)) wrong.push(`the journal has lost ${line.trim()}`);
  }
  for (const value of before.acted) {
    if (!after.journalText.includes(`"value":${value}`)) wrong.push(`it set ${value}, and its journal does not know`);
  }
  if (before.journal !== null && after.journalId !== before.journal) wrong.push('another journal');
  if (!before.locks.includes(after.lock)) {
    wrong.push(`the lock is ${JSON.stringify(after.lock)}, not one of ${JSON.stringify(before.locks)}`);
  }
  if (after.n <= before.n) wrong.push(`start ${after.n} after start ${before.n}`);
  if (before.n > 0 && after.custody !== 'none') wrong.push(`custody is ${after.custody}`);
  return wrong;
}

function wasBatch({ given }: Promises, lane: string, seq: number): boolean {
  return given.get(`${lane}/${seq}`)?.gap === null;
}

/** How old at the cut was the newest sample of history that the store has of the run that was cut, ms; null: it had none. */
export function lossWindowMs(
  { given }: Promises,
  { earlier }: Recording,
  after: Reopened,
  cutNs: bigint,
): number | null {
  const stamps = after.store.flatMap((row) => {
    const key = givenKey(row);
    const sealed = row.lane === 'history' && row.gap === null && !earlier.has(key) ? given.get(key) : undefined;
    return sealed === undefined ? [] : [sealed.monoToUs];
  });
  return stamps.length === 0 ? null : Number(cutNs / 1000n - BigInt(Math.max(...stamps))) / 1000;
}

/** The longest that the outbox's worker took from what it was given to its answer, ms. */
export function longestCommitMs(operations: readonly FileOperation[]): number {
  let longest = 0n;
  let since: bigint | null = null;
  for (const one of operations) {
    if (one.type !== 'mark') continue;
    if (one.text.startsWith('{"type":"given"')) since = one.ns;
    if (!one.text.startsWith('{"type":"durable"') || since === null) continue;
    if (one.ns - since > longest) longest = one.ns - since;
    since = null;
  }
  return Number(longest) / 1e6;
}
