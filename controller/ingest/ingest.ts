/**
 * Takes sealed batches in order, has them committed in groups, acks after the commit.
 *
 *   presence ──► announce() ──► positions from the store ──► first ack of each epoch and lane
 *   urgent, history ──► message() ──► judge ──► queue ──► group commit ──► acks, one per epoch and lane
 *
 * Nothing here waits for the store before it returns: the broker is never held back. What does not fit is dropped and
 * counted; the drone holds every batch until it is acked.
 */
import { type Envelope, sealGap, splitMessage } from '@skein/protocol/telemetry';
import { Committer, type QueuedItem, type StoreHealth } from './committer.ts';
import { CrcMemory } from './crc-memory.ts';
import { committed, judge, type LaneState, laneFrom, missingBefore, queued, restarted } from './lane.ts';
import type { AckOut, BatchStore, Clock, CommitOutcome, Count, Lane } from './ports.ts';
import { type Load, roomBytes, windowBytes } from './window.ts';

const LANES: readonly Lane[] = ['urgent', 'history'];
/** Sessions of one drone that are acked at a time; more are a conflict gone wild. */
const MAX_SESSIONS = 4;
const NO_BOOT = '00000000-0000-0000-0000-000000000000';
const CLOSE_DEADLINE_MS = 5000;
const TICK_MS = 250;

export interface AnnouncedEpoch {
  readonly epoch: string;
  readonly lanes: Readonly<Record<Lane, { readonly first: number; readonly next: number }>>;
}

export interface Announcement {
  readonly drone: string;
  readonly session: string;
  readonly online: boolean;
  readonly epochs: readonly AnnouncedEpoch[];
}

export interface IngestOptions {
  readonly store: BatchStore;
  readonly clock: Clock;
  readonly count: Count;
  readonly sendAck: (ack: AckOut) => void;
  readonly budgetBytes: number;
  readonly lingerMs: number;
  readonly slowMs: number;
  /** A lane moved: for the backlog shown. `monoToUs` of the newest batch committed. */
  readonly onProgress: (drone: string, epoch: string, lane: Lane, upTo: number, monoToUs: number | null) => void;
  readonly onConflict: (drone: string, epoch: string, lane: Lane, seq: number) => void;
  readonly onHealth: (health: StoreHealth) => void;
  readonly onCommitTime?: (seconds: number, items: number) => void;
}

interface Stream {
  readonly drone: string;
  readonly epoch: string;
  readonly lane: Lane;
  state: LaneState;
  crcs: CrcMemory | null;
}

interface DroneStreams {
  readonly epochs: Map<string, Record<Lane, Stream>>;
  /** Epochs of each session, newest session last. */
  readonly sessions: Map<string, readonly string[]>;
  loading: Promise<void> | null;
  waiting: Announcement | null;
}

export class Ingest {
  readonly #o: IngestOptions;
  readonly #drones = new Map<string, DroneStreams>();
  /** Told a window of 0, or turned away: an ack follows as soon as there is room. */
  readonly #closedStreams = new Set<Stream>();
  readonly #committer: Committer;
  #timer: NodeJS.Timeout | null = null;
  #failed = false;
  #closing = false;

  constructor(o: IngestOptions) {
    this.#o = o;
    this.#committer = new Committer({
      ...o,
      onCommitted: (items, outcome) => this.#committed(items, outcome),
      onDropped: (items) => this.#restart(items),
      onHealth: (health) => this.#healthChanged(health),
    });
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
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
    if (this.#closing) return;
    const drone = this.#droneOf(a.drone);
    if (!a.online) {
      drone.sessions.delete(a.session);
      return;
    }
    drone.waiting = a;
    while (drone.loading) await drone.loading;
    if (drone.waiting !== a) return;
    drone.waiting = null;
    const unknown = a.epochs.map((one) => one.epoch).filter((epoch) => !drone.epochs.has(epoch));
    if (unknown.length > 0) {
      drone.loading = this.#loadPositions(drone, a.drone, unknown).finally(() => {
        drone.loading = null;
      });
      await drone.loading;
    }
    if (this.#closing) return;
    this.#enlist(drone, a);
    for (const announced of a.epochs) {
      const lanes = drone.epochs.get(announced.epoch);
      if (lanes === undefined) continue;
      for (const lane of LANES) {
        this.#begin(lanes[lane], announced.lanes[lane].first, a.session);
        this.#o.onProgress(a.drone, announced.epoch, lane, lanes[lane].state.upTo, null);
      }
    }
  }

  /** A message on a drone's urgent or history channel. */
  message(drone: string, channel: Lane, payload: Uint8Array): void {
    if (this.#closing) return;
    this.#o.count('messages');
    const split = splitMessage(payload);
    if (!split.ok) this.#o.count('malformed');
    for (const envelope of split.ok ? split.envelopes : split.good) this.#offer(drone, channel, envelope);
  }

  async close(): Promise<void> {
    this.#closing = true;
    if (this.#timer) clearInterval(this.#timer);
    await this.#committer.close(CLOSE_DEADLINE_MS);
  }

  async #loadPositions(drone: DroneStreams, id: string, epochs: readonly string[]): Promise<void> {
    const positions = await this.#o.store.positions(id, epochs);
    for (const epoch of epochs) {
      const stream = (lane: Lane): Stream => {
        const known = positions.find((one) => one.epoch === epoch && one.lane === lane);
        return { drone: id, epoch, lane, state: laneFrom(known?.upTo ?? 0), crcs: null };
      };
      drone.epochs.set(epoch, { urgent: stream('urgent'), history: stream('history') });
    }
  }

  /** Makes this the newest session of the drone; epochs that no session lists any more are forgotten. */
  #enlist(drone: DroneStreams, a: Announcement): void {
    drone.sessions.delete(a.session);
    drone.sessions.set(
      a.session,
      a.epochs.map((one) => one.epoch),
    );
    for (const session of drone.sessions.keys()) {
      if (drone.sessions.size <= MAX_SESSIONS) break;
      drone.sessions.delete(session);
    }
    const listed = new Set([...drone.sessions.values()].flat());
    for (const [epoch, lanes] of drone.epochs) {
      if (listed.has(epoch)) continue;
      drone.epochs.delete(epoch);
      for (const lane of LANES) this.#closedStreams.delete(lanes[lane]);
    }
  }

  #begin(stream: Stream, first: number, session: string): void {
    const missing = missingBefore(stream.state, first);
    if (missing === null) {
      this.#ack(stream, [session]);
      return;
    }
    // Acked once the gap is committed: the first ack then says where the drone really goes on.
    this.#o.count('evicted');
    const bytes = sealGap({
      ...{ lane: stream.lane, epoch: stream.epoch, boot: NO_BOOT, from: missing.from, to: missing.to },
      ...{ reason: 'evicted', samples: 0, monoFromUs: 0, monoToUs: 0 },
    });
    this.#queue(stream, { to: missing.to, monoToUs: 0, bytes, verify: false });
  }

  #offer(drone: string, channel: Lane, { header, gap, bytes }: Envelope): void {
    if (header.lane !== channel) {
      this.#o.count('wrongLane');
      return;
    }
    const stream = this.#drones.get(drone)?.epochs.get(header.epoch)?.[channel];
    if (stream === undefined) {
      this.#o.count('unannounced');
      return;
    }
    const to = gap?.to ?? header.seq;
    const verdict = header.seq === 0 ? 'ahead' : judge(stream.state, header.seq, to);
    if (verdict === 'ahead') {
      this.#o.count('ahead');
      return;
    }
    if (verdict === 'again') {
      if (gap || stream.crcs?.get(header.seq) === header.crc) {
        this.#o.count('duplicate');
        return;
      }
      this.#verify(stream, header.seq, bytes);
      return;
    }
    if (roomBytes(channel, this.#load()) < bytes.length) {
      this.#o.count('noRoom');
      this.#closedStreams.add(stream);
      return;
    }
    this.#o.count('accepted');
    if (!gap) {
      stream.crcs ??= new CrcMemory();
      stream.crcs.set(header.seq, header.crc);
    }
    this.#queue(stream, { to, monoToUs: header.monoToUs, bytes: Buffer.from(bytes), verify: false });
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
    const { inserted, gaps, duplicates, filled, expired, conflicts } = outcome;
    this.#o.count('committed', inserted);
    this.#o.count('gaps', gaps);
    this.#o.count('duplicate', duplicates);
    this.#o.count('filled', filled);
    this.#o.count('expired', expired);
    this.#o.count('conflict', conflicts.length);
    this.#o.count('refused', outcome.refused.length);
    const touched = new Map<Stream, number>();
    for (const item of items) {
      const stream = this.#streamOf(item);
      if (stream === undefined) continue;
      if (!item.verify) stream.state = committed(stream.state, item.to);
      touched.set(stream, Math.max(touched.get(stream) ?? 0, item.monoToUs));
    }
    for (const at of outcome.refused) {
      const stream = this.#streamOf(at);
      if (stream) this.#rewind(stream, at.upTo);
    }
    for (const [stream, monoToUs] of touched) {
      this.#ack(stream, this.#sessionsOf(stream));
      this.#o.onProgress(stream.drone, stream.epoch, stream.lane, stream.state.upTo, monoToUs || null);
    }
    for (const one of conflicts) this.#o.onConflict(one.drone, one.epoch, one.lane, one.seq);
  }

  #restart(items: readonly QueuedItem[]): void {
    for (const item of items) {
      const stream = this.#streamOf(item);
      if (stream) this.#rewind(stream, stream.state.upTo);
    }
  }

  #rewind(stream: Stream, upTo: number): void {
    stream.state = restarted(upTo);
    stream.crcs?.clear();
  }

  #healthChanged(health: StoreHealth): void {
    const failed = health.state === 'failed';
    if (failed !== this.#failed) {
      this.#failed = failed;
      // Tell everybody at once: stop, or go on.
      for (const drone of this.#drones.values()) {
        for (const lanes of drone.epochs.values()) {
          for (const lane of LANES) this.#ack(lanes[lane], this.#sessionsOf(lanes[lane]));
        }
      }
    }
    this.#o.onHealth(health);
  }

  #tick(): void {
    this.#committer.check();
    const load = this.#load();
    for (const stream of this.#closedStreams) {
      if (windowBytes(stream.lane, load) > 0) this.#ack(stream, this.#sessionsOf(stream));
    }
  }

  #ack(stream: Stream, sessions: readonly string[]): void {
    const { drone, epoch, lane, state } = stream;
    const window = windowBytes(lane, this.#load());
    if (window === 0) this.#closedStreams.add(stream);
    else this.#closedStreams.delete(stream);
    for (const session of sessions) {
      this.#o.count('acks');
      this.#o.sendAck({ drone, session, epoch, lane, upTo: state.upTo, window });
    }
  }

  #sessionsOf(stream: Stream): string[] {
    const sessions = this.#drones.get(stream.drone)?.sessions ?? new Map<string, readonly string[]>();
    return [...sessions].flatMap(([session, epochs]) => (epochs.includes(stream.epoch) ? [session] : []));
  }

  #streamOf(at: { readonly drone: string; readonly epoch: string; readonly lane: Lane }): Stream | undefined {
    return this.#drones.get(at.drone)?.epochs.get(at.epoch)?.[at.lane];
  }

  #droneOf(id: string): DroneStreams {
    const known = this.#drones.get(id);
    if (known) return known;
    const fresh: DroneStreams = { epochs: new Map(), sessions: new Map(), loading: null, waiting: null };
    this.#drones.set(id, fresh);
    return fresh;
  }

  #load(): Load {
    return {
      depthBytes: this.#committer.depthBytes,
      budgetBytes: this.#o.budgetBytes,
      drones: this.#drones.size,
      storeFailed: this.#failed,
    };
  }
}
