/**
 * Keeps the parameters that matter known: all of them after each connection and reboot of the autopilot, one again when the
 * link shows that somebody changed it. Reads only while the vehicle is known to be disarmed.
 *
 *   begin ─▶ reading ─all known─▶ read ─note: another value─▶ that one again
 *              │ no answer: again after a pause
 */

export type ReadAnswer = { readonly ok: true; readonly value: number } | { readonly ok: false; readonly code: string };

export interface ProfileReaderOptions {
  /** `no-such-parameter` is an answer; every other code asks for another try. */
  readonly read: (name: string, o: { readonly signal: AbortSignal }) => Promise<ReadAnswer>;
  /** Disarmed and heard: what is on the link harms nobody. */
  readonly mayRead: () => boolean;
  readonly onChange: () => void;
}

const RETRY_MS = 5_000;
/** A change seen on the link is read back after so long: its writer may not have finished. */
const SETTLE_MS = 500;

export class ProfileReader {
  readonly counters = { passes: 0, reads: 0, failed: 0, changesSeen: 0 };
  readonly #o: ProfileReaderOptions;
  readonly #values = new Map<string, number | null>();
  #names: readonly string[] = [];
  /** Names to read, and not before when. */
  readonly #due = new Map<string, number>();
  readonly #lastSeen = new Map<string, number>();
  #running: Promise<void> | null = null;
  #abort = new AbortController();
  #closed = false;

  constructor(o: ProfileReaderOptions) {
    this.#o = o;
  }

  /** Name → value, null where there is no such parameter; what is missing has not been read since `begin`. */
  get values(): ReadonlyMap<string, number | null> {
    return this.#values;
  }

  /** All anew: a first connection, a reboot, another autopilot. */
  begin(names: readonly string[], nowMs: number): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#names = [...new Set(names)];
    this.#values.clear();
    this.#lastSeen.clear();
    this.#due.clear();
    for (const name of this.#names) this.#due.set(name, nowMs);
    this.counters.passes++;
    this.#o.onChange();
  }

  /** A PARAM_VALUE went by, as it stands on the wire: the answer to us, to a station, or what a station has just set. */
  note(name: string, rawValue: number, nowMs: number): void {
    if (!this.#names.includes(name)) return;
    const before = this.#lastSeen.get(name) ?? this.#values.get(name);
    this.#lastSeen.set(name, rawValue);
    if (before === undefined || Object.is(before, rawValue) || this.#due.has(name)) return;
    this.counters.changesSeen++;
    this.#due.set(name, nowMs + SETTLE_MS);
    // What was read holds no more: nobody arms on it.
    this.#values.delete(name);
    this.#o.onChange();
  }

  /** Call every second or so. */
  tick(nowMs: number): void {
    if (this.#running !== null || this.#closed || !this.#o.mayRead()) return;
    const due = [...this.#due].filter(([, notBeforeMs]) => nowMs >= notBeforeMs).map(([name]) => name);
    if (due.length === 0) return;
    this.#running = this.#read(due, nowMs, this.#abort.signal).finally(() => {
      this.#running = null;
    });
  }

  async #read(names: readonly string[], nowMs: number, signal: AbortSignal): Promise<void> {
    for (const name of names) {
      if (signal.aborted || !this.#o.mayRead()) return;
      this.counters.reads++;
      const answer = await this.#o.read(name, { signal });
      if (signal.aborted) return;
      if (!answer.ok && answer.code !== 'no-such-parameter') {
        // The link is gone or busy: the rest would only wait as long.
        this.counters.failed++;
        for (const left of this.#due.keys()) this.#due.set(left, nowMs + RETRY_MS);
        return;
      }
      this.#due.delete(name);
      const value = answer.ok ? answer.value : null;
      const changed = !this.#values.has(name) || this.#values.get(name) !== value;
      this.#values.set(name, value);
      if (changed) this.#o.onChange();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#abort.abort();
    await this.#running;
  }
}
