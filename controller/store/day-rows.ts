/**
 * A day of telemetry as the writer sees it (telemetry-writer.ts): `DayTables` is SQLite; a simulation keeps it in memory.
 */
import type { Lane, NewEvent } from './port.ts';

export interface StreamKey {
  readonly drone: string;
  readonly epoch: string;
  readonly lane: Lane;
}

interface BootStamps {
  readonly drone: string;
  readonly boot: string;
  readonly monoFromUs: number;
  readonly monoToUs: number;
  readonly receivedUtcUs: number;
}

export interface BatchRow extends StreamKey, BootStamps {
  /** `streamId` of it, made once: maps are asked for it several times. */
  readonly stream: string;
  readonly seq: number;
  readonly crc: number;
  readonly rows: number;
  readonly bytes: Uint8Array;
}

export interface GapRow extends StreamKey {
  readonly from: number;
  readonly to: number;
  readonly reason: string;
  readonly samples: number;
  readonly boot: string;
  readonly monoFromUs: number;
  readonly monoToUs: number;
  readonly receivedUtcUs: number;
}

export interface ClockRow {
  readonly drone: string;
  readonly boot: string;
  readonly monoUs: number;
  readonly utcUs: number;
  readonly errUs: number;
  readonly source: string;
}

/** Made of all batches of a boot. Per boot of a drone: clock span, longest batch, and the least difference between arrival and sampling. */
export interface BootRow {
  readonly drone: string;
  readonly boot: string;
  readonly monoFromUs: number;
  readonly monoToUs: number;
  readonly spanUs: number;
  readonly offsetUs: number;
}

export function streamId(key: StreamKey): string {
  return `${key.drone}/${key.epoch}/${key.lane}`;
}

/** A boot of which more is coming. */
export type Boot = { -readonly [K in keyof BootRow]: BootRow[K] };

export function newBoot(row: BootStamps): Boot {
  const { drone, boot, monoFromUs, monoToUs, receivedUtcUs } = row;
  return { drone, boot, monoFromUs, monoToUs, spanUs: monoToUs - monoFromUs, offsetUs: receivedUtcUs - monoToUs };
}

/** This batch is one of it as well. */
export function widen(boot: Boot, { monoFromUs, monoToUs, receivedUtcUs }: BootStamps): void {
  boot.monoFromUs = Math.min(boot.monoFromUs, monoFromUs);
  boot.monoToUs = Math.max(boot.monoToUs, monoToUs);
  boot.spanUs = Math.max(boot.spanUs, monoToUs - monoFromUs);
  boot.offsetUs = Math.min(boot.offsetUs, receivedUtcUs - monoToUs);
}

/** Errors of the storage carry a `code`. */
export interface DayRows {
  /** All or nothing, and durable when it returns. What is urgent, and nothing else, may use what is kept for it. */
  transaction(run: () => void, isUrgent?: boolean): void;
  /** The next of its lane: behind all that this file holds of it. */
  insertBatch(b: BatchRow): void;
  /** One that comes after its place: the gap over it is gone. */
  insertLate(b: BatchRow): void;
  insertGap(g: GapRow): void;
  /** Checksum of a stored batch, undefined when this file does not hold it. */
  crcOf(key: StreamKey, seq: number): number | undefined;
  position(key: StreamKey): number;
  setPosition(key: StreamKey, upTo: number): void;
  hasGap(key: StreamKey, seq: number): boolean;
  /** Takes one seq out of the gap over it, leaving what remains on either side; nothing when there is no such gap. */
  punchGap(key: StreamKey, seq: number): void;
  insertClock(c: ClockRow): void;
  /** False when this very content is in quarantine already. */
  quarantine(b: BatchRow): boolean;
}

export interface Days {
  /** Made when missing. */
  tables(day: string): DayRows;
  /** Newest day first. */
  allTables(): readonly DayRows[];
}

export interface EventLog {
  /** `wallUtcUs`: our clock now. */
  append(events: readonly NewEvent[], wallUtcUs: number): unknown;
  /** Where a stream stood when the day that knew was removed; 0: nowhere. */
  position(key: StreamKey): number;
}
