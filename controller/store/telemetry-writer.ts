/**
 * Commits groups of sealed envelopes: one transaction in today's file, positions in the same transaction.
 *
 *   upTo = n       every seq ≤ n of the stream is committed, as batch or gap
 *   extends        seq = upTo + 1 (a gap: covers upTo + 1) → stored, upTo moves
 *   seq ≤ upTo     compared with what is held: duplicate, quarantine, or it takes the place of a gap
 *   seq > upTo+1   refused: nothing is ever stored with a hole before it
 *
 * So a group that is committed twice (its answer got lost) changes nothing the second time, whatever file it hits.
 */
import { SEVERITIES } from '@skein/protocol/telemetry/choices';
import { expandBatch, readEnvelope } from '@skein/protocol/telemetry/envelope';
import type { KindName, Sample } from '@skein/protocol/telemetry/kinds';
import { rowOf } from './chunk.ts';
import { dayOf } from './day-files.ts';
import { type BatchRow, type DayRows, type Days, type EventLog, type StreamKey, streamId } from './day-rows.ts';
import type { CommitResult, NewEvent, StoreItem, StreamPosition, StreamSeq } from './port.ts';

/** Positions remembered; past it the map is dropped and read again as needed. */
const MAX_CACHED = 50_000;
/** Autopilot texts at least this severe become events: emergency … warning. */
const EVENT_SEVERITIES: readonly string[] = SEVERITIES.slice(0, 5);
/** Far more than an agent seals in one batch (agent/outbox/sealer.ts); a few bytes, well made, ask for 65 535 events. */
const MOST_ROWS = 1024;

interface Opened {
  readonly item: StoreItem;
  readonly row: BatchRow;
  readonly gap: { readonly to: number; readonly reason: string } | null;
}

interface Tally {
  inserted: number;
  gaps: number;
  duplicates: number;
  filled: number;
  expired: number;
  /** Urgent batches of which no text or clock was taken. */
  unread: Set<BatchRow>;
  conflicts: StreamSeq[];
  refused: Map<string, StreamPosition>;
  /** Gaps of earlier days over what has come all the same. */
  punches: { readonly file: DayRows; readonly row: BatchRow }[];
}

/** Who may be helped when the disk is full. */
export interface Room {
  /** Of what goes on then: tried again while there is a reserve. */
  lend<T>(write: () => T): T;
  /** Of what waits then: refused while the reserve is not whole. */
  spare<T>(write: () => T): T;
}

type Moved = Map<string, { readonly key: StreamKey; readonly upTo: number }>;

function open(item: StoreItem): Opened | null {
  const read = readEnvelope(item.bytes);
  const row = read.ok ? rowOf(item.drone, item.receivedUtcUs, read.header, read.bytes) : null;
  return read.ok && row !== null ? { item, row, gap: read.gap } : null;
}

/** History alone makes no events. */
const mayTell = ({ row, gap }: Opened): boolean => gap !== null || row.lane === 'urgent';

/** Of one that cannot be read here nothing is lost: it is stored as it came. */
function samplesOf(row: BatchRow, kind: KindName, tally: Tally): readonly Sample[] {
  const expanded = expandBatch(row.bytes, [kind], MOST_ROWS);
  if (expanded.ok) return expanded.samples;
  tally.unread.add(row);
  return [];
}

export class TelemetryWriter {
  readonly #days: Days;
  readonly #core: EventLog;
  readonly #room: Room;
  readonly #positions = new Map<string, number>();

  constructor(days: Days, core: EventLog, room: Room = { lend: (write) => write(), spare: (write) => write() }) {
    this.#days = days;
    this.#core = core;
    this.#room = room;
  }

  commit(items: readonly StoreItem[], nowUtcUs: number): CommitResult {
    const opened = items.flatMap((item) => open(item) ?? []);
    const isUrgent = opened.every(({ item, row }) => row.lane === 'urgent' && !item.verify);
    const write = () => this.#commit(opened, nowUtcUs, isUrgent);
    return isUrgent ? this.#room.lend(write) : this.#room.spare(write);
  }

  #commit(opened: readonly Opened[], nowUtcUs: number, isUrgent: boolean): CommitResult {
    const tally: Tally = {
      ...{ inserted: 0, gaps: 0, duplicates: 0, filled: 0, expired: 0 },
      ...{ conflicts: [], refused: new Map(), punches: [], unread: new Set() },
    };
    // Events first, by key: when the day file then fails, the resend finds them there and adds none.
    this.#core.append(
      opened.filter(mayTell).flatMap((one) => this.#eventsOf(one, tally)),
      nowUtcUs,
    );
    const today = this.#days.tables(dayOf(nowUtcUs));
    const moved: Moved = new Map();
    // In the order of the drones: what belongs together is read together.
    const byDrone = opened.toSorted((a, b) => (a.row.drone < b.row.drone ? -1 : Number(a.row.drone > b.row.drone)));
    today.transaction(() => {
      for (const one of byDrone) this.#take(today, one, moved, tally);
      for (const { key, upTo } of moved.values()) today.setPosition(key, upTo);
    }, isUrgent);
    for (const [id, { upTo }] of moved) this.#remember(id, upTo);
    // Other files are not part of the transaction: only now is the batch safe. Should this fail, its repeat ends here too.
    for (const { file, row } of tally.punches) file.punchGap(row, row.seq);
    const { unread, refused, punches: _, ...counts } = tally;
    return { ...counts, unread: unread.size, refused: [...refused.values()] };
  }

  /** Highest position of a stream in any file; 0 when it was never seen. */
  position(key: StreamKey & { readonly stream?: string }): number {
    const id = key.stream ?? streamId(key);
    const cached = this.#positions.get(id);
    if (cached !== undefined) return cached;
    let upTo = this.#core.position(key);
    for (const tables of this.#days.allTables()) upTo = Math.max(upTo, tables.position(key));
    this.#remember(id, upTo);
    return upTo;
  }

  #remember(id: string, upTo: number): void {
    if (this.#positions.size >= MAX_CACHED) this.#positions.clear();
    this.#positions.set(id, upTo);
  }

  #take(today: DayRows, one: Opened, moved: Moved, tally: Tally): void {
    const { row, gap } = one;
    const id = row.stream;
    const upTo = moved.get(id)?.upTo ?? this.position(row);
    const end = gap?.to ?? row.seq;
    if (row.seq > upTo + 1) {
      const { drone, epoch, lane } = row;
      tally.refused.set(id, { drone, epoch, lane, upTo });
      return;
    }
    if (end <= upTo) {
      if (gap) tally.duplicates++;
      else this.#compare(today, row, tally);
      return;
    }
    if (gap) {
      const samples = row.rows;
      today.insertGap({ ...row, from: upTo + 1, to: end, reason: gap.reason, samples });
      tally.gaps++;
    } else {
      today.insertBatch(row);
      this.#storeClock(today, row, tally);
      tally.inserted++;
    }
    moved.set(id, { key: row, upTo: end });
  }

  /** A number that was there before: the same content is a duplicate, other content is evidence of a conflict. */
  #compare(today: DayRows, row: BatchRow, tally: Tally): void {
    const files = this.#days.allTables();
    const holed = files.find((file) => file.hasGap(row, row.seq));
    if (holed === today) today.punchGap(row, row.seq);
    else if (holed) tally.punches.push({ file: holed, row });
    for (const file of files) {
      const crc = file.crcOf(row, row.seq);
      if (crc === undefined) continue;
      if (crc === row.crc) tally.duplicates++;
      else {
        today.quarantine(row);
        tally.conflicts.push({ drone: row.drone, epoch: row.epoch, lane: row.lane, seq: row.seq });
      }
      return;
    }
    if (holed) {
      today.insertLate(row);
      this.#storeClock(today, row, tally);
      tally.filled++;
    } else tally.expired++;
  }

  #storeClock(today: DayRows, row: BatchRow, tally: Tally): void {
    if (row.lane !== 'urgent') return;
    for (const sample of samplesOf(row, 'clock', tally)) {
      if (sample.kind !== 'clock') continue;
      const { utcUs, errUs, source } = sample.values;
      if (utcUs === null || errUs === null || source === null || source === 'unset') continue;
      today.insertClock({ drone: row.drone, boot: row.boot, monoUs: sample.monoUs, utcUs, errUs, source });
    }
  }

  #eventsOf(one: Opened, tally: Tally): NewEvent[] {
    const { row, gap } = one;
    const entity = `drone:${row.drone}`;
    const atUtcUs = row.receivedUtcUs;
    const from = { epoch: row.epoch, lane: row.lane, seq: row.seq };
    const by = { kind: 'drone', name: row.drone } as const;
    const cause = `batch ${row.epoch} ${row.lane} ${row.seq}`;
    if (gap) {
      const data = { ...from, to: gap.to, reason: gap.reason, samples: row.rows, boot: row.boot };
      return [{ entity, type: 'gap', atUtcUs, by, cause, data, key: `gap/${streamId(row)}/${row.seq}-${gap.to}` }];
    }
    return samplesOf(row, 'text', tally).flatMap((sample, i): NewEvent[] => {
      if (sample.kind !== 'text' || !EVENT_SEVERITIES.includes(String(sample.values.severity))) return [];
      const data = { ...sample.values, boot: row.boot, monoUs: sample.monoUs };
      const key = `text/${streamId(row)}/${row.seq}/${row.crc}/${i}`;
      return [{ entity, type: 'autopilot-text', atUtcUs, by, cause, data, key }];
    });
  }
}
