/**
 * What operators order of an itinerary: start, resume, skip, abort, settle (flight rules §4, §6). Each says first all that
 * speaks against it, and ends with what was seen.
 */
import { type IntentOutcome, isLanded } from '@skein/hardware/autopilot';
import { isUnderWay, reason } from '@skein/protocol/fleet';
import { MISSION_MODES } from '@skein/protocol/telemetry';
import { againstStart, type Meant } from './against-start.ts';
import { homeMoved } from './away.ts';
import type { Flying } from './flying.ts';
import { areToldToOpen } from './jaws.ts';
import { done, failed, outcomeOf, rejected, TAKEN } from './outcomes.ts';
import type { ItineraryPorts } from './ports.ts';
import type { Preparing } from './preparing.ts';
import type { Records } from './records.ts';
import { resumeAt, skipFrom } from './route.ts';
import { reelIn, secure, secureOnTheWay } from './securing.ts';
import { type SettleOrder, settle } from './settle.ts';
import type { Outcome, ResumeOrder } from './types.ts';

const WAITING_MODES: readonly string[] = ['GUIDED', 'AUTO.LOITER', 'BRAKE'];

export class Orders {
  readonly #o: ItineraryPorts;
  readonly #records: Records;
  readonly #preparing: Preparing;
  readonly #flying: Flying;
  /** How often control had been taken when our own hold began. */
  #heldTaken: number | null = null;

  constructor(o: ItineraryPorts, records: Records, preparing: Preparing, flying: Flying) {
    this.#o = o;
    this.#records = records;
    this.#preparing = preparing;
    this.#flying = flying;
  }

  get isUnderWay(): boolean {
    return this.#flying.isUnderWay;
  }

  againstStart(meant: Meant = { id: null, version: null }): readonly string[] {
    return againstStart(this.#o, this.#records, this.#preparing, meant);
  }

  async start(o: { readonly by: string; readonly signal: AbortSignal }): Promise<Outcome> {
    const { vehicle, canArm, locked, preflight } = this.#o;
    const { current, itinerary } = this.#records;
    if (current === null || itinerary === null) return rejected(reason('no-itinerary'));
    const list = preflight();
    this.#flying.begin();
    this.#records.stand({ state: 'starting', reason: '', item: null, detail: { by: o.by, preflight: list } });
    const calledOff = (): string | null =>
      this.#flying.memory?.early ?? (this.#records.isTakenBack ? reason('taken-back') : null);
    const notYet = (why: string, state: 'verified' | 'void'): Outcome => {
      const off = calledOff();
      this.#flying.abandoned();
      if (off !== null) {
        this.cancel(off);
        return { state: 'failed', reason: off };
      }
      this.#records.stand({ state, reason: why, item: null });
      return { state: 'failed', reason: why };
    };
    // A restart between here and the air must find that it was begun.
    if (!(await this.#records.kept())) return notYet(reason('journal-unavailable'), 'verified');
    const refusals = await this.#preparing.judge(o.signal, true);
    const refusal = refusals === null ? reason('not-now', 'a parameter was not read') : refusals.reason;
    if (refusal !== null) return notYet(refusal, 'verified');
    if (await areToldToOpen(this.#o, itinerary, { delivering: this.#flying.delivering, signal: o.signal })) {
      return notYet(reason('preflight', 'the gripper is told to be open: close it round the parcel'), 'verified');
    }
    const differs = await this.#preparing.readAgain(o.signal);
    if (differs !== null) {
      this.#preparing.doubt(differs);
      return notYet(differs, 'void');
    }
    const unsure = this.#unsure();
    if (unsure !== null) return notYet(unsure, 'verified');
    const base = itinerary.base ?? this.#records.current?.verification?.home;
    if (base === undefined) return notYet(reason('state-unknown', 'home'), 'void');
    const may = (): boolean =>
      !o.signal.aborted &&
      locked() === null &&
      calledOff() === null &&
      this.#preparing.isVerified &&
      (vehicle.state.armed === true || canArm() === null);
    const outcome = await vehicle.start({ signal: o.signal, may, base });
    if (!outcome.ok) return this.#failedStart(outcome, notYet);
    this.#flying.started();
    this.#records.stand({ state: 'flying', reason: '', item: null, detail: { by: o.by, preflight: list } });
    return done({ itinerary: current.stand.id, version: current.stand.version, ...outcome.detail });
  }

  /** Disarmed and out of AUTO, or what is seen is said. */
  async #failedStart(
    outcome: IntentOutcome & { readonly ok: false },
    notYet: (why: string, state: 'verified' | 'void') => Outcome,
  ): Promise<Outcome> {
    const { vehicle } = this.#o;
    const why = reason(outcome.code, outcome.detail);
    const isArmed = (): boolean => vehicle.state.armed !== false;
    // Whoever took control flies it now, also when he did so after the command was called off; else what was begun is undone.
    const isOurs = !TAKEN.includes(outcome.code) && vehicle.control.state === 'skein';
    if (isArmed() && isOurs && isLanded(vehicle.state)) {
      await vehicle.disarm({ signal: new AbortController().signal });
    }
    if (!isArmed()) {
      const ended = notYet(why, this.#preparing.isVerified ? 'verified' : 'void');
      return { ...outcomeOf(outcome, true), reason: ended.reason };
    }
    this.#flying.started();
    // It is armed, and in the air for all we know: how it stands is looked at, nothing is sent again.
    this.#records.stand({ state: 'interrupted', reason: why });
    return { state: 'unknown', reason: why };
  }

  held(): void {
    this.#heldTaken = this.#o.vehicle.control.taken;
    this.#flying.held();
  }

  left(how: 'return' | 'land' | 'no-controller'): void {
    if (how !== 'no-controller') this.#flying.endEarly(reason('newer', how));
    // On the way back as planned it is brought home by the plan.
    else if (this.#flying.memory?.state !== 'returning') this.#flying.endEarly(reason(how));
  }

  /** Why a return would not bring it to its base, or null. */
  againstReturn(): string | null {
    return this.isUnderWay ? null : homeMoved(this.#records.book.away, this.#o.vehicle.state.home);
  }

  /** Why it cannot go on with its itinerary, or null. `taking`: control is taken by the same order. */
  againstResume(taking: boolean): string | null {
    const { vehicle } = this.#o;
    const { control, state } = vehicle;
    if (!this.#flying.isUnderWay) return reason('not-under-way');
    if (state.armed !== true) return reason('disarmed');
    if (control.failsafeSeen && control.state !== 'skein') return reason('failsafe');
    if (taking) return null;
    if (control.state !== 'skein') return reason('not-holding', control.why);
    const { memory } = this.#flying;
    // An autopilot that waits by itself, or by the switch of a pilot, is no hold of ours.
    if (memory?.state !== 'held' || this.#heldTaken !== control.taken) return reason('not-holding');
    return this.#unsure();
  }

  /** A leg begins only with a position that is trusted now (flight rules §8). */
  #unsure(): string | null {
    const why = this.#o.position();
    return why === null ? null : reason('position', why);
  }

  /**
   * Goes on with the itinerary. After control was taken back: at once where the mission is flown already; from a hold as
   * from our own; from any other mode only control is taken, and a hold comes next.
   */
  async resume(o: ResumeOrder): Promise<Outcome> {
    const outcome = await this.#goOn(o);
    const { itinerary } = this.#records;
    const { flavour } = this.#o.vehicle;
    // This agent may have come in mid-flight: what it will judge a release by it has not looked up yet.
    if (outcome.state === 'succeeded' && o.tookControl && itinerary !== null && flavour !== null) {
      await this.#o.learn(itinerary, { flavour, signal: o.signal });
    }
    return outcome;
  }

  async #goOn(o: ResumeOrder): Promise<Outcome> {
    const { vehicle } = this.#o;
    const { memory, route } = this.#flying;
    const mode = vehicle.state.mode ?? '';
    const isHold = memory?.state === 'held' || WAITING_MODES.includes(mode);
    if (o.tookControl && !isHold) {
      const differs = MISSION_MODES.includes(mode) ? await this.#verifiedAgain(o.signal) : null;
      const next = MISSION_MODES.includes(mode) ? {} : { next: 'hold, then resume' };
      return done({ tookControl: true, ...next, ...(differs === null ? {} : { gates: differs }) });
    }
    const seq = this.#goesOnFrom(o.tookControl);
    if (route === null || seq === null)
      return rejected(reason('mission-changed', 'the item to go on with is not known'));
    if (vehicle.control.failsafeSeen) return rejected(reason('failsafe', 'one acted on this flight: return or land'));
    const differs = await this.#verifiedAgain(o.signal, o.tookControl);
    if (differs !== null) return rejected(reason('mission-changed', differs));
    const begun = (item: number): boolean => this.#records.parcel(item)?.begun ?? false;
    const target = resumeAt(route, seq, begun);
    if (target === null) return rejected(reason('mission-changed', 'nothing is left to go on with'));
    // What is gone on with lies past a release that was begun, its reeling in too: a line that is out is not flown with.
    const line = await reelIn(this.#o, this.#flying.delivering, o.signal);
    if (!line.isIn) return failed(reason('no-effect', line.words));
    const unsure = this.#unsure();
    if (unsure !== null) return o.tookControl ? done({ tookControl: true, next: unsure }) : rejected(unsure);
    // A pause goes on where it was: what must not be gone on with is left first.
    if (MISSION_MODES.includes(mode) && target !== seq) {
      const jumped = await vehicle.jump(target, { signal: o.signal, may: () => true });
      if (!jumped.ok) return outcomeOf(jumped, true);
    }
    const outcome = outcomeOf(await o.send(target), false);
    if (outcome.state === 'succeeded') {
      this.#heldTaken = null;
      this.#flying.resumed();
    }
    return {
      ...outcome,
      detail: { ...outcome.detail, missionSeq: target, ...(o.tookControl ? { tookControl: true } : {}) },
    };
  }

  /** Our own hold: where it was. Another flew meanwhile, or nobody watched: where the autopilot is. */
  #goesOnFrom(tookControl: boolean): number | null {
    const seen = this.#flying.memory?.seq ?? null;
    const there = this.#o.vehicle.state.missionCurrent || null; // 0: forgotten
    return tookControl ? (there ?? seen) : (seen ?? there);
  }

  /** Read back again where it is in doubt: after another flew, or this agent was not there. */
  async #verifiedAgain(signal: AbortSignal, doubt = true): Promise<string | null> {
    const same = this.#heldTaken === this.#o.vehicle.control.taken;
    if (this.#preparing.isVerified && same && !doubt) return null;
    const differs = await this.#preparing.readAgain(signal);
    if (differs !== null) this.#records.verified(null);
    return differs;
  }

  againstSkip(): readonly string[] {
    const { memory, route } = this.#flying;
    if (!this.#flying.isUnderWay || memory === null || route === null) return [reason('not-under-way')];
    const { state, seq } = memory;
    if (state === 'at-gate' || state === 'releasing') return [reason('past-delivery')];
    if (state !== 'flying' || seq === null) return [reason('not-now', state)];
    if (!this.#preparing.isVerified) return [reason('not-verified')];
    const skip = skipFrom(route, seq);
    const unsure = this.#unsure();
    if (skip.ok) return unsure === null ? [] : [unsure];
    if (skip.reason === 'past-delivery') return [reason('past-delivery')];
    return [reason('not-now', skip.reason === 'last' ? 'it is the last item' : 'it is taking off')];
  }

  async skip(o: { readonly signal: AbortSignal }): Promise<Outcome> {
    const [against] = this.againstSkip();
    if (against !== undefined) return rejected(against);
    const { memory, route } = this.#flying;
    const from = memory?.seq ?? null;
    const skip = route === null || from === null ? null : skipFrom(route, from);
    if (skip === null || !skip.ok) return rejected(reason('not-under-way'));
    const may = (): boolean => this.#o.vehicle.state.missionCurrent === from && this.againstSkip().length === 0;
    const outcome = outcomeOf(await this.#o.vehicle.jump(skip.seq, { signal: o.signal, may }), true);
    return { ...outcome, detail: { ...outcome.detail, item: skip.item } };
  }

  get canAbort(): boolean {
    return this.#records.current !== null;
  }

  async abort(o: { readonly by: string; readonly signal: AbortSignal }): Promise<Outcome> {
    const { vehicle } = this.#o;
    const { current } = this.#records;
    if (current === null) return rejected(reason('no-itinerary'));
    if (!isUnderWay(current.stand.state)) {
      this.cancel(reason('cancelled', o.by));
      return done({ cancelled: current.stand.id });
    }
    if (!this.#flying.isInAir) {
      this.#flying.endEarly(reason('cancelled', o.by));
      const outcome = vehicle.state.armed === false ? null : await vehicle.disarm({ signal: o.signal });
      if (outcome !== null && !outcome.ok) return outcomeOf(outcome, true);
      return done({ disarmed: true });
    }
    this.#flying.endEarly(reason('newer', 'abort'));
    const payload = await this.secure(o.signal);
    const outcome = outcomeOf(await vehicle.comeHome({ signal: o.signal }), false);
    return { ...outcome, detail: { ...outcome.detail, payload } };
  }

  /** Before take-off, by an operator or by the controller: this id is not flown any more. */
  cancel(why: string): void {
    this.#preparing.begin();
    this.#records.stand({ state: 'cancelled', reason: why, item: null });
    this.#records.close(true);
  }

  /** Ordered home or down, and on its way. */
  secureOnTheWay(signal: AbortSignal): Promise<string | null> {
    return secureOnTheWay(this.#o, this.#flying.delivering, signal);
  }

  secure(signal: AbortSignal): Promise<string> {
    return secure(this.#o, this.#flying.delivering, signal);
  }

  settle(o: SettleOrder): Outcome {
    return settle(this.#records, o);
  }
}
