/** Reads something again and again: the next time so long after the last answer, never two at once. */
export interface Reading<T> {
  readonly everyMs: number;
  /** Rejects with words a person can use. */
  readonly read: (signal: AbortSignal) => Promise<T>;
  readonly onAnswer: (answer: T) => void;
  readonly onTrouble: (words: string) => void;
}

/** Returns what ends it; nothing is told after that. */
export function keepReading<T>({ everyMs, read, onAnswer, onTrouble }: Reading<T>): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const once = async (): Promise<void> => {
    try {
      const answer = await read(stop.signal);
      if (!stop.signal.aborted) onAnswer(answer);
    } catch (error) {
      if (!stop.signal.aborted) onTrouble(error instanceof Error ? error.message : String(error));
    }
    if (!stop.signal.aborted) timer = setTimeout(() => void once(), everyMs);
  };
  void once();
  return () => {
    stop.abort();
    clearTimeout(timer);
  };
}
