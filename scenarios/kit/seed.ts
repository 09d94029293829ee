/** Randomness that can be played again: `SEED=… COUNT=…` on the command line. */
export interface Random {
  readonly seed: number;
  /** In [0, 1). */
  next(): number;
  /** In [low, high). */
  between(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
}

/** Mulberry32: 32 bits of state are plenty for moments and choices. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    seed,
    next,
    between: (low, high) => low + next() * (high - low),
    pick: (list) => {
      const item = list[Math.floor(next() * list.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
  };
}

/** The seed of `SEED=`, or a new one. Print it. */
export function seedFromEnvironment(): number {
  const given = Number(process.env.SEED);
  return process.env.SEED !== undefined && Number.isInteger(given) ? given : Math.floor(Math.random() * 2 ** 32);
}

/** How often: `COUNT=`; else `full` in `make soak` (SOAK=1), `small` in `make test`. */
export function countFromEnvironment(small: number, full: number): number {
  const given = Number(process.env.COUNT);
  if (Number.isInteger(given) && given > 0) return given;
  return isSoak() ? full : small;
}

export function isSoak(): boolean {
  return process.env.SOAK !== undefined;
}
