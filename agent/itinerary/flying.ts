/**
 * The itinerary in the air: looks once a tick, says how it stands, and carries out what is ordered of it. What was flown by an
 * earlier start of this agent is taken up from the book; until an operator takes control nothing is sent.
 */
import { isLanded } from '@skein/hardware/autopilot';
import { isUnderWay, reason } from '@skein/protocol/fleet';
import { landedAway } from './away.ts';
import { isOver } from './book.ts';
import { Delivering } from './delivering.ts';
import { BEFORE_FLIGHT, endedEarly, type FlightMemory, held, look, resumed, started } from './flight.ts';
import { apartM } from './places.ts';
import type { ItineraryPorts } from './ports.ts';
import type { Preparing } from './preparing.ts';
import type { Records } from './records.ts';
import { legAt, type Route } from './route.ts';

export class Flying {
  readonly #o: ItineraryPorts;
  readonly #records: Records;
  readonly #preparing: Preparing;
  readonly delivering: Delivering;
  #memory: FlightMemory | null = null;

  constructor(o: ItineraryPorts, records: Records, preparing: Preparing) {
    this.#o = o;
    this.#records = records;
    this.#preparing = preparing;
    this.delivering = new Delivering({
      ports: o,
      records,
      route: () => this.route,
      plan: () => preparing.plan,
      isVerified: () => preparing.isVerified,
      memory: () => this.#memory,
    });
  }

  get memory(): FlightMemory | null {
    return this.#memory;
  }

  get route(): Route | null {
    const { plan } = this.#preparing;
    const { itinerary } = this.#records;
    return plan === null || itinerary === null ? null : { items: itinerary.items, steps: plan.steps, legs: plan.legs };
  }

  get isUnderWay(): boolean {
    const { current } = this.#records;
    return current !== null && isUnderWay(current.stand.state);
  }

  /** It begins: said, and on the disk before the motors turn. */
  begin(): void {
    this.#memory = BEFORE_FLIGHT;
  }

  started(): void {
    this.#memory = started(this.#memory ?? BEFORE_FLIGHT);
    // Home was compared with the base of this one.
    this.#records.away(null);
    this.delivering.begin();
  }

  /** The start came to nothing. */
  abandoned(): void {
    this.#memory = null;
  }

  held(): void {
    if (this.#memory !== null) this.#set(held(this.#memory));
  }

  resumed(): void {
    if (this.#memory !== null) this.#set(resumed(this.#memory));
  }

  endEarly(why: string): void {
    if (this.#memory !== null) this.#memory = endedEarly(this.#memory, why);
  }

  #set(memory: FlightMemory): void {
    this.#memory = memory;
    this.#say();
  }

  /** Call once a tick. */
  tick(): void {
    const { current } = this.#records;
    if (current === null || !isUnderWay(current.stand.state)) return;
    const { vehicle } = this.#o;
    const { state, control } = vehicle;
    const { route } = this;
    if (!state.alive || state.armed === null || route === null) return;
    this.#memory ??= this.#takenUp();
    if (this.#memory === null) return;
    const before = this.#memory;
    const gate = state.missionCurrent === null ? null : (legAt(route, state.missionCurrent)?.leg ?? null);
    const at = gate === null ? undefined : this.#preparing.plan?.gates.get(gate.item);
    this.#memory = look(
      before,
      {
        alive: state.alive,
        armed: state.armed,
        inAir: state.landed === 'in-air' || state.landed === 'landing',
        mode: state.mode,
        seq: state.missionCurrent,
        missionState: state.missionState,
        control: control.state,
        adopted: control.adopted,
        crashed: this.#o.crashed(),
        speedMps: state.speedMps,
        gateM: at === undefined || state.position === null ? null : apartM(state.position, at),
      },
      route,
    );
    const closed = this.delivering.tick(this.#memory);
    if (closed !== null) this.#memory = { ...endedEarly(this.#memory, closed), reason: closed };
    if (this.#memory.state === 'returning') this.delivering.over(this.#memory.reason, { landed: false });
    if (isOver(this.#memory.state)) this.#end();
    else this.#say();
  }

  /** What an earlier start of this agent left in flight. Null: it stands on the ground, and never flew. */
  #takenUp(): FlightMemory | null {
    const { current } = this.#records;
    if (current === null) return null;
    const { state, reason: why, item } = current.stand;
    const { armed } = this.#o.vehicle.state;
    if (state === 'starting' && armed === false) {
      this.#records.verified(null);
      if (this.#records.isTakenBack) {
        this.#records.stand({ state: 'cancelled', reason: reason('taken-back') });
        this.#records.close(true);
      } else this.#records.stand({ state: 'void', reason: reason('restarted') });
      return null;
    }
    if (state === 'starting') this.delivering.begin();
    const early = state === 'returning' && why !== '' ? why : null;
    const known = state === 'starting' ? 'interrupted' : state;
    return { state: known, reason: why, item, seq: current.seq, early, flew: true };
  }

  #say(): void {
    const memory = this.#memory;
    if (memory === null) return;
    const { state, item, seq } = memory;
    const why = state === 'at-gate' ? this.delivering.gateReason : memory.reason;
    this.#records.flown(seq);
    if (state !== 'starting') this.#records.stand({ state, reason: why, item });
  }

  #end(): void {
    const memory = this.#memory;
    if (memory === null) return;
    this.delivering.over(memory.reason, { landed: true });
    const { current } = this.#records;
    const { id } = current?.stand ?? {};
    const { home, position } = this.#o.vehicle.state;
    const base = current?.itinerary.base ?? current?.verification?.home ?? home;
    // A plan may end at another base.
    const asPlanned = memory.state === 'completed' || id === undefined;
    this.#records.away(asPlanned ? null : landedAway(id, base, position));
    const parcels = this.#records.book.parcels.filter((one) => one.itinerary === id);
    const detail = { parcels: parcels.map(({ item, state }) => ({ item, state })) };
    this.#records.stand({ state: memory.state, reason: memory.reason, item: memory.item, detail });
    this.#records.close(false);
    this.#memory = null;
  }

  /** It flies, as far as anybody knows. */
  get isInAir(): boolean {
    const { state } = this.#o.vehicle;
    return state.armed !== false && !isLanded(state);
  }

  close(): Promise<void> {
    return this.delivering.close();
  }
}
