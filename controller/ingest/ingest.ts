/**
 * Takes sealed batches in order, has them committed in groups, acks after the commit.
 *
 *   presence ──► announce() ──► positions from the store ──► first ack of each epoch and lane
 *   urgent, history ──► message() ──► judge ──► queue ──► group commit ──► acks, one per epoch and lane
 *
 * Nothing here waits for the store before it returns: the broker is never held back. What does not fit is dropped and
 * counted; the drone holds every batch until it is acked.
 */
import { type Envelope, sealGap } from '@skein/protocol/telemetry';
import { AckPace } from './ack-pace.ts';
import { Committer } from './committer.ts';
import { CrcMemory } from './crc-memory.ts';
import { committed, judge, missingBefore, queued, restarted } from './lane.ts';
import { Opener } from './opener.ts';
import type { Announcement, CommitOutcome, IngestOptions, Lane, StoreHealth } from './ports.ts';
import { costOf, type QueuedItem } from './queued-item.ts';
import { Roster } from './roster.ts';
import { LANES, type Stream } from './streams.ts';
import type { Takes } from './takes.ts';
import { FIRST_WINDOW_BYTES, type Load, MAX_WINDOW_BYTES, roomBytes, windowBytes } from './window.ts';

const NO_BOOT = '00000000-0000-0000-0000-000000000000';
const CLOSE_DEADLINE_MS = 5000;
const TICK_MS = 250;
/** This part of its window committed since it was told, and it is told at once: it must not run out of it. */
const WINDOW_PART = 4;
export class Ingest {
  readonly #o: IngestOptions;
  readonly #roster: Roster;
  readonly opener: Opener;
  /** Told a window of 0, or turned away: an ack follows as soon as there is room. */
  readonly #closedStreams = new Set<Stream>();
  readonly #committer: Committer;
  readonly #pace = new AckPace<Stream>();
  #stopTicking: () => void = () => {};
  #told: StoreHealth['state'] = 'ok';
  #urgentClosed = false;
  #closing = false;

  constructor(o: IngestOptions) {
    this.#o = o;
    this.#roster = new Roster({
      positions: (drone, epochs) => this.#o.store.positions(drone, epochs),
      monoUs: () => this.#o.clock.monoUs(),
      onKnown: (a) => this.#answer(a),
      onForgotten: (stream) => {
        this.#closedStreams.delete(stream);
        this.#pace.drop(stream);
      },
    });
    this.opener = new Opener({ ...o, onShut: (...to) => this.#packsShut(...to) });
    this.#committer = new Committer({
      ...this.#o,
      onCommitted: (items, outcome) => this.#committed(items, outcome),
      onDropped: (items) => this.#restart(items),
      onHealth: (health) => this.#healthChanged(health),
    });
  }

  start(): void {
    this.#stopTicking = this.#o.timers.every(TICK_MS, () => this.#tick());
  }

  get depthBytes(): number {
    return this.#committer.depthBytes;
  }

  get depthItems(): number {
    return this.#committer.depthItems;
  }

  get ageS(): number {
    return this.#committer.ageS;
  }

  get health(): StoreHealth {
    return this.#committer.health;
  }

  /** The window a history lane would be told now, bytes. */
  get windowBytes(): number {
    return windowBytes('history', this.#load());
  }

  /** A presence came. Resolves when its lanes are known and the first acks are out (or wait for a gap's commit). */
  async announce(a: Announcement): Promise<void> {
    if (!this.#closing) await this.#roster.heard(a);
  }

  #answer(a: Announcement): void {
    if (this.#closing) return;
    for (const { epoch, lanes } of a.epochs) {
      for (const lane of LANES) {
        const stream = this.#roster.stream(a.drone, epoch, lane);
        if (stream === undefined) continue;
        this.#begin(stream, lanes[lane].first, a.session);
        this.#o.onProgress(a.drone, epoch, lane, stream.state.upTo, null);
      }
    }
  }

  /** A message on a drone's urgent or history channel. */
  message(drone: string, channel: Lane, payload: Uint8Array): void {
    if (this.#closing) return;
    this.opener.open(drone, payload, (envelope) => this.#offer(drone, channel, envelope));
  }

  /** Told at once, so that what it has to say comes in another way. */
  #packsShut(drone: string, isShut: boolean): void {
    const takes = this.opener.takes(drone, this.#roster.sending);
    for (const stream of this.#roster.streamsOf(drone)) this.#ackAll(stream, takes);
    this.#o.onPacksShut?.(drone, isShut);
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#stopTicking();
    await this.#committer.close(CLOSE_DEADLINE_MS);
    for (const stream of this.#pace.all()) this.#ackAll(stream);
  }

  #begin(stream: Stream, first: number, session: string): void {
    const missing = missingBefore(stream.state, first);
    if (missing === null) {
      this.#ack(stream, [session], this.opener.takes(stream.drone, this.#roster.sending));
      return;
    }
    // Acked once the gap is committed: the first ack then says where the drone really goes on.
    const bytes = sealGap({
      ...{ lane: stream.lane, epoch: stream.epoch, boot: NO_BOOT, from: missing.from, to: missing.to },
      ...{ reason: 'evicted', samples: 0, monoFromUs: 0, monoToUs: 0 },
    });
    if (roomBytes(stream.lane, this.#load()) < costOf(bytes)) {
      this.#o.count('noRoom');
      return;
    }
    this.#o.count('evicted');
    this.#queue(stream, { to: missing.to, monoToUs: 0, bytes, verify: false });
  }

  /** False: not taken, and not for want of room. */
  #offer(drone: string, channel: Lane, { header, gap, bytes }: Envelope): boolean {
    if (header.lane !== channel) {
      this.#o.count('wrongLane');
      return false;
    }
    const stream = this.#roster.stream(drone, header.epoch, channel);
    if (stream === undefined) {
      this.#o.count('unannounced');
      return false;
    }
    const to = gap?.to ?? header.seq;
    const verdict = header.seq === 0 ? 'ahead' : judge(stream.state, header.seq, to);
    if (verdict === 'ahead') {
      this.#o.count('ahead');
      stream.isBehind = true;
      return false;
    }
    if (verdict === 'again') {
      if (gap || stream.crcs?.get(header.seq) === header.crc) this.#o.count('duplicate');
      else this.#verify(stream, header.seq, bytes);
      return false;
    }
    if (roomBytes(channel, this.#load()) < costOf(bytes)) {
      this.#o.count('noRoom');
      stream.creditBytes = FIRST_WINDOW_BYTES;
      this.#closedStreams.add(stream);
      return true;
    }
    this.#o.count('accepted');
    if (!gap) {
      stream.crcs ??= new CrcMemory();
      stream.crcs.set(header.seq, header.crc);
    }
    this.#queue(stream, { to, monoToUs: header.monoToUs, bytes: Buffer.from(bytes), verify: false });
    return true;
  }

  /** A number at or below what we have, not known to be the same: the store compares. */
  #verify(stream: Stream, seq: number, bytes: Uint8Array): void {
    if (this.#committer.verifyBytes + bytes.length > this.#o.budgetBytes / 8) {
      this.#o.count('unverified');
      return;
    }
    this.#queue(stream, { to: seq, monoToUs: 0, bytes: Buffer.from(bytes), verify: true });
  }

  #queue(stream: Stream, item: Pick<QueuedItem, 'to' | 'monoToUs' | 'bytes' | 'verify'>): void {
    const { drone, epoch, lane } = stream;
    if (!item.verify) stream.state = queued(stream.state, item.to);
    this.#committer.take({ drone, epoch, lane, receivedUtcUs: this.#o.clock.utcUs(), ...item });
  }

  #committed(items: readonly QueuedItem[], outcome: CommitOutcome): void {
    const { inserted, duplicates, conflicts } = outcome;
    this.#o.count('committed', inserted);
    this.#o.count('duplicate', duplicates);
    for (const name of ['gaps', 'filled', 'expired', 'unread'] as const) this.#o.count(name, outcome[name]);
    this.#o.count('conflict', conflicts.length);
    this.#o.count('refused', outcome.refused.length);
    const touched = new Map<Stream, number>();
    for (const item of items) {
      const stream = this.#roster.streamOf(item);
      if (stream === undefined) continue;
      if (!item.verify) stream.state = committed(stream.state, item.to);
      stream.untoldBytes += item.bytes.length;
      touched.set(stream, Math.max(touched.get(stream) ?? 0, item.monoToUs));
    }
    for (const at of outcome.refused) {
      const stream = this.#roster.streamOf(at);
      if (stream) this.#rewind(stream, at.upTo);
    }
    for (const [stream, monoToUs] of touched) {
      const isUsed = stream.untoldBytes * WINDOW_PART >= stream.toldBytes;
      // Told to wait it has used nothing, whatever was on its way still.
      if (isUsed && stream.toldBytes > 0) stream.creditBytes = Math.min(MAX_WINDOW_BYTES, 2 * stream.creditBytes);
      if (stream.lane === 'history' && !isUsed) this.#pace.add(stream, this.#o.clock.monoUs());
      else this.#ackAll(stream);
      this.#o.onProgress(stream.drone, stream.epoch, stream.lane, stream.state.upTo, monoToUs || null);
    }
    this.#ackDue();
    for (const one of conflicts) this.#o.onConflict(one.drone, one.epoch, one.lane, one.seq);
    for (const item of items) if (item.lane === 'urgent') this.#o.onUrgent?.(item.drone, item.bytes);
  }

  #restart(items: readonly QueuedItem[]): void {
    for (const item of items) {
      const stream = this.#roster.streamOf(item);
      if (stream) this.#rewind(stream, stream.state.upTo);
    }
  }

  #rewind(stream: Stream, upTo: number): void {
    stream.state = restarted(upTo);
    stream.crcs?.clear();
  }

  /** Who has something on its way is told of a store that stalls, everybody of one that fails or takes data again. */
  #healthChanged(health: StoreHealth): void {
    const { state } = health;
    const { urgentClosed } = this.#committer;
    const isSame = (state === 'failed') === (this.#told === 'failed') && urgentClosed === this.#urgentClosed;
    const isStall = state === 'slow' && this.#told === 'ok';
    this.#told = state;
    this.#urgentClosed = urgentClosed;
    for (const stream of isSame && !isStall ? [] : this.#roster.streams()) {
      if (!isSame || stream.state.queuedTo > stream.state.upTo) this.#ackAll(stream);
    }
    this.#o.onHealth(health);
  }

  #tick(): void {
    this.#committer.check();
    const load = this.#load();
    for (const stream of this.#closedStreams) {
      if (windowBytes(stream.lane, load) > 0) this.#ackAll(stream);
    }
    this.#ackDue();
    this.opener.gate.sweep();
    this.#roster.sweep();
  }

  #ackDue(): void {
    for (const stream of this.#pace.due(this.#o.clock.monoUs())) this.#ackAll(stream);
  }

  #ackAll(stream: Stream, takes: Takes = {}): void {
    this.#pace.drop(stream);
    stream.untoldBytes = 0;
    this.#ack(stream, this.#roster.sessionsOf(stream), takes);
  }

  #ack(stream: Stream, sessions: readonly string[], takes: Takes = {}): void {
    const { drone, epoch, lane, state } = stream;
    const window = Math.min(stream.creditBytes, windowBytes(lane, this.#load()));
    stream.toldBytes = window;
    if (window === 0) this.#closedStreams.add(stream);
    else this.#closedStreams.delete(stream);
    for (const session of sessions) {
      this.#o.count('acks');
      this.#o.sendAck({ drone, session, epoch, lane, upTo: state.upTo, window, ...takes });
    }
  }

  #load(): Load {
    const committer = this.#committer;
    return {
      depthBytes: committer.depthBytes,
      budgetBytes: this.#o.budgetBytes,
      drones: this.#roster.sending,
      historyClosed: committer.health.state === 'failed',
      urgentClosed: committer.urgentClosed,
      ageS: committer.ageS,
      slowS: this.#o.slowMs / 1e3,
    };
  }
}
