/**
 * What really happened, kept apart from everybody who took part, and what must follow from it. Checked as it happens:
 * every ack tells the truth, every lane is stored in order and once, no command acts twice. Checked at the end: every
 * durable batch is in the store once, or inside a gap whose cause did occur.
 */
import { upTopic } from '@skein/protocol/fleet';
import { readEnvelope } from '@skein/protocol/telemetry';
import type { StreamKey } from '../../controller/store/day-rows.ts';
import { collect, type Forged, type Held, isComparable, isSeen } from './held.ts';
import { type MemoryDays, type Stored, streamName } from './memory-days.ts';
import type { World } from './world.ts';

export interface Durable {
  readonly drone: string;
  readonly stream: string;
  readonly seq: number;
  readonly crc: number;
  readonly droppable: boolean;
}

const MAX_WRONG = 5;
/** What the controller had, and lacks since it was put back: the drone may hold it no longer, or not in a file that was damaged. */
const GIVEN_UP: ReadonlySet<string> = new Set(['evicted', 'corrupt']);

/** The checksum stands at the end of an envelope. */
export function crcOf(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length).getUint32(bytes.length - 4, true);
}

export class Truth {
  readonly #world: World;
  readonly #durable = new Map<string, Durable>();
  /** Checksum of the batch that a number stands for, sent or durable. */
  readonly #numbered = new Map<string, number>();
  /** Gone with a card that lied, broke or was put back, before they were stored: nobody can have them. */
  readonly #forgotten = new Set<string>();
  /** In a damaged file, and given up or not to be read: that they were there is known, so they are in a gap. */
  readonly #unreadable = new Set<string>();
  /** Gone in one of these ways, and stored by then: while the store is not put back, they have to be there. */
  readonly #lacking = new Map<string, { readonly one: Durable; readonly to: Set<string> }>();
  /** Stored up to here before the store was put back: the drones may have given it up since. */
  readonly #acked = new Map<string, number>();
  /** Why something may be missing, by drone. */
  readonly #causes = new Map<string, Set<string>>();
  /** Every number up to here is stored, by stream. */
  #covered = new Map<string, number>();
  readonly #acted = new Map<string, number>();
  /** Before its order is known perhaps: what is urgent goes out ahead of a slow store. */
  readonly #actedBy = new Map<string, string>();
  readonly #mayActAgain = new Set<string>();
  /** What was done by drones whose journal was then lost: the controller alone knows that it was sent. */
  readonly #unrecorded = new Set<string>();
  /** Orders given before the controller's database was put back: that they were sent may be forgotten. */
  readonly #putBackOver = new Set<string>();
  /** Drones of which there are two, each with a journal of its own. */
  readonly #cloned = new Set<string>();
  /** Batches of other content under numbers that were given: they must be seen for what they are. */
  readonly #forged: Forged[] = [];
  readonly #orders = new Map<string, string>();
  readonly wrong: string[] = [];
  sealed = 0;
  faults = 0;
  /** Something happened that has to be got over. */
  lastEventUs = 0;

  constructor(world: World) {
    this.#world = world;
  }

  broken(what: string): void {
    if (this.wrong.length >= MAX_WRONG) return;
    this.wrong.push(`${(this.#world.nowUs / 1e6).toFixed(3)} s: ${what}`);
    this.#world.note(`WRONG ${what}`);
  }

  fault(what: string | null = null): void {
    this.faults++;
    this.lastEventUs = this.#world.nowUs;
    if (what === null) this.#world.trace(this.faults);
    else this.#world.note(what);
  }

  cause(drone: string, reason: string): void {
    const causes = this.#causes.get(drone) ?? new Set();
    this.#causes.set(drone, causes.add(reason));
  }

  durable(one: Durable): void {
    const key = `${one.stream}/${one.seq}`;
    this.#given(key, one.crc);
    this.#durable.set(key, one);
  }

  /** Rows that a drone is about to send, durable or not: what is said under a number stays what it stands for. */
  async told<T extends readonly { readonly seq: number; readonly bytes: Uint8Array }[] | null>(
    stream: string,
    reading: Promise<T>,
  ): Promise<T> {
    const rows = await reading;
    for (const { seq, bytes } of rows ?? []) {
      const read = readEnvelope(bytes);
      if (read.ok && read.gap === null) this.#given(`${stream}/${seq}`, crcOf(bytes));
    }
    return rows;
  }

  #given(key: string, crc: number): void {
    if ((this.#numbered.get(key) ?? crc) !== crc) this.broken(`${key} was given to two batches`);
    this.#numbered.set(key, crc);
  }

  forgotten(stream: string, seq: number): void {
    this.#gone(stream, seq, this.#forgotten);
  }

  #gone(stream: string, seq: number, to: Set<string>): void {
    const key = `${stream}/${seq}`;
    const one = this.#durable.get(key);
    if (one === undefined || seq > (this.#covered.get(stream) ?? 0)) to.add(key);
    else if (this.#lacking.get(key)?.to !== this.#forgotten) this.#lacking.set(key, { one, to });
  }

  /** Of a damaged file, and never found again: in a gap, if it is still `known` that numbers went so far. */
  damaged(stream: string, from: number, to: number, known: number): void {
    for (let seq = from; seq <= to; seq++) this.#gone(stream, seq, seq <= known ? this.#unreadable : this.#forgotten);
  }

  /** A card told that these were given, and nothing on it does now: nobody can say what is missing. */
  unknown(stream: string, from: number, to: number): void {
    for (let seq = from; seq <= to; seq++) if (this.#durable.has(`${stream}/${seq}`)) this.forgotten(stream, seq);
  }

  /** Its card is another one now, which holds these: what it held besides is gone. */
  cardIs(drone: string, held: readonly { readonly stream: string; readonly seq: number }[]): void {
    const kept = new Set(held.map(({ stream, seq }) => `${stream}/${seq}`));
    for (const [key, { stream, seq }] of this.#durable)
      if (stream.startsWith(`${drone}/`) && !kept.has(key)) this.forgotten(stream, seq);
  }

  /** Its bytes are said again and again until they are seen (`sayForged`). */
  forge(stream: string, seq: number, bytes: Uint8Array): void {
    const crc = crcOf(bytes);
    this.#forged.push({ stream, seq, crc, bytes });
  }

  sayForged(say: (topic: string, bytes: Uint8Array) => void): void {
    for (const { stream, bytes } of this.#forged) say(upTopic('skein/1', stream.split('/')[0] ?? '', 'history'), bytes);
  }

  forgedSeen(days: MemoryDays, known: ReadonlyMap<string, number>): boolean {
    if (this.#forged.length === 0) return true;
    const held = collect(days);
    return this.#forged.every((one) => isSeen(one, held) || !known.has(one.stream) || !isComparable(one, held));
  }

  order(id: string, drone: string): void {
    this.#orders.set(id, drone);
  }

  journalLost(drone: string): void {
    for (const [id, by] of this.#actedBy) if (by === drone) this.#unrecorded.add(id);
  }

  /** This drone's journal is an older copy now, which knows of these. */
  journalIs(drone: string, known: ReadonlySet<string>): void {
    for (const [id, by] of this.#actedBy) if (by === drone && !known.has(id)) this.mayActAgain(id);
  }

  /** Two boards have its card; what one has done the other cannot know. */
  cloned(drone: string): void {
    this.#cloned.add(drone);
  }

  stored(all: readonly Stored[]): void {
    for (const one of all) {
      if (one.kind === 'punch') continue;
      const stream = streamName(one.row);
      const covered = this.#covered.get(stream) ?? 0;
      const [from, to] = one.kind === 'batch' ? [one.row.seq, one.row.seq] : [one.row.from, one.row.to];
      if (from > covered + 1) this.broken(`${stream}/${from} is stored, ${covered + 1} is not`);
      this.#covered.set(stream, Math.max(covered, to));
      this.#world.trace(from);
    }
  }

  /** The store is another one now: an older copy. */
  storeIs(days: MemoryDays): void {
    this.#world.note('the store is put back');
    for (const id of this.#orders.keys()) this.#putBackOver.add(id);
    for (const [stream, upTo] of this.#covered) this.#acked.set(stream, Math.max(upTo, this.#acked.get(stream) ?? 0));
    this.#covered = new Map();
    for (const { key, batches, gaps } of days.streams()) {
      const name = streamName(key);
      let most = this.#covered.get(name) ?? 0;
      for (const seq of batches.keys()) most = Math.max(most, seq);
      for (const { to } of gaps) most = Math.max(most, to);
      this.#covered.set(name, most);
    }
    for (const [key, { one, to }] of this.#lacking) if (one.seq > (this.#covered.get(one.stream) ?? 0)) to.add(key);
  }

  acked(key: StreamKey, upTo: number): void {
    const covered = this.#covered.get(streamName(key)) ?? 0;
    if (upTo > covered) this.broken(`ack of ${streamName(key)} up to ${upTo}, stored up to ${covered}`);
  }

  acts(id: string, drone: string): void {
    this.#actedBy.set(id, drone);
    const times = (this.#acted.get(id) ?? 0) + 1;
    this.#acted.set(id, times);
    const isCloned = this.#cloned.has(drone);
    const bothForgot = this.#putBackOver.has(id) && this.#unrecorded.has(id);
    if (times > 1 && !isCloned && !bothForgot && !this.#mayActAgain.has(id))
      this.broken(`command ${id} acted ${times} times`);
  }

  hasActed(id: string): boolean {
    return this.#acted.has(id);
  }

  /** The record of what it did went with the card. */
  mayActAgain(id: string): void {
    this.#mayActAgain.add(id);
  }

  get commandsActed(): number {
    return this.#acted.size;
  }

  get durableCount(): number {
    return this.#durable.size;
  }

  /** Everything is healed, and has had its time. */
  judge(days: MemoryDays, known: ReadonlyMap<string, number>): void {
    const held = collect(days);
    for (const [key, one] of this.#durable) {
      if (this.wrong.length >= MAX_WRONG) return;
      this.#judgeOne(key, one, held);
    }
    for (const one of this.#forged) {
      if (!isSeen(one, held) && known.has(one.stream) && isComparable(one, held))
        this.broken(`other content under ${one.stream}/${one.seq} was taken for the same`);
    }
    for (const name of held.twice) this.broken(`${name} is stored twice`);
  }

  #judgeOne(key: string, one: Durable, held: Held): void {
    const crc = held.batches.get(key);
    if (crc === one.crc) return;
    const forged = this.#forged.filter(({ stream, seq }) => key === `${stream}/${seq}`);
    if (forged.length > 0 && held.quarantined.has(`${key}/${one.crc}`)) return;
    if (crc !== undefined) {
      if (!forged.some(({ crc: other }) => crc === other)) this.broken(`${key} is stored with other content`);
      return;
    }
    const gap = held.gaps.get(one.stream)?.find(({ from, to }) => from <= one.seq && one.seq <= to);
    if (gap === undefined) {
      if (!this.#forgotten.has(key)) this.broken(`${key} is nowhere`);
      return;
    }
    if (this.#forgotten.has(key) || this.#unreadable.has(key)) return;
    const { reason } = gap;
    const evicts = reason === 'thinned' || reason === 'budget';
    if (evicts && one.stream.endsWith('/urgent') && !one.droppable) this.broken(`${key} is urgent and was given up`);
    const hasCause = GIVEN_UP.has(reason)
      ? one.seq <= (this.#acked.get(one.stream) ?? 0)
      : this.#causes.get(one.drone)?.has(reason);
    if (!hasCause) this.broken(`${key} is in a gap "${reason}", which had no cause`);
  }
}
