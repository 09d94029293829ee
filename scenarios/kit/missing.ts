import type { HistoryGap } from './history.ts';
import type { SentPosition } from './sent.ts';

/** A kill and what it took to have an agent again. */
export interface Absence {
  readonly killedUtcUs: number;
  /** When the next process said that it had started. */
  readonly startedUtcUs: number;
}

export interface Missing {
  readonly missing: number;
  /** Stamps that are in history more than once. */
  readonly doubled: readonly number[];
  /** Neither young enough at a kill nor sent while no agent ran. */
  readonly unexplained: readonly string[];
  /** In no gap of history. */
  readonly notShown: readonly string[];
  /** How long before its kill the oldest lost position was sent, ms. */
  readonly oldestMs: number;
}

/** Between the simulator's stamp and the agent's, on a machine with more to do than cores. */
const STAMP_ERROR_US = 100_000;

/** Holds what the simulator sent against what history has, and looks for an excuse for each frame that is not there. */
export function explainMissing(o: {
  readonly sent: readonly SentPosition[];
  readonly held: readonly (number | null)[];
  readonly absences: readonly Absence[];
  readonly gaps: readonly HistoryGap[];
  readonly lostBeforeKillMs: number;
}): Missing {
  const times = new Map<number | null, number>();
  for (const bootMs of o.held) times.set(bootMs, (times.get(bootMs) ?? 0) + 1);
  const shown = o.gaps.map(({ from, to }) => ({ fromUs: Date.parse(from) * 1000, toUs: Date.parse(to) * 1000 }));
  const unexplained: string[] = [];
  const notShown: string[] = [];
  let missing = 0;
  let oldestMs = 0;
  for (const { bootMs, sentUtcUs } of o.sent) {
    if (times.has(bootMs)) continue;
    missing += 1;
    const words = `boot + ${bootMs} ms, sent ${new Date(sentUtcUs / 1000).toISOString()}`;
    const excuse = o.absences.find(
      ({ killedUtcUs, startedUtcUs }) =>
        sentUtcUs >= killedUtcUs - o.lostBeforeKillMs * 1000 - STAMP_ERROR_US &&
        sentUtcUs <= startedUtcUs + STAMP_ERROR_US,
    );
    if (excuse === undefined) unexplained.push(words);
    else oldestMs = Math.max(oldestMs, (excuse.killedUtcUs - sentUtcUs) / 1000);
    const inGap = shown.some(
      ({ fromUs, toUs }) => sentUtcUs >= fromUs - STAMP_ERROR_US && sentUtcUs <= toUs + STAMP_ERROR_US,
    );
    if (!inGap) notShown.push(words);
  }
  const doubled = [...times].flatMap(([bootMs, n]) => (n > 1 && bootMs !== null ? [bootMs] : []));
  return { missing, doubled, unexplained, notShown, oldestMs };
}
