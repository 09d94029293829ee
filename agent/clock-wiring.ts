/**
 * The clock among the other parts: who tells it the time, where its records go, what it keeps on disk.
 *
 *   SYSTEM_TIME, fix ─▶┐                  ┌─▶ record (urgent lane)
 *   time answers ─────▶├ clock ── vote ───┼─▶ stamps of recordings
 *   chrony, timesyncd ▶┘                  └─▶ state.json: first, every 10 min, at the end
 */
import type { Sample } from '@skein/protocol/telemetry';
import { Clock, type KeptTime, NetworkWatch } from './clock/index.ts';
import type { AgentPorts } from './ports.ts';

const KEEP_EVERY_US = 600_000_000;
const LOOK_EVERY_US = 60_000_000;
/** With no autopilot heard for so long since the start there is none whose heartbeats could wait. */
const NOBODY_US = 10_000_000;

export interface TimekeeperParts {
  readonly ports: AgentPorts;
  readonly boot: string;
  readonly kept: KeptTime | null;
  /** Of the vehicle; null: nothing heard of it yet. */
  readonly armed: () => boolean | null;
  readonly keep: (time: KeptTime) => void;
  readonly onRecord: (sample: Sample) => void;
}

export class Timekeeper {
  readonly clock: Clock;
  readonly #parts: TimekeeperParts;
  readonly #network = new NetworkWatch();
  #stampOffsetUs = Number.NEGATIVE_INFINITY;
  #kept: KeptTime | null = null;
  readonly #startedUs: number;
  #lookDueUs = Number.NEGATIVE_INFINITY;
  /** It could not be asked in flight. */
  #owed = false;

  constructor(parts: TimekeeperParts) {
    this.#parts = parts;
    this.#startedUs = parts.ports.nowUs();
    this.clock = new Clock({ boot: parts.boot, kept: parts.kept });
  }

  /**
   * UTC for a recording: as good as it is known, never going back within it. When the clock is set back, stamps go on at
   * the pace of the monotonic clock, ahead by as much.
   */
  stampUs(monoUs: number): number {
    const { ports } = this.#parts;
    const utcUs = this.clock.read(monoUs)?.utcUs ?? Math.max(ports.systemUtcUs(), this.clock.notBeforeUs(monoUs));
    this.#stampOffsetUs = Math.max(this.#stampOffsetUs, utcUs - monoUs);
    return Math.round(monoUs + this.#stampOffsetUs);
  }

  /** A record when one is due; call it every second. */
  tick(): void {
    const { ports, onRecord } = this.#parts;
    const nowUs = ports.nowUs();
    const record = this.clock.record(nowUs, ports.systemUtcUs());
    if (record) onRecord(record);
    this.#keep(nowUs, false);
    if (nowUs >= this.#lookDueUs || (this.#owed && this.#mayStart(nowUs))) void this.look();
  }

  /**
   * To ask chrony is to start a program, and the main thread stands still until the card has given it: on a slow card
   * for longer than heartbeats may wait. In flight its last answer serves: it ages by 0.2 s an hour.
   */
  #mayStart(nowUs: number): boolean {
    const armed = this.#parts.armed();
    return armed === null ? nowUs - this.#startedUs > NOBODY_US : !armed;
  }

  /** Looks whether network time has set the board's clock. */
  async look(): Promise<void> {
    const { ports } = this.#parts;
    const askedUs = ports.nowUs();
    this.#lookDueUs = askedUs + LOOK_EVERY_US;
    const told = await ports.readNetworkTime({ mayStart: this.#mayStart(askedUs) });
    this.#owed = told === 'not-asked';
    if (told === 'not-asked') return;
    const [monoUs, systemUtcUs] = [ports.nowUs(), ports.systemUtcUs()];
    const errUs = this.#network.take({ monoUs, systemUtcUs, told });
    if (errUs !== null) this.clock.network(systemUtcUs, monoUs, errUs);
  }

  #keep(nowUs: number, last: boolean): void {
    const time = this.clock.kept(nowUs, this.#parts.boot);
    if (time === null) return;
    const before = this.#kept;
    const better = before === null || time.from.length > before.from.length;
    if (!last && !better && nowUs - before.monoUs < KEEP_EVERY_US) return;
    this.#kept = time;
    this.#parts.keep(time);
  }

  status() {
    const { ports } = this.#parts;
    const nowUs = ports.nowUs();
    const read = this.clock.read(nowUs);
    return {
      reading: read === null ? null : { ...read, boardUs: Math.round(ports.systemUtcUs() - read.utcUs) },
      notBeforeUtcUs: this.clock.notBeforeUs(nowUs),
      sources: this.clock.sources(nowUs),
      counters: { ...this.clock.counters, boardSteps: this.#network.steps },
    };
  }

  /** Before the state is closed. */
  close(): void {
    this.#keep(this.#parts.ports.nowUs(), true);
  }
}
