/** Timers as a port, so that a test or a simulation can own time. What `after` returns calls it off. */
export interface Timers {
  after(ms: number, run: () => void): () => void;
}
