/**
 * The byte budget of the outbox, split so that all its files together never pass it:
 *
 *   |<------------------------------ budgetBytes ------------------------------>|
 *   | main file: history and urgent | urgent's reserve | log | log of aside | + |
 *
 * The log (write-ahead) is folded back at half its part; no transaction writes more than the other half. While a damaged
 * file lies aside to be salvaged, its bytes are taken from the main file's part; the two last parts are what the new file
 * begins in beside a damaged one that was full.
 */
export interface Budget {
  readonly totalBytes: number;
  /** The write-ahead log is never larger. */
  readonly logBytes: number;
  /** Most of the main file, with nothing aside. */
  readonly fileBytes: number;
  /** Size at which the log is folded back. */
  readonly checkpointBytes: number;
  /** Most that one transaction may add to the log. */
  readonly transactionBytes: number;
}

const MOST_LOG_BYTES = 4 << 20;

export function budgetOf(totalBytes: number): Budget {
  const logBytes = Math.min(MOST_LOG_BYTES, Math.floor(totalBytes / 8));
  return {
    totalBytes,
    logBytes,
    fileBytes: totalBytes - 3 * logBytes,
    checkpointBytes: Math.floor(logBytes / 2),
    transactionBytes: Math.floor(logBytes / 2),
  };
}

/** Bytes of the main file that history may not take from the urgent lane: a tenth, at least 2 MB. */
export function reserveOf(fileBytes: number): number {
  return Math.min(Math.max(fileBytes / 10, 2 << 20), (fileBytes * 4) / 5);
}

/** Cuts a group into parts that each cost no more than `most`, or are one entry. */
export function* partsOf<T>(all: readonly T[], costOf: (one: T) => number, most: number): Generator<readonly T[]> {
  let from = 0;
  let cost = 0;
  for (const [i, one] of all.entries()) {
    const more = costOf(one);
    if (i > from && cost + more > most) {
      yield all.slice(from, i);
      from = i;
      cost = 0;
    }
    cost += more;
  }
  yield all.slice(from);
}
