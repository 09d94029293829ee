/** What an agent had promised when its power was cut: the marks of its file log (agent-marks.ts, recording.ts) up to there. */

import { parseLine } from '../../../agent/journal/entry.ts';
import { parseLocks, UNLOCKED } from '../../../agent/lock/file.ts';
import type { EpochState, OutboxLosses } from '../../../agent/outbox/entry.ts';
import type { StoredLane } from '../batches.ts';
import type { Image } from './card.ts';
import type { FileOperation } from './file-log.ts';
import type { Recording } from './recording.ts';

export interface Given {
  readonly epoch: string;
  readonly lane: StoredLane;
  readonly seq: number;
  readonly to: number;
  readonly gap: string | null;
  readonly crc: number;
  readonly monoToUs: number;
}

export type Mark =
  /** The outbox's worker was told to write these. */
  | { readonly type: 'given'; readonly entries: readonly Given[] }
  /** The worker has answered: the file holds this. */
  | { readonly type: 'durable'; readonly epochs: readonly EpochState[]; readonly losses: OutboxLosses }
  /** The journal's worker has answered: this line is on the disk. */
  | { readonly type: 'journaled'; readonly line: string }
  /** The autopilot heard this parameter set: the agent has acted. */
  | { readonly type: 'acted'; readonly value: number }
  /** The agent was asked to set the lock with this reason, or (null) to remove it; `done`: it said that the disk has it. */
  | { readonly type: 'lock'; readonly reason: string | null; readonly done: boolean }
  /** The agent said how often it has started. */
  | { readonly type: 'started'; readonly n: number; readonly journal: string };

export interface Promises {
  /** Of each `epoch/lane`: the first and one past the last number that was durable. */
  readonly durable: ReadonlyMap<string, { readonly first: number; readonly end: number }>;
  /** Everything the outbox was ever given up to here, by `epoch/lane/seq`. */
  readonly given: ReadonlyMap<string, Given>;
  /** Something was given up for room: batches may have become gaps. */
  readonly thinned: boolean;
  readonly journaled: readonly string[];
  readonly acted: readonly number[];
  /** What the lock may be: the last state that was promised, and those asked for since. */
  readonly locks: readonly (string | null)[];
  readonly n: number;
  readonly journal: string | null;
}

export const marksOf = (operations: readonly FileOperation[]): Mark[] =>
  operations.flatMap((one) => (one.type === 'mark' ? [JSON.parse(one.text) as Mark] : []));

export const givenKey = ({ epoch, lane, seq }: Pick<Given, 'epoch' | 'lane' | 'seq'>): string =>
  `${epoch}/${lane}/${seq}`;

/** What an agent that lay there before had left: it holds on. */
function leftBy(base: Image): Pick<Promises, 'journaled' | 'locks' | 'n'> {
  const textOf = (name: string): string => Buffer.from(base.get(name) ?? '').toString('utf8');
  const lines = textOf('journal.jsonl').match(/.*\n/g) ?? [];
  const lock = base.has('lock.json') ? parseLocks(textOf('lock.json')) : UNLOCKED;
  const state = base.has('state.json') ? (JSON.parse(textOf('state.json')) as { n: number }) : { n: 0 };
  return {
    journaled: lines.filter((line) => parseLine(line) !== null),
    locks: [lock.here?.reason ?? null],
    n: state.n,
  };
}

/** At the cut before operation `at`. What comes after it says what a commit under way would have removed. */
export function promisesOf({ base, operations, earlier }: Recording, at: number): Promises {
  const marks = marksOf(operations.slice(0, at));
  const durable = new Map<string, { first: number; end: number }>();
  const given = new Map(earlier);
  const left = leftBy(base);
  const journaled = [...left.journaled];
  const acted: number[] = [];
  let { locks, n } = left;
  let journal: string | null = null;
  for (const mark of marks) {
    if (mark.type === 'given') for (const one of mark.entries) given.set(givenKey(one), one);
    if (mark.type === 'durable') {
      durable.clear();
      eachLane(mark.epochs, (key, first, end) => durable.set(key, { first, end }));
    }
    if (mark.type === 'journaled') journaled.push(mark.line);
    if (mark.type === 'acted') acted.push(mark.value);
    if (mark.type === 'lock') locks = mark.done ? [mark.reason] : [...locks, mark.reason];
    if (mark.type === 'started') ({ n, journal } = mark);
  }
  const next = marksOf(operations.slice(at)).find((mark) => mark.type === 'durable');
  const last = next ?? marks.findLast((mark) => mark.type === 'durable');
  // A commit under way may already have removed what was acked, and epochs of which nothing was left.
  if (next !== undefined) {
    const firsts = new Map<string, number>();
    eachLane(next.epochs, (key, first) => firsts.set(key, first));
    for (const [key, { first, end }] of [...durable]) {
      const then = firsts.get(key);
      if (then === undefined) durable.delete(key);
      else durable.set(key, { first: Math.max(first, then), end });
    }
  }
  const thinned = last !== undefined && last.losses.thinned + last.losses.droppedBudget > 0;
  return { durable, given, thinned, journaled, acted, locks, n, journal };
}

function eachLane(epochs: readonly EpochState[], take: (key: string, first: number, end: number) => void): void {
  for (const { epoch, lanes } of epochs) {
    for (const lane of ['urgent', 'history'] as const) take(`${epoch}/${lane}`, lanes[lane].first, lanes[lane].next);
  }
}
