/**
 * From received to verified: judged on the drone, written, read back; and again whenever what was verified no longer
 * holds. Never while armed; turned once a tick, one transfer at a time.
 *
 *   received ─judge─▶ refused
 *      │ may it be written? (said why not)
 *      ▼
 *   uploading ─▶ verified ─reboot, foreign writer, other list─▶ void ─▶ (well again) ─▶ read; differs ─▶ uploading
 *      │  └─foreign writer─▶ void                                                        └─ and a stranger wrote: left to people
 *      └─▶ failed: tried again after 5, 15, 45 s … five times, then only when it is sent again
 */
import { reason, reasonCode, reasons } from '@skein/protocol/fleet';
import { isSameBoot, markOf } from './boot-mark.ts';
import { type Judged, judge } from './judging.ts';
import { mayNotWrite, writeInput } from './may-write.ts';
import type { Compiled, FlavourName, ItineraryPorts } from './ports.ts';
import type { Records } from './records.ts';
import { OUTSIDE, read, type TransferPorts, type Transferred, write } from './transfer.ts';
import type { Verification } from './types.ts';

const FIRST_AGAIN_MS = 5_000;
const AGAIN_FACTOR = 3;
const LONGEST_AGAIN_MS = 120_000;
const MAX_TRIES = 5;
/** A station that wrote may not be done yet. */
const QUIET_MS = 15_000;

export class Preparing {
  readonly #o: ItineraryPorts;
  readonly #records: Records;
  #busy: AbortController | null = null;
  #running: Promise<void> = Promise.resolve();
  #tries = 0;
  #dueMs = 0;
  /** It was verified once, and has not been read since: by an earlier start of the agent, or a start that could not read it. */
  #unwatched = false;
  /** How often it was made void, and why at last: what was read before that proves nothing. */
  #voids = 0;
  #voidBy = '';
  #compiled: { readonly key: string; readonly plan: Compiled } | null = null;

  constructor(o: ItineraryPorts, records: Records) {
    this.#o = o;
    this.#records = records;
  }

  /** The current itinerary as this autopilot gets it; null: none, or the autopilot is not known. */
  get plan(): Compiled | null {
    const { current } = this.#records;
    const { flavour } = this.#o.vehicle;
    if (current === null || flavour === null) return null;
    const key = `${current.stand.id} ${current.stand.version} ${flavour}`;
    if (this.#compiled?.key !== key) this.#compiled = { key, plan: this.#o.compile(current.itinerary, flavour) };
    return this.#compiled.plan;
  }

  /** What was read back holds now, for this boot of the autopilot. */
  get isVerified(): boolean {
    const { current } = this.#records;
    if (current === null || current.verification === null) return false;
    return isSameBoot(current.verification.boot, this.#mark());
  }

  #mark() {
    const { boot, nowUs, vehicle } = this.#o;
    const { bootMs, bootId } = vehicle.state;
    return markOf({ kernel: boot, nowMs: nowUs() / 1000, bootMs, bootId });
  }

  #nowMs(): number {
    return this.#o.nowUs() / 1000;
  }

  /** Another itinerary, or the same once more: everything from the beginning. */
  begin(): void {
    this.#busy?.abort();
    this.#tries = 0;
    this.#dueMs = 0;
  }

  /** Left like this by an earlier start. */
  restarted(): void {
    const { current } = this.#records;
    if (current === null) return;
    const { foreign, stand } = current;
    this.#unwatched = stand.state === 'verified' || stand.state === 'void' || stand.state === 'starting';
    if (stand.state === 'verified') this.void(reason('restarted'), { foreign: false, atOnce: true });
    else if (stand.state === 'uploading' && foreign !== null) this.#records.stand({ state: 'void', reason: foreign });
    else if (stand.state === 'uploading') this.#records.stand({ state: 'received', reason: reason('restarted') });
    else this.#records.repeat(stand);
  }

  get #foreign(): string | null {
    return this.#records.current?.foreign ?? null;
  }

  #foreignUnknown(): void {
    this.#records.foreign(this.#foreign ?? reason('foreign-writer', 'not known who'));
  }

  /** What was verified no longer holds. `why` is a reason; in flight only the gate and `resume` ask for it. */
  void(why: string, o: { readonly foreign: boolean; readonly atOnce?: boolean }): void {
    const { current } = this.#records;
    if (current === null) return;
    this.#voids++;
    this.#voidBy = why;
    this.#records.verified(null);
    if (o.foreign) this.#records.foreign(why);
    const { state } = current.stand;
    // Also before it was ever written: what somebody else put there since it was given is not written over.
    const waits = state === 'received' || state === 'failed' || state === 'void';
    if (state === 'verified' || (o.foreign && waits)) this.#records.stand({ state: 'void', reason: why });
    else if (state !== 'starting') return;
    this.#tries = 0;
    this.#dueMs = o.atOnce === true ? 0 : this.#nowMs() + (o.foreign ? QUIET_MS : FIRST_AGAIN_MS);
  }

  /** It was read once more, and not proved, for this reason. Where it differs nobody knows who changed it. */
  doubt(why: string): void {
    this.#records.verified(null);
    if (reasonCode(why) === 'read-back') this.#foreignUnknown();
    // A bad line accuses nobody; what differs later is left to people all the same. A reboot has had its say.
    else if (reasonCode(why) !== 'rebooted') this.#unwatched = true;
    this.#tries = 0;
    this.#dueMs = this.#nowMs() + QUIET_MS;
  }

  /** Call once a tick while it does not fly. */
  tick(): void {
    const { current } = this.#records;
    if (current === null || this.#busy !== null) return;
    const { state } = current.stand;
    if (state === 'verified') {
      if (this.#mark() !== null && !this.isVerified) this.void(reason('rebooted'), { foreign: false });
      return;
    }
    if (state !== 'received' && state !== 'uploading' && state !== 'failed' && state !== 'void') return;
    if ((state === 'failed' && this.#tries >= MAX_TRIES) || this.#nowMs() < this.#dueMs) return;
    const why = mayNotWrite(writeInput(this.#o));
    if (why !== null) {
      // Waiting is no change of how it stands, but somebody wants to know what for.
      if (state === 'received' || state === 'uploading') this.#records.stand({ state: 'received', reason: why });
      return;
    }
    this.#busy = new AbortController();
    const { signal } = this.#busy;
    this.#running = this.#prepare(signal).finally(() => {
      this.#busy = null;
    });
  }

  async #prepare(signal: AbortSignal): Promise<void> {
    const { current } = this.#records;
    const { flavour } = this.#o.vehicle;
    const { plan } = this;
    if (current === null || flavour === null || plan === null) return;
    const refusals = await this.judge(signal);
    if (signal.aborted) return;
    if (refusals === null) {
      this.#again(reason('upload-failed', 'a parameter that it is judged by was not read'));
      return;
    }
    if (refusals.reason !== null) {
      this.#records.stand({ state: 'refused', reason: refusals.reason, detail: { refusals: refusals.breaches } });
      this.#records.close(false);
      return;
    }
    const voids = this.#voids;
    if (this.#records.current?.stand.state === 'void' || this.#foreign !== null) {
      const held = await read(plan, this.transferPorts(flavour), signal);
      if (signal.aborted) return;
      if (held.ok) {
        await this.#verified(held.hash, voids, signal);
        return;
      }
      if (OUTSIDE.includes(held.cause)) {
        this.#dueMs = this.#nowMs() + FIRST_AGAIN_MS;
        return;
      }
      const differs = held.code === 'read-back';
      if (differs && this.#unwatched) this.#foreignUnknown();
      // What somebody wrote there by hand is theirs: people decide, by giving the itinerary again.
      if (this.#foreign !== null || this.#unwatched) {
        this.#again(held.reason);
        if (differs) this.#dueMs = Number.POSITIVE_INFINITY;
        return;
      }
    }
    this.#unwatched = false;
    this.#records.stand({ state: 'uploading', reason: '' });
    const written = await write(plan, this.transferPorts(flavour), signal);
    // Another is current by now, or none: what became of this one says nothing of it.
    if (signal.aborted) return;
    await this.#concluded(written, voids, signal);
  }

  /** What the drone itself finds wrong with it; null: a parameter could not be read. */
  async judge(signal: AbortSignal, atStart = false): Promise<Judged | null> {
    const { current } = this.#records;
    return current === null ? null : judge(current, this.#o, { signal, atStart });
  }

  transferPorts(flavour: FlavourName): TransferPorts {
    const { vehicle, differences, hash } = this.#o;
    const home = this.#records.current?.verification?.home ?? vehicle.state.home;
    return {
      missions: vehicle.missions,
      differences: (sent, readBack, type) => differences(sent, readBack, type, flavour),
      // Home as it was when it was verified: it moves by centimetres with each arming, and is looked at by itself.
      hash: (lists) => hash(lists, home, flavour),
    };
  }

  async #concluded(done: Transferred, voids: number, signal: AbortSignal): Promise<void> {
    if (done.ok) {
      await this.#verified(done.hash, voids, signal);
      return;
    }
    this.#records.verified(null);
    if (this.#foreign !== null) {
      this.#records.stand({ state: 'void', reason: this.#foreign });
      this.#dueMs = this.#nowMs() + QUIET_MS;
      return;
    }
    // Somebody went first: not its fault, and what the autopilot holds now is not known.
    if (OUTSIDE.includes(done.cause)) {
      this.#records.stand({ state: 'received', reason: done.reason });
      this.#dueMs = this.#nowMs() + FIRST_AGAIN_MS;
      return;
    }
    this.#again(done.reason);
  }

  /** Later once more. What is void stays so, and is read before anything is written. */
  #again(why: string): void {
    this.#tries++;
    const pauseMs = Math.min(LONGEST_AGAIN_MS, FIRST_AGAIN_MS * AGAIN_FACTOR ** (this.#tries - 1));
    this.#dueMs = this.#nowMs() + pauseMs;
    const { reason: before = '', state } = this.#records.current?.stand ?? {};
    if (state === 'void' || this.#foreign !== null) {
      const since = this.#foreign ?? before.split(';', 1)[0] ?? '';
      this.#records.stand({ state: 'void', reason: since === why ? why : reasons([since, why]) });
    } else {
      const detail = { tries: this.#tries, left: MAX_TRIES - this.#tries };
      this.#records.stand({ state: 'failed', reason: why, detail });
    }
  }

  /** For which boot what was read just now holds: what the one before it gave proves nothing. Null: it does not say. */
  async #bootNow(signal: AbortSignal) {
    return (await this.#o.vehicle.bootAge({ signal })) === null ? null : this.#mark();
  }

  async #verified(hash: string, voids: number, signal: AbortSignal): Promise<void> {
    const boot = await this.#bootNow(signal);
    if (signal.aborted) return;
    if (voids !== this.#voids) {
      // Somebody wrote, or it restarted, while it was read.
      this.#records.stand({ state: 'void', reason: this.#voidBy });
      this.#dueMs = this.#nowMs() + QUIET_MS;
      return;
    }
    const { home } = this.#o.vehicle.state;
    if (home === null || boot === null) {
      this.#again(reason('state-unknown', 'home or boot of the autopilot'));
      return;
    }
    this.#tries = 0;
    this.#unwatched = false;
    const verification: Verification = { hash, home, boot };
    this.#records.verified(verification);
    this.#records.stand({ state: 'verified', reason: '', detail: { hash, home } });
  }

  /** Reads everything back once more and compares with what was verified; null: all equal. Never writes. */
  async readAgain(signal: AbortSignal): Promise<string | null> {
    const { current } = this.#records;
    const { flavour } = this.#o.vehicle;
    const { plan } = this;
    if (current === null || flavour === null || plan === null) return reason('no-itinerary');
    if (this.#busy !== null) return reason('not-now', 'a transfer is under way');
    const voids = this.#voids;
    const held = await read(plan, this.transferPorts(flavour), signal);
    if (!held.ok) return held.reason;
    const boot = await this.#bootNow(signal);
    if (voids !== this.#voids) return this.#voidBy;
    const { verification } = current;
    if (verification !== null && verification.hash !== held.hash) return reason('read-back', 'another hash');
    const home = verification?.home ?? this.#o.vehicle.state.home;
    if (boot === null || home === null) return reason('state-unknown', 'home or boot of the autopilot');
    this.#unwatched = false;
    this.#records.verified({ hash: held.hash, home, boot });
    return null;
  }

  async close(): Promise<void> {
    this.#busy?.abort();
    await this.#running;
  }
}
