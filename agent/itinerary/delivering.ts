/**
 * One flight's deliveries: keeps the gates, begins a release at most once, gathers the evidence and judges it.
 *
 *   at the gate: shut? (said why) ── nothing shuts it ─▶ `begun` to the disk ─▶ still nothing? ─▶ jump, once
 *   in the release ─▶ weighing from its last wait on ─▶ 10 s past its end at most ─▶ released | not-released | unproved
 */
import { type DeliverItem, lineM, reason, reasons } from '@skein/protocol/fleet';
import { parseTime } from '@skein/protocol/time';
import { type AtLeg, atLeg, isWeighable } from './at-leg.ts';
import { inCustody } from './book.ts';
import type { FlightMemory } from './flight.ts';
import { DEFAULT_GATE_S, DEFAULT_MIN_BATTERY_PCT, shutBy } from './gate.ts';
import type { Reading, WinchReading } from './hover.ts';
import type { Compiled, ItineraryPorts } from './ports.ts';
import type { Records } from './records.ts';
import { judge } from './release.ts';
import { legAt, type Route, type RouteLeg } from './route.ts';

/** So many readings of the hover before it goes on; never waited for longer than this. */
const READINGS_BEFORE = 4;
const READINGS_WITHIN_MS = 8_000;
const READINGS_AFTER = 6;
const JUDGE_WITHIN_MS = 10_000;
/** What keeps a gate shut is said again when its numbers move, but not with every one. */
const SAY_EVERY_MS = 5_000;
/** A measurement goes with how it flew then. */
const FRESH_US = 500_000;

export interface DeliveringOptions {
  readonly ports: ItineraryPorts;
  readonly records: Records;
  readonly route: () => Route | null;
  readonly plan: () => Compiled | null;
  readonly isVerified: () => boolean;
  /** Now: an order may have changed it since the last tick. */
  readonly memory: () => FlightMemory | null;
}

export class Delivering {
  readonly #o: DeliveringOptions;
  #at: AtLeg | null = null;
  #running: Promise<void> = Promise.resolve();
  #current: { readonly a: number; readonly atUs: number } | null = null;
  #winch: WinchReading | null = null;
  gripper: { readonly told: 'open' | 'closed' | null; readonly atUs: number } = { told: null, atUs: 0 };
  sensorHolds: boolean | null = null;

  constructor(o: DeliveringOptions) {
    this.#o = o;
  }

  /** A release has begun and is not over. */
  get isReleasing(): boolean {
    return this.#at !== null && (this.#o.records.parcel(this.#at.leg.item)?.state ?? null) === 'releasing';
  }

  /** Line that is out, m; null: no winch has said. */
  get outM(): number | null {
    return this.#winch?.lineM ?? null;
  }

  /** Line that this delivery asks for, m; null: none is under way. */
  get plannedLineM(): number | null {
    return this.#at === null ? null : lineM(this.#at.item);
  }

  /** How the release under way is made; null: none is. */
  get how(): DeliverItem['how'] | null {
    return this.isReleasing ? (this.#at?.item.how ?? null) : null;
  }

  /** A measurement of the battery's current. */
  current(a: number | null, atUs: number): void {
    this.#current = a === null ? null : { a, atUs };
  }

  winch(reading: WinchReading): void {
    this.#winch = reading;
    this.#at?.watch.winch(reading);
  }

  text(words: string): void {
    this.#at?.watch.text(words);
  }

  /** A new flight: every parcel is aboard. */
  begin(): void {
    this.#at = null;
    for (const leg of this.#o.route()?.legs ?? []) {
      const parcel = this.#o.records.parcel(leg.item);
      // Taken out by people after an earlier flight, and put in again: what was said of it then is over.
      if (parcel === null || !parcel.begun) this.#o.records.changeParcel(leg.item, { state: 'aboard', reason: '' });
    }
  }

  /** Once a tick of the flight, with how it stood before and stands now. Returns why the gate ended shut, if it did. */
  tick(memory: FlightMemory): string | null {
    const route = this.#o.route();
    if (route === null || memory.seq === null) return null;
    const part = legAt(route, memory.seq);
    const closed = this.#leaveGate(route, memory);
    if (part !== null && memory.state !== 'interrupted') this.#enter(route, part.leg);
    const at = this.#at;
    if (at === null) return closed;
    const here = part?.leg.item === at.leg.item ? part.part : null;
    if (here === 'release') this.#releasing(at, memory.seq);
    this.#measure(at, memory.seq);
    if (here === 'gate' && memory.state === 'at-gate') this.#gate(at);
    else at.opening?.abort();
    // Gone on with, the autopilot waits there anew.
    if (here === 'gate' && (memory.state === 'held' || memory.state === 'interrupted')) at.gateSinceMs = null;
    if (here === null) this.#judgeSoon(at);
    return closed;
  }

  #nowMs(): number {
    return this.#o.ports.nowUs() / 1000;
  }

  #enter(route: Route, leg: RouteLeg): void {
    if (this.#at?.leg.item === leg.item) return;
    if (this.#at !== null) this.#judge(this.#at);
    const item = route.items[leg.item];
    if (item?.do !== 'deliver') return;
    this.#at = atLeg(leg, item, this.#o.ports.settings.hoverDropPct / 100);
  }

  #reading(): Reading {
    const { speedMps, climbMps, landed } = this.#o.ports.vehicle.state;
    const now = this.#current !== null && this.#o.ports.nowUs() - this.#current.atUs < FRESH_US ? this.#current : null;
    const measured = { currentA: now?.a ?? null, currentAtUs: now?.atUs ?? null, speedMps, climbMps };
    return { ...measured, inAir: landed === 'in-air', control: this.#o.ports.vehicle.control.state };
  }

  #measure(at: AtLeg, seq: number): void {
    const { altRelM } = this.#o.ports.vehicle.state;
    if (altRelM !== null) at.lowestM = Math.min(at.lowestM, altRelM);
    at.watch.gripper = this.gripper.told;
    at.watch.sensorHolds = this.sensorHolds;
    const weighFrom = this.#o.plan()?.weighFrom.get(at.leg.item) ?? at.leg.afterSeq;
    if (!at.watch.isWeighing && isWeighable(at, { seq, weighFrom, altRelM })) at.watch.weigh();
    at.watch.take(this.#reading());
  }

  #gate(at: AtLeg): void {
    const { records, ports } = this.#o;
    const nowMs = this.#nowMs();
    at.gateSinceMs ??= nowMs;
    at.gateAltM = ports.vehicle.state.altRelM ?? at.gateAltM;
    if (at.opening !== null) return;
    const shut = this.#shut(at);
    const waitsForReadings =
      this.#current !== null &&
      at.watch.readingsBefore < READINGS_BEFORE &&
      nowMs - at.gateSinceMs < READINGS_WITHIN_MS;
    if (shut.length === 0 && !waitsForReadings) {
      this.#open(at);
      return;
    }
    const why = reasons(shut);
    const codes = shut.map((one) => one.split(':', 1)[0]).join();
    if (codes === at.said && (nowMs - at.saidMs < SAY_EVERY_MS || records.current?.stand.reason === why)) return;
    at.said = codes;
    at.saidMs = nowMs;
    // A parcel of which more is known already keeps that.
    const state = records.parcel(at.leg.item)?.state;
    if (state === 'aboard' || state === 'at-gate') records.changeParcel(at.leg.item, { state: 'at-gate', reason: why });
  }

  /** What the gate says now, for the itinerary's own stand. */
  get gateReason(): string {
    const parcel = this.#at === null ? null : this.#o.records.parcel(this.#at.leg.item);
    return parcel?.state === 'at-gate' ? parcel.reason : '';
  }

  #shut(at: AtLeg, begun = this.#o.records.parcel(at.leg.item)?.begun ?? false): readonly string[] {
    const { ports, isVerified } = this.#o;
    const { state, control } = ports.vehicle;
    return shutBy({
      position: ports.position(),
      chargePct: ports.chargePct(),
      minBatteryPct: at.item.minBatteryPct ?? DEFAULT_MIN_BATTERY_PCT,
      leaseLeftMs: ports.leaseLeftMs(),
      releaseOffline: at.item.releaseOffline ?? false,
      control: control.state,
      adopted: control.adopted,
      failsafe: state.failsafe,
      verified: isVerified(),
      notAfterUs: at.item.notAfter === undefined ? null : (parseTime(at.item.notAfter) ?? Number.NEGATIVE_INFINITY),
      controllerTime: ports.controllerTime(),
      begun,
      goingHome: (this.#o.memory()?.early ?? null) !== null,
      waitedMs: this.#nowMs() - (at.gateSinceMs ?? this.#nowMs()),
      gateMs: (at.item.gateS ?? DEFAULT_GATE_S) * 1000,
    });
  }

  #open(at: AtLeg): void {
    const opening = new AbortController();
    at.opening = opening;
    this.#running = this.#release(at, opening.signal).finally(() => {
      at.opening = null;
    });
  }

  async #release(at: AtLeg, signal: AbortSignal): Promise<void> {
    const { records, ports } = this.#o;
    const { item, gateSeq, releaseSeq } = at.leg;
    const { position } = ports.vehicle.state;
    records.changeParcel(item, {
      begun: true,
      state: 'releasing',
      reason: '',
      latDeg: position?.latDeg ?? null,
      lonDeg: position?.lonDeg ?? null,
    });
    const notBegun = (why: string): void => records.changeParcel(item, { begun: false, state: 'at-gate', reason: why });
    // What is not on the disk would be forgotten by a restart, and begun once more.
    if (!(await records.kept())) {
      notBegun(reason('journal-unavailable'));
      return;
    }
    const may = (): boolean =>
      !signal.aborted &&
      this.#o.memory()?.state === 'at-gate' &&
      ports.vehicle.state.missionCurrent === gateSeq &&
      this.#shut(at, false).length === 0;
    if (!may()) {
      notBegun(reasons(this.#shut(at, false)));
      return;
    }
    const outcome = await ports.vehicle.jump(releaseSeq, { signal, may });
    if (outcome.ok) {
      at.watch.begin();
      return;
    }
    // Nothing left, or it said no: the gate goes on as it was.
    if (!outcome.sent || outcome.code === 'refused') notBegun(reason(outcome.code, outcome.detail));
    // Else it may be on its way down: what is seen decides, and nothing is sent again.
    else at.watch.begin();
  }

  #releasing(at: AtLeg, seq: number): void {
    const { records } = this.#o;
    if (seq >= at.leg.releaseSeq) at.watch.begin();
    const parcel = records.parcel(at.leg.item);
    if (parcel === null || parcel.state === 'aboard' || parcel.state === 'at-gate') {
      // Not by this agent's order: it is under way all the same, and never is again.
      records.changeParcel(at.leg.item, { begun: true, state: 'releasing', reason: reason('foreign-writer') });
    }
  }

  /** The autopilot's wait ended and it goes home: the reasons that kept it shut. */
  #leaveGate(route: Route, memory: FlightMemory): string | null {
    const at = this.#at;
    if (at === null || at.gateSinceMs === null || memory.seq === null) return null;
    if (legAt(route, memory.seq)?.leg.item === at.leg.item || memory.state === 'interrupted') return null;
    const parcel = this.#o.records.parcel(at.leg.item);
    if (parcel === null || (parcel.state !== 'at-gate' && parcel.state !== 'aboard')) return null;
    const why = reason('gate-closed', parcel.reason);
    this.#o.records.changeParcel(at.leg.item, { state: 'aboard', reason: why });
    this.#at = null;
    return why;
  }

  #judgeSoon(at: AtLeg): void {
    const parcel = this.#o.records.parcel(at.leg.item);
    if (parcel?.state !== 'releasing' || at.opening !== null) return;
    at.leftMs ??= this.#nowMs();
    const enough = at.watch.readingsAfter >= READINGS_AFTER;
    if (enough || this.#nowMs() - at.leftMs >= JUDGE_WITHIN_MS) this.#judge(at);
  }

  #judge(at: AtLeg): void {
    if (this.#at === at) this.#at = null;
    if (this.#o.records.parcel(at.leg.item)?.state !== 'releasing') return;
    this.#o.records.changeParcel(at.leg.item, judge(at.watch.evidence()));
  }

  /** It comes back, or the motors stand: what is aboard is aboard, what was being released is judged by what was seen. */
  over(why: string, o: { readonly landed: boolean }): void {
    if (this.#at !== null && o.landed) this.#judge(this.#at);
    const { records } = this.#o;
    const id = records.current?.stand.id;
    for (const parcel of records.book.parcels) {
      if (parcel.itinerary !== id || !inCustody(parcel)) continue;
      // Seen by nobody: this agent came later.
      if (parcel.state === 'releasing' && o.landed) {
        records.changeParcel(parcel.item, { state: 'unproved', reason: reason('not-seen', 'restarted') });
      } else if ((parcel.state === 'aboard' || parcel.state === 'at-gate') && parcel.reason === '') {
        records.changeParcel(parcel.item, { state: 'aboard', reason: why });
      } else if (parcel.state === 'at-gate') records.changeParcel(parcel.item, { state: 'aboard' });
    }
  }

  async close(): Promise<void> {
    this.#at?.opening?.abort();
    await this.#running;
  }
}
