/**
 * Knows the parameters of the autopilot as they are when it arms: the whole list, read while it stands disarmed and again when
 * something may have changed it, only ever read. Its hash is told at each arming, the list itself once for each hash.
 */
import { canonicalParameters, isVolatile, type ListedValue } from '@skein/protocol/fleet';
import type { Sample } from '@skein/protocol/telemetry';

export interface ListedAutopilot {
  readonly sysid: number | null;
  readonly reboots: number;
  readonly alive: boolean;
  readonly armed: boolean | null;
  readonly systemStatus: number | null;
  readonly version: string | null;
  readonly gitHash: string | null;
}

export interface ParameterWatchOptions {
  readonly autopilot: () => ListedAutopilot;
  readonly list: (o: {
    readonly signal: AbortSignal;
  }) => Promise<{ readonly ok: true; readonly parameters: ReadonlyMap<string, ListedValue> } | { readonly ok: false }>;
  /** Something else is being asked of the autopilot that goes first. */
  readonly isBusy: () => boolean;
  /** Hex. */
  readonly hash: (text: string) => string;
  /** Hash of the list that was told last in this boot of the board; kept over restarts. */
  readonly told: { get(): string | null; set(hash: string): void };
  readonly onSample: (sample: Sample<'parameters'>, urgent: boolean) => void;
}

/** MAV_STATE: standing by. */
const STANDBY = 3;
/** Disarmed for so long: who flies again at once is not to wait for a list. */
const REST_MS = 15_000;
const AGAIN_MS = 60_000;
/** A station that sets one after the other: the list is read once they are through. */
const SETTLE_MS = 10_000;
/** Of the text, in each sample: some 60 parameters. */
const PART_CHARS = 1500;
const MAX_PARTS = 200;

export class ParameterWatch {
  readonly #o: ParameterWatchOptions;
  #values: ReadonlyMap<string, ListedValue> | null = null;
  #hash: string | null = null;
  #readAtMs = 0;
  #readOf = '';
  #armed: boolean | null = null;
  #restSinceMs: number | null = null;
  #notBeforeMs = 0;
  #reading: { readonly abort: AbortController; readonly done: Promise<void> } | null = null;
  /** Something may have changed it since it was read. */
  #isStale = true;
  readonly counters = { reads: 0, failed: 0, calledOff: 0 };

  constructor(o: ParameterWatchOptions) {
    this.#o = o;
  }

  /** Call every second. */
  tick(nowMs: number): void {
    const { alive, armed, sysid, reboots, systemStatus } = this.#o.autopilot();
    const of = `${sysid} ${reboots}`;
    if (alive && of !== this.#readOf) {
      this.#readOf = of;
      this.#isStale = true;
    }
    if (alive && armed === true && this.#armed === false) this.#tellArming(nowMs);
    // It learns in flight, and a pilot may set by stick.
    if (alive && armed === false && this.#armed === true) this.#isStale = true;
    // Just after our order to arm nobody knows (null): what it was before stands until its heartbeat says.
    if (alive && armed !== null) this.#armed = armed;
    const rests = alive && armed === false && systemStatus === STANDBY;
    if (!rests) {
      this.#restSinceMs = null;
      this.stop();
    } else this.#restSinceMs ??= nowMs;
    const isDue = this.#restSinceMs !== null && nowMs - this.#restSinceMs >= REST_MS && nowMs >= this.#notBeforeMs;
    if (this.#isStale && isDue && this.#reading === null && !this.#o.isBusy()) this.#read(nowMs);
  }

  /** A PARAM_VALUE went by. `value`: as it stands on the wire; where its bytes are an integer it may look like another. */
  note(name: string, value: number, nowMs: number): void {
    if (this.#reading !== null || this.#values === null || isVolatile(name)) return;
    const known = this.#values.get(name);
    if (known !== undefined && Math.fround(known.value) === Math.fround(value)) return;
    this.#isStale = true;
    this.#notBeforeMs = Math.max(this.#notBeforeMs, nowMs + SETTLE_MS);
  }

  /** Something wants the autopilot to itself: arming, above all. Nothing of what was read counts. */
  stop(): void {
    this.#reading?.abort.abort();
  }

  status() {
    return { hash: this.#hash, count: this.#values?.size ?? null, ...this.counters };
  }

  #read(nowMs: number): void {
    const abort = new AbortController();
    this.#isStale = false;
    this.#notBeforeMs = nowMs + AGAIN_MS;
    this.counters.reads++;
    const done = this.#o
      .list({ signal: abort.signal })
      .then((listed) => {
        if (abort.signal.aborted || !listed.ok) {
          this.#isStale = true;
          this.counters[abort.signal.aborted ? 'calledOff' : 'failed']++;
          return;
        }
        this.#take(listed.parameters, nowMs);
      })
      .catch(() => {
        this.#isStale = true;
        this.counters.failed++;
      })
      .finally(() => {
        this.#reading = null;
      });
    this.#reading = { abort, done };
  }

  #take(parameters: ReadonlyMap<string, ListedValue>, nowMs: number): void {
    const text = canonicalParameters(parameters.values());
    this.#values = parameters;
    this.#hash = this.#o.hash(text);
    this.#readAtMs = nowMs;
    if (this.#o.told.get() === this.#hash) return;
    const parts = partsOf(text);
    if (parts.length > MAX_PARTS) return;
    for (const [i, list] of parts.entries()) {
      this.#tell({ event: 'list', part: i + 1, parts: parts.length, list, ageMs: 0 }, nowMs, false);
    }
    this.#o.told.set(this.#hash);
  }

  #tellArming(nowMs: number): void {
    // What was called off says nothing of what is set now: the hash is that of the last whole list, with its age.
    const ageMs = this.#hash === null ? null : Math.round(nowMs - this.#readAtMs);
    this.#tell({ event: 'arming', part: null, parts: null, list: null, ageMs }, nowMs, true);
  }

  #tell(
    what: Pick<Sample<'parameters'>['values'], 'event' | 'part' | 'parts' | 'list' | 'ageMs'>,
    nowMs: number,
    urgent: boolean,
  ): void {
    const { version, gitHash } = this.#o.autopilot();
    const values = { ...what, hash: this.#hash, version, gitHash };
    this.#o.onSample({ kind: 'parameters', monoUs: Math.round(nowMs * 1000), bootMs: null, values }, urgent);
  }

  async close(): Promise<void> {
    this.stop();
    await this.#reading?.done;
  }
}

/** Whole lines. */
function partsOf(text: string): readonly string[] {
  const parts: string[] = [];
  let part = '';
  for (const line of text.split(/(?<=\n)/)) {
    if (part.length + line.length > PART_CHARS) {
      parts.push(part);
      part = '';
    }
    part += line;
  }
  return part === '' ? parts : [...parts, part];
}
