/**
 * One connected station: its bytes become frames, each is judged, what passes waits in a bounded queue for its share of the
 * line. What the autopilot says goes the other way as it came.
 */
import {
  decode,
  type Frame,
  FrameParser,
  isSecret,
  MavResult,
  type Message,
  messageById,
  messageByName,
} from '@skein/protocol/mavlink';
import { type AnswerContext, commandAck, notice, readInstead, refusalOf } from './answers.ts';
import type { CarriedPeer } from './carrier.ts';
import { judge, type Kept } from './gate.ts';
import { messagesOfStream } from './streams.ts';
import { Wishes } from './wishes.ts';

/** What waits for its share of the line: a mission of a few hundred items. */
const MAX_QUEUE_BYTES = 16 << 10;
const IDLE_FLUSH_MS = 250;
const NOTICE_EVERY_MS = 10_000;
/** A station beats once a second; one silent for so long is gone, and its streams with it. */
const GONE_MS = 30_000;
const PARAM_REQUEST_READ = messageByName('PARAM_REQUEST_READ').id;

export interface PeerCounters {
  fromStation: number;
  passed: number;
  toStation: number;
  /** To the station: its line was full. */
  droppedToStation: number;
  /** To the autopilot: its share of the line was used up, or the link did not take it. */
  droppedQueue: number;
  droppedLink: number;
  /** Not passed, by reason. */
  heartbeats: number;
  impostors: number;
  forbidden: number;
  listenOnly: number;
  groundLock: number;
  unknownIds: number;
  answered: number;
}

export const noCounts = (): PeerCounters => ({
  fromStation: 0,
  passed: 0,
  toStation: 0,
  droppedToStation: 0,
  droppedQueue: 0,
  droppedLink: 0,
  heartbeats: 0,
  impostors: 0,
  forbidden: 0,
  listenOnly: 0,
  groundLock: 0,
  unknownIds: 0,
  answered: 0,
});

export interface PeerOptions {
  readonly carried: CarriedPeer;
  /** Shared by all stations of an end point. */
  readonly counters: PeerCounters;
  readonly nowMs: () => number;
  readonly vehicle: () => { readonly sysid: number; readonly compid: number } | null;
  readonly unlocked: () => boolean;
  readonly groundLock: () => boolean;
  /** Takes so many bytes of the share, or says that there are none left now. */
  readonly spend: (bytes: number) => boolean;
  /** What its streams may cost of the line. */
  readonly streamRoomBytesPerS: () => number;
  readonly toAutopilot: (frame: Uint8Array, msgid: number) => boolean;
  readonly onWrite: (from: { readonly sysid: number; readonly compid: number }, what: string) => void;
  readonly onWishes: () => void;
  /** What to write on its screen when it may not change the vehicle. */
  readonly hint: string;
}

const NO_ANSWER: readonly Kept[] = ['heartbeats', 'impostors', 'unknownIds'];

export class StationPeer {
  readonly wishes = new Wishes();
  readonly #o: PeerOptions;
  readonly #parser = new FrameParser();
  readonly #queue: { readonly bytes: Uint8Array; readonly msgid: number }[] = [];
  #queuedBytes = 0;
  #station: { sysid: number; compid: number; version: 1 | 2 } | null = null;
  #lastHeardMs: number | null = null;
  #flushed = true;
  #noticeMs = Number.NEGATIVE_INFINITY;
  #noticeSeq = 0;
  #autopilotSeq = 0;

  constructor(o: PeerOptions) {
    this.#o = o;
    o.carried.onData = (chunk) => this.#data(chunk);
  }

  get status(): object {
    const { sysid, compid } = this.#station ?? { sysid: null, compid: null };
    const heardAgeMs = this.#lastHeardMs === null ? null : Math.round(this.#o.nowMs() - this.#lastHeardMs);
    return { where: this.#o.carried.where, sysid, compid, heardAgeMs, streams: this.wishes.all.length };
  }

  /** A frame of the vehicle's link, whoever's it is. */
  heard(frame: Frame): void {
    if (isSecret(frame.msgid)) return;
    const { vehicle, carried, counters } = this.#o;
    const ours = vehicle();
    if (frame.sysid === ours?.sysid && frame.compid === ours.compid) this.#autopilotSeq = frame.seq;
    if (carried.write(frame.bytes)) counters.toStation++;
    else counters.droppedToStation++;
  }

  /** Call every 100 ms. */
  tick(): void {
    const sinceMs = this.#o.nowMs() - (this.#lastHeardMs ?? 0);
    if (!this.#flushed && sinceMs >= IDLE_FLUSH_MS) {
      this.#flushed = true;
      this.#parser.flush((frame) => this.#frame(frame));
    }
    if (sinceMs >= GONE_MS) this.#forget();
    this.#drain();
  }

  /** False: nobody has spoken there for a while, so nothing need be sent where the address is only guessed. */
  get isHeard(): boolean {
    return this.#lastHeardMs !== null && this.#o.nowMs() - this.#lastHeardMs < GONE_MS;
  }

  #forget(): void {
    if (this.wishes.all.length === 0) return;
    this.wishes.clear();
    this.#o.onWishes();
  }

  #data(chunk: Uint8Array): void {
    this.#lastHeardMs = this.#o.nowMs();
    this.#flushed = false;
    this.#parser.push(chunk, (frame) => this.#frame(frame));
  }

  #frame(frame: Frame): void {
    const { counters, vehicle, unlocked, groundLock, onWrite } = this.#o;
    counters.fromStation++;
    const { sysid, compid, version, msgid } = frame;
    this.#station = { sysid, compid, version };
    const message = frame.known ? decode(frame) : null;
    const ours = vehicle();
    const verdict = judge({ message, sysid, compid, vehicle: ours, unlocked: unlocked(), groundLock: groundLock() });
    if (verdict.do === 'pass') {
      if (verdict.write !== null) onWrite({ sysid, compid }, verdict.write);
      this.#pass(frame.bytes, msgid);
      return;
    }
    const context: AnswerContext | null =
      ours === null ? null : { vehicle: ours, seq: this.#autopilotSeq, to: { sysid, compid, version } };
    if (verdict.do === 'keep') {
      counters[verdict.why]++;
      if (message !== null && context !== null) this.#refuse(message, verdict.why, context);
    } else if (verdict.do === 'interval') this.#interval(verdict.msgid, verdict.intervalUs, message, context);
    else {
      const room = this.#o.streamRoomBytesPerS();
      this.wishes.wantGroup(messagesOfStream(verdict.stream), verdict.hz, room);
      counters.answered++;
      this.#o.onWishes();
    }
  }

  #interval(msgid: number, intervalUs: number, message: Message | null, context: AnswerContext | null): void {
    const known = messageById(msgid) !== undefined && Number.isInteger(msgid);
    const valid = known && Number.isFinite(intervalUs) && intervalUs >= -1;
    const hz = intervalUs > 0 ? 1e6 / intervalUs : 0;
    const fits = valid && this.wishes.want(msgid, hz, this.#o.streamRoomBytesPerS());
    const result = !valid ? MavResult.DENIED : fits ? MavResult.ACCEPTED : MavResult.TEMPORARILY_REJECTED;
    if (fits) this.#o.onWishes();
    if (message === null || context === null) return;
    if (message.name !== 'COMMAND_LONG' && message.name !== 'COMMAND_INT') return;
    this.#answer(commandAck(message.fields.command, result, context));
  }

  #refuse(message: Message, why: Kept, context: AnswerContext): void {
    if (NO_ANSWER.includes(why)) return;
    const refusal = refusalOf(message, context);
    if (refusal !== null) this.#answer(refusal);
    const instead = readInstead(message, context);
    if (instead !== null) this.#pass(instead, PARAM_REQUEST_READ);
    const nowMs = this.#o.nowMs();
    if (nowMs - this.#noticeMs < NOTICE_EVERY_MS) return;
    this.#noticeMs = nowMs;
    const text =
      why === 'listenOnly'
        ? this.#o.hint
        : why === 'groundLock'
          ? 'Skein: locked on the ground'
          : 'Skein: this is never passed on';
    this.#answer(notice(text, this.#noticeSeq++ & 0xff, context));
  }

  #answer(bytes: Uint8Array): void {
    this.#o.counters.answered++;
    if (!this.#o.carried.write(bytes)) this.#o.counters.droppedToStation++;
  }

  #pass(bytes: Uint8Array, msgid: number): void {
    if (this.#queuedBytes + bytes.length > MAX_QUEUE_BYTES) {
      this.#o.counters.droppedQueue++;
      return;
    }
    // A view of the received chunk, which may be large and would be held as long as the frame waits.
    this.#queue.push({ bytes: bytes.slice(), msgid });
    this.#queuedBytes += bytes.length;
    this.#drain();
  }

  #drain(): void {
    for (let next = this.#queue[0]; next !== undefined && this.#o.spend(next.bytes.length); next = this.#queue[0]) {
      this.#queue.shift();
      this.#queuedBytes -= next.bytes.length;
      if (this.#o.toAutopilot(next.bytes, next.msgid)) this.#o.counters.passed++;
      else this.#o.counters.droppedLink++;
    }
  }
}
