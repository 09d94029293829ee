/**
 * The mission, the fence and the rally points of one autopilot: upload, download, clear. One transfer at a time, each a pure
 * machine (upload.ts, download.ts, clear.ts) over the exchange queue. Lists are as the autopilot numbers them: the place of
 * an item is its `seq`, so an ArduPilot mission begins with a placeholder for home (`HOME_ITEM`).
 *
 *   upload, clear ─▶ disarmed, or held? ─▶ machine, until its end, the caller's signal, or control is taken
 *                                          └─▶ ended early: one MISSION_ACK CANCELLED, and nothing that writes after it
 */
import { MavMissionResult, type Message, type MissionItem, type MissionType } from '@skein/protocol/mavlink';
import { type Exchange, type ExchangeOptions, ExchangeQueue } from '../exchange.ts';
import { Superseded } from '../intents.ts';
import { ClearMission } from './clear.ts';
import { firstSeq, isHomeItem, itemFault } from './commands.ts';
import { acknowledge, DownloadMission } from './download.ts';
import {
  type DownloadOutcome,
  type Ended,
  endedBy,
  type MissionFailed,
  type MissionFailure,
  type TransferOptions,
  type WriteOptions,
  type WriteOutcome,
} from './outcome.ts';
import { Pace } from './pace.ts';
import type { MissionEvent, MissionListener, MissionProgress } from './progress.ts';
import type { MissionFlavour } from './stored.ts';
import { UploadMission } from './upload.ts';
import type { MissionChangeListener, MissionWatch } from './watch.ts';
import { isForUs, isMissionMessage, MAX_ITEMS } from './wire.ts';

const MAX_TEXTS = 8;
/** In these a mission is flown. */
const MISSION_MODES: readonly string[] = ['AUTO', 'AUTO_RTL', 'AUTO.MISSION'];

export interface MissionClientOptions extends ExchangeOptions {
  /** Null: not one we can command. */
  readonly flavour: () => MissionFlavour | null;
  readonly vehicle: () => { readonly armed: boolean | null; readonly mode: string | null };
  /** Ends with the caller's signal, or when control is taken from us. */
  readonly guard: (signal: AbortSignal | undefined) => AbortSignal;
  /** A second companion or autopilot is on the link: nothing is written. */
  readonly readOnly: () => boolean;
  readonly roundTripMs: () => number | null;
  readonly watch: MissionWatch;
  readonly progress: MissionProgress;
}

/** What is under way. */
interface Transfer {
  readonly writes: boolean;
  readonly inHold: boolean;
  readonly abort: AbortController;
  readonly texts: string[];
}

export class MissionClient {
  readonly counters = { uploads: 0, downloads: 0, clears: 0, failed: 0, forOthers: 0 };
  readonly #o: MissionClientOptions;
  readonly #queue: ExchangeQueue;
  #transfer: Transfer | null = null;

  constructor(o: MissionClientOptions) {
    this.#o = o;
    this.#queue = new ExchangeQueue(o);
    o.watch.listen(({ reason }) => {
      if (reason === 'rebooted') this.#transfer?.abort.abort(new Superseded('unproved', REBOOTED));
    });
  }

  get isBusy(): boolean {
    return this.#transfer !== null;
  }

  /** The newest of MISSION_CURRENT; null: none heard. */
  get current(): MissionEvent | null {
    return this.#o.progress.current;
  }

  /** What was verified is no longer: why. */
  onChanged(listener: MissionChangeListener): () => void {
    return this.#o.watch.listen(listener);
  }

  /** How far it has come: items count once per visit. */
  onProgress(listener: MissionListener): () => void {
    return this.#o.progress.listen(listener);
  }

  /** The whole list, over whatever was there. It is not verified by this: read it back (`download`, compare.ts). */
  async upload(type: MissionType, items: readonly MissionItem[], o: WriteOptions = {}): Promise<WriteOutcome> {
    const { flavour } = this.#ready();
    const fault = flavour === null ? null : faultOf(type, items, flavour);
    if (fault !== null) return failed({ code: 'bad-items', detail: fault.why, seq: fault.seq }, [], false);
    return this.#write(type, items.length, o, (pace) => {
      this.counters.uploads++;
      return new UploadMission({ type, items, pace, ...(o.onProgress && { onProgress: o.onProgress }) });
    });
  }

  /** Empties one list, by itself: ArduPilot does not know how to clear all at once (observed). */
  async clear(type: MissionType, o: WriteOptions = {}): Promise<WriteOutcome> {
    const empty = type === 'mission' && this.#o.flavour() === 'ardupilot' ? 1 : 0;
    return this.#write(type, 0, o, (pace) => {
      this.counters.clears++;
      return new ClearMission({ type, pace, empty });
    });
  }

  /** What the autopilot holds. It only reads: a pilot does not end it. */
  async download(type: MissionType, o: TransferOptions = {}): Promise<DownloadOutcome> {
    const ended = await this.#alone({ writes: false, inHold: false }, o.signal, type, (pace) => {
      this.counters.downloads++;
      return new DownloadMission({ type, pace, ...(o.onProgress && { onProgress: o.onProgress }) });
    });
    return ended.ok ? { ok: true, items: ended.items, id: ended.id } : ended;
  }

  /** A message of the autopilot. */
  take(message: Message, nowMs: number): void {
    if (this.#transfer === null) return;
    this.#stopIfMayNot();
    if (!isMissionMessage(message)) return;
    const target = this.#o.target();
    if (target === null || !isForUs(message, target.sysid)) this.counters.forOthers++;
    else this.#queue.take(message, nowMs);
  }

  text(text: string): void {
    const texts = this.#transfer?.texts;
    if (texts !== undefined && texts.length < MAX_TEXTS && !texts.includes(text)) texts.push(text);
  }

  /** Call every 100 ms. */
  tick(nowMs: number): void {
    this.#stopIfMayNot();
    this.#queue.tick(nowMs);
  }

  close(): void {
    this.#transfer?.abort.abort();
    this.#queue.close();
  }

  #ready(): { readonly flavour: MissionFlavour | null; readonly why: MissionFailure | null; readonly detail: string } {
    const flavour = this.#o.flavour();
    if (this.#o.target() === null) return { flavour, why: 'no-link', detail: '' };
    if (flavour === null) return { flavour, why: 'no-link', detail: 'neither ArduCopter nor a PX4 multicopter' };
    if (this.#o.readOnly()) return { flavour, why: 'other-station', detail: 'a second companion or autopilot' };
    return { flavour, why: null, detail: '' };
  }

  /** Why nothing may be written now; null: it may. */
  #mayNot(inHold: boolean): string | null {
    const { armed, mode } = this.#o.vehicle();
    if (armed === false) return null;
    if (!inHold) return armed === null ? 'whether it is armed is not known' : 'armed';
    return mode === null || MISSION_MODES.includes(mode) ? `mode ${mode ?? 'unknown'}` : null;
  }

  #stopIfMayNot(): void {
    const transfer = this.#transfer;
    if (transfer === null || !transfer.writes || transfer.abort.signal.aborted) return;
    const why = this.#mayNot(transfer.inHold);
    if (why !== null) transfer.abort.abort(new Superseded('armed', why));
  }

  async #write(
    type: MissionType,
    count: number,
    o: WriteOptions,
    make: (pace: Pace) => Exchange<Ended<{ readonly ok: true; readonly id?: number | null }>>,
  ): Promise<WriteOutcome> {
    const { why, detail, flavour } = this.#ready();
    if (why !== null) return failed({ code: why, detail }, [], false);
    const inHold = o.inHold === true;
    const mayNot = this.#mayNot(inHold);
    if (mayNot !== null) return failed({ code: 'armed', detail: mayNot }, [], false);
    if (this.isBusy) return failed({ code: 'busy', detail: 'a transfer of ours is under way' }, [], false);
    const { watch, progress } = this.#o;
    watch.begin(type);
    const ended = await this.#alone({ writes: true, inHold }, this.#o.guard(o.signal), type, make);
    const wrote = ended.ok || ended.wrote;
    const total = type === 'mission' ? Math.max(0, count - firstSeq(flavour ?? 'px4')) : null;
    const how = ended.ok ? 'written' : wrote ? 'failed' : 'untouched';
    const id = ended.ok ? (ended.id ?? null) : null;
    watch.end({ how, total, id, detail: ended.ok ? '' : `${type}: ${ended.code}` }, this.#o.nowMs());
    if (type === 'mission' && wrote) progress.reset();
    return ended.ok ? { ok: true, count, id } : ended;
  }

  async #alone<T extends { readonly ok: true }>(
    o: { readonly writes: boolean; readonly inHold: boolean },
    signal: AbortSignal | undefined,
    type: MissionType,
    make: (pace: Pace) => Exchange<Ended<T>>,
  ): Promise<T | MissionFailed> {
    if (this.isBusy) return failed({ code: 'busy', detail: 'a transfer of ours is under way' }, [], false);
    const abort = new AbortController();
    const transfer: Transfer = { ...o, abort, texts: [] };
    const all = signal === undefined ? abort.signal : AbortSignal.any([signal, abort.signal]);
    if (all.aborted) return this.#calledOff(all, transfer, false);
    this.#transfer = transfer;
    const sentBefore = this.#queue.counters.sent;
    const ended = await this.#queue.run(make(new Pace(this.#o.roundTripMs())), all);
    this.#transfer = null;
    const wrote = o.writes && this.#queue.counters.sent > sentBefore;
    if (typeof ended !== 'string') {
      if (ended.ok) return ended;
      this.counters.failed++;
      return failed(ended, transfer.texts, wrote);
    }
    this.counters.failed++;
    if (ended === 'no-link') return failed({ code: 'no-link' }, transfer.texts, wrote);
    // So that the autopilot does not wait for the rest. It writes nothing.
    if (!this.#o.readOnly()) this.#queue.emit(acknowledge(type, MavMissionResult.OPERATION_CANCELLED));
    return this.#calledOff(all, transfer, wrote);
  }

  #calledOff(signal: AbortSignal, { texts }: Transfer, wrote: boolean): MissionFailed {
    const { reason } = signal;
    if (!(reason instanceof Superseded)) return failed({ code: 'cancelled' }, texts, wrote);
    const { code, message: detail } = reason;
    const known = TAKEN.find((name) => name === code);
    return failed({ code: known ?? 'changed', detail }, texts, wrote);
  }
}

const REBOOTED = 'rebooted';
const TAKEN = ['pilot', 'other-station', 'failsafe'] as const;

function failed(
  o: {
    readonly code: MissionFailure;
    readonly detail?: string;
    readonly result?: string | null;
    readonly seq?: number | null;
  },
  texts: readonly string[],
  wrote: boolean,
): MissionFailed {
  return { ...endedBy(o.code, { detail: o.detail ?? '', seq: o.seq ?? null }), result: o.result ?? null, texts, wrote };
}

/** What whitelist.ts would refuse, found before the first frame. */
function faultOf(
  type: MissionType,
  items: readonly MissionItem[],
  flavour: MissionFlavour,
): { readonly seq: number | null; readonly why: string } | null {
  if (items.length > MAX_ITEMS) return { seq: null, why: `${items.length} items` };
  if (type === 'mission' && flavour === 'ardupilot' && items.length > 0 && !isHomeItem(items[0])) {
    return { seq: 0, why: 'item 0 is home: what stands there would be lost' };
  }
  for (const [seq, item] of items.entries()) {
    const why = itemFault(type, item, seq, flavour);
    if (why !== null) return { seq, why };
  }
  return null;
}
