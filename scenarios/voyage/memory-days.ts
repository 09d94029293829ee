/** The telemetry files of the controller in the simulation: `Days` in memory, each change taken back when its commit fails. */
import type { BatchRow, ClockRow, DayRows, Days, GapRow, StreamKey } from '../../controller/store/day-rows.ts';
import { type Device, PowerCut, SECTOR_BYTES } from './device.ts';
import type { World } from './world.ts';

interface HeldBatch {
  readonly crc: number;
  /** Of the urgent lane only: answers are read back out of them. */
  readonly bytes: Uint8Array | null;
}

export interface Stream {
  readonly key: StreamKey;
  readonly batches: Map<number, HeldBatch>;
  gaps: GapRow[];
  position: number;
  readonly quarantine: Map<string, BatchRow>;
}

export type Stored =
  | { readonly kind: 'batch'; readonly row: BatchRow }
  | { readonly kind: 'gap'; readonly row: GapRow }
  | { readonly kind: 'punch'; readonly key: StreamKey; readonly seq: number };

export const streamName = ({ drone, epoch, lane }: StreamKey): string => `${drone}/${epoch}/${lane}`;

export interface MemoryDaysOptions {
  readonly world: World;
  readonly device: Device;
  /** Committed, and safe. */
  readonly onStored: (stored: readonly Stored[]) => void;
}

class MemoryDay implements DayRows {
  readonly #o: MemoryDaysOptions;
  readonly streams = new Map<string, Stream>();
  #undo: (() => void)[] = [];
  #stored: Stored[] = [];
  #inside = false;
  #bytes = 0;

  constructor(o: MemoryDaysOptions) {
    this.#o = o;
  }

  copyFrom(other: MemoryDay): void {
    for (const [name, one] of other.streams) {
      const { key, position } = one;
      const copied = { batches: new Map(one.batches), gaps: [...one.gaps], quarantine: new Map(one.quarantine) };
      this.streams.set(name, { key, position, ...copied });
    }
  }

  #stream({ drone, epoch, lane }: StreamKey): Stream {
    const name = `${drone}/${epoch}/${lane}`;
    let found = this.streams.get(name);
    if (found === undefined) {
      found = { key: { drone, epoch, lane }, batches: new Map(), gaps: [], position: 0, quarantine: new Map() };
      this.streams.set(name, found);
    }
    return found;
  }

  transaction(run: () => void): void {
    this.#begin();
    try {
      run();
      this.#commit();
    } catch (error) {
      for (const undo of this.#undo.reverse()) undo();
      throw error;
    } finally {
      this.#inside = false;
    }
    this.#o.onStored(this.#stored);
  }

  #begin(): void {
    if (this.#inside) throw new Error('a transaction within a transaction');
    this.#inside = true;
    this.#undo = [];
    this.#stored = [];
    this.#bytes = 0;
  }

  #commit(): void {
    const { device, world } = this.#o;
    device.check();
    const sectors = Math.ceil((this.#bytes + 64) / SECTOR_BYTES);
    const written = device.write(sectors);
    try {
      if (written < sectors) throw new PowerCut();
      device.sync();
    } catch (error) {
      // All of it reached the device and nobody waited for that: it may be found there.
      if (!(error instanceof PowerCut) || written < sectors || world.chance(0.5)) throw error;
      this.#o.onStored(this.#stored);
      this.#undo = [];
      throw error;
    }
  }

  /** What is changed outside a transaction is one of its own. */
  #change(stored: Stored | null, change: () => void, undo: () => void): void {
    if (!this.#inside) {
      this.transaction(() => this.#change(stored, change, undo));
      return;
    }
    change();
    this.#undo.push(undo);
    if (stored !== null) this.#stored.push(stored);
    this.#bytes += 64;
  }

  insertBatch(b: BatchRow): void {
    const { batches } = this.#stream(b);
    if (batches.has(b.seq)) throw Object.assign(new Error(`batch ${b.seq} twice`), { code: 'SQLITE_CONSTRAINT' });
    const held = { crc: b.crc, bytes: b.lane === 'urgent' ? b.bytes : null };
    this.#bytes += b.bytes.length;
    this.#change(
      { kind: 'batch', row: b },
      () => batches.set(b.seq, held),
      () => batches.delete(b.seq),
    );
  }

  insertLate(b: BatchRow): void {
    this.insertBatch(b);
  }

  insertGap(g: GapRow): void {
    const stream = this.#stream(g);
    const before = stream.gaps;
    if (before.some((one) => one.from === g.from)) {
      throw Object.assign(new Error(`gap ${g.from} twice`), { code: 'SQLITE_CONSTRAINT' });
    }
    const set = (gaps: GapRow[]) => {
      stream.gaps = gaps;
    };
    this.#change(
      { kind: 'gap', row: g },
      () => set([...before, g]),
      () => set(before),
    );
  }

  crcOf(key: StreamKey, seq: number): number | undefined {
    return this.streams.get(streamName(key))?.batches.get(seq)?.crc;
  }

  position(key: StreamKey): number {
    return this.streams.get(streamName(key))?.position ?? 0;
  }

  setPosition(key: StreamKey, upTo: number): void {
    const stream = this.#stream(key);
    const before = stream.position;
    const set = (position: number) => {
      stream.position = position;
    };
    this.#change(
      null,
      () => set(upTo),
      () => set(before),
    );
  }

  #gapOver(key: StreamKey, seq: number): GapRow | undefined {
    const gaps = this.streams.get(streamName(key))?.gaps ?? [];
    return gaps.findLast((one) => one.from <= seq && one.to >= seq);
  }

  hasGap(key: StreamKey, seq: number): boolean {
    return this.#gapOver(key, seq) !== undefined;
  }

  punchGap(key: StreamKey, seq: number): void {
    const gap = this.#gapOver(key, seq);
    if (gap === undefined) return;
    const stream = this.#stream(key);
    const before = stream.gaps;
    const set = (gaps: GapRow[]) => {
      stream.gaps = gaps;
    };
    const left = gap.from < seq ? [{ ...gap, to: seq - 1 }] : [];
    const right = gap.to > seq ? [{ ...gap, from: seq + 1, samples: gap.from < seq ? 0 : gap.samples }] : [];
    this.#change(
      { kind: 'punch', key, seq },
      () => set([...before.filter((one) => one !== gap), ...left, ...right]),
      () => set(before),
    );
  }

  insertClock(_: ClockRow): void {}

  quarantine(b: BatchRow): boolean {
    const { quarantine } = this.#stream(b);
    const name = `${b.seq}/${b.crc}`;
    if (quarantine.has(name)) return false;
    this.#change(
      null,
      () => quarantine.set(name, b),
      () => quarantine.delete(name),
    );
    return true;
  }
}

export class MemoryDays implements Days {
  readonly #o: MemoryDaysOptions;
  readonly #days = new Map<string, MemoryDay>();

  constructor(o: MemoryDaysOptions) {
    this.#o = o;
  }

  tables(day: string): DayRows {
    let found = this.#days.get(day);
    if (found === undefined) {
      found = new MemoryDay(this.#o);
      this.#days.set(day, found);
    }
    return found;
  }

  allTables(): readonly DayRows[] {
    return [...this.#days].sort(([a], [b]) => (a < b ? 1 : -1)).map(([, day]) => day);
  }

  /** Of every file. */
  *streams(): Iterable<Stream> {
    for (const day of this.#days.values()) yield* day.streams.values();
  }

  copy(): MemoryDays {
    const other = new MemoryDays(this.#o);
    for (const [name, day] of this.#days) {
      const copied = new MemoryDay(this.#o);
      copied.copyFrom(day);
      other.#days.set(name, copied);
    }
    return other;
  }
}
