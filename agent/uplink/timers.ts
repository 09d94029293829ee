/** Timers as a port, so that a test or a simulation can own time. What they return calls them off. */
export interface Timers {
  after(ms: number, run: () => void): () => void;
  every(ms: number, run: () => void): () => void;
}
