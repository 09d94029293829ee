/** People at the pads and at the desk: they load, unload, look for what is lost, change their minds; late, and sometimes twice. */
import { orderOf } from '../../controller/orders/kept.ts';
import { type Attempt, currentOf, isOver, type Order } from '../../controller/orders/order.ts';
import type { Actor, Held } from '../../controller/orders/ports.ts';
import type { Deed, Orders } from '../../controller/orders/service.ts';
import { isLeftAboard } from '../../controller/orders/taken.ts';
import type { Random } from '../kit/seed.ts';
import type { VirtualDrone } from './drone.ts';
import type { VirtualFleet } from './fleet.ts';
import type { Judge } from './judge.ts';

const ANN: Actor = { kind: 'operator', name: 'Ann' };

export interface PeopleOptions {
  readonly random: Random;
  readonly judge: Judge;
  readonly drones: ReadonlyMap<string, VirtualDrone>;
  readonly fleet: VirtualFleet;
  readonly nowS: () => number;
  /** They have hung a parcel on it, and go without a word. */
  readonly onAway: (drone: VirtualDrone) => void;
}

export class People {
  readonly #o: PeopleOptions;
  /** Physically put on, and not told to the controller yet. */
  readonly #untold = new Map<string, string>();
  /** Of those, on a drone that was given up meanwhile, and they will say so all the same. */
  readonly #late = new Set<string>();
  /** When they come to say so, s: its drone may have another order by then. */
  readonly #comesS = new Map<string, number>();
  /** Off a drone that had been given up. */
  readonly #takenOff = new Set<string>();
  /** From here on nobody changes their mind. */
  calm = false;

  constructor(o: PeopleOptions) {
    this.#o = o;
  }

  /** One round over the orders that are open. */
  act(orders: Orders, held: readonly Held[]): void {
    for (const one of held) {
      const order = orderOf(one.doc);
      this.#isLateNoMore(one.id, order);
      this.#takeOffWhatIsForgotten(orders, one.id, order);
      if (this.#o.random.next() > 0.1) continue;
      this.#takeOffWhatCameHome(orders, one.id, order);
      if (isOver(order)) continue;
      this.#actOn(orders, one.id, order);
    }
  }

  #actOn(orders: Orders, id: string, order: Order): void {
    const attempt = currentOf(order);
    const drone = attempt === null ? null : (this.#o.drones.get(attempt.drone) ?? null);
    if (!this.calm && this.#o.random.next() < 0.003) this.#say(orders, id, { do: 'cancel', why: 'not wanted' });
    if (attempt === null || drone === null) return;
    if (order.state === 'loading') this.#load(orders, id, drone, order.wish.base);
    if (order.state === 'unloading' && attempt.parcel === 'aboard') this.#unload(orders, id, drone);
    if (order.state === 'unproved') this.#look(id, attempt.delivery?.itinerary.id ?? '', attempt.drone);
    // Sometimes they are wrong: it lives, and is only not heard.
    if (order.state === 'lost' && (drone.crashed || this.#o.random.next() < 0.8)) {
      const knows = drone.crashed || attempt.parcel === 'unproved' || this.#o.random.next() < 0.5;
      const arrived = knows && this.#o.judge.parcels.get(id) === 'customer';
      const word = arrived ? 'delivered' : this.#o.random.next() < 0.8 ? 'lost' : 'relaunch';
      if (word === 'relaunch') {
        this.#o.judge.relaunched.add(id);
        this.#o.judge.parcels.set(id, 'pickup');
      }
      this.#say(orders, id, { do: 'settle', word });
    }
  }

  #load(orders: Orders, id: string, drone: VirtualDrone, base: string): void {
    const isHere = this.#o.judge.parcels.get(id) === 'pickup' && !this.#untold.has(id);
    if (drone.aboard === null && !drone.inAir && drone.base === base && !drone.crashed && isHere) {
      drone.aboard = id;
      this.#o.judge.loaded(id, drone.id);
      this.#untold.set(id, drone.id);
      if (!this.calm && this.#o.random.next() < 0.2) {
        this.#goAway(id);
        this.#o.onAway(drone);
      }
    } else if (this.#o.nowS() >= (this.#comesS.get(id) ?? 0) && this.#untold.get(id) === drone.id) {
      // Only what was answered counts: a controller that dies meanwhile may not know of it.
      this.#tellLoaded(orders, id, drone.id);
    }
  }

  /** Some name the drone. */
  #tellLoaded(orders: Orders, id: string, on: string): void {
    const drone = this.#o.random.next() < 0.5 || this.#late.has(id) ? on : null;
    void orders.deed(id, { do: 'loaded', drone }, ANN).then((answer) => {
      // It may have come late, when another drone was loaded already.
      if (!answer.ok || this.#untold.get(id) !== on) return;
      this.#untold.delete(id);
      this.#late.delete(id);
    });
  }

  /** Said, and flown by the drone that it hangs on, or off it again: from then on the rule for all holds for it. */
  #isLateNoMore(id: string, order: Order): void {
    const where = this.#o.judge.parcels.get(id);
    const on = typeof where === 'object' && 'aboard' in where ? where.aboard : null;
    const isHeld = this.#untold.has(id) || (on !== null && currentOf(order)?.drone !== on);
    if (!isHeld) this.#o.judge.late.delete(id);
  }

  /** Put on, and then the order went elsewhere before anybody was told. */
  #takeOffWhatIsForgotten(orders: Orders, id: string, order: Order): void {
    const on = this.#untold.get(id);
    if (on === undefined) return;
    const attempt = currentOf(order);
    if (attempt?.drone === on) return;
    const drone = this.#o.drones.get(on);
    if (drone?.aboard === id && this.#isAway(id, drone)) return;
    const isOn = drone?.aboard === id && !drone.inAir;
    if (isOn && (this.#late.has(id) || this.#o.random.next() < 0.5)) {
      this.#late.add(id);
      this.#o.judge.late.add(id);
      this.#tellLoaded(orders, id, on);
      return;
    }
    this.#untold.delete(id);
    this.#late.delete(id);
    this.#o.judge.late.delete(id);
    if (!isOn || drone === undefined) return;
    drone.aboard = null;
    // The controller may have been told of it all the same, by an answer that was lost.
    this.#takenOff.add(`${id}/${on}`);
    this.#o.judge.parcels.set(id, isOver(order) ? 'unloaded' : 'pickup');
  }

  /** They have gone for a while, and know what hangs where; or it has flown off with it meanwhile. */
  #isAway(id: string, drone: VirtualDrone): boolean {
    if (!this.#late.has(id) && !this.calm && this.#o.random.next() < 0.3) this.#goAway(id);
    const isAway = drone.inAir || this.#o.nowS() < (this.#comesS.get(id) ?? 0);
    if (!isAway) return false;
    this.#late.add(id);
    this.#o.judge.late.add(id);
    return true;
  }

  /** Something hangs on a drone that they have still to speak of. */
  get isOwing(): boolean {
    return this.#untold.size > 0;
  }

  #goAway(id: string): void {
    this.#comesS.set(id, this.#o.nowS() + this.#o.random.between(60, this.#o.random.next() < 0.5 ? 600 : 3000));
  }

  /** They had given it up: it came home with the parcel, or lies there with it. */
  #takeOffWhatCameHome(orders: Orders, id: string, order: Order): void {
    for (const left of Object.values(order.attempts).filter(isLeftAboard)) this.#takeOff(orders, id, order, left);
  }

  #takeOff(orders: Orders, id: string, order: Order, left: Attempt): void {
    const drone = this.#o.drones.get(left.drone);
    if (drone === undefined || drone.inAir || (!drone.crashed && drone.task !== null)) return;
    const key = `${id}/${drone.id}`;
    if (drone.aboard === id) {
      drone.aboard = null;
      this.#takenOff.add(key);
      // Of a first parcel that another took the place of, nothing is to be flown any more.
      const where = this.#o.judge.parcels.get(id);
      const isThis = typeof where === 'object' && 'aboard' in where && where.aboard === drone.id;
      if (isThis) this.#o.judge.parcels.set(id, isOver(order) ? 'unloaded' : 'pickup');
    }
    // Nobody knew whether it was released: they look, and nothing hangs there.
    const isEmpty = left.parcel === 'unproved' && drone.aboard === null && !drone.crashed;
    if (isEmpty || this.#takenOff.has(key)) this.#say(orders, id, { do: 'unloaded', drone: drone.id });
  }

  #unload(orders: Orders, id: string, drone: VirtualDrone): void {
    if (drone.inAir) return;
    if (drone.aboard === id) {
      drone.aboard = null;
      this.#o.judge.parcels.set(id, 'unloaded');
    }
    if (this.#o.judge.parcels.get(id) === 'unloaded') this.#say(orders, id, { do: 'unloaded', drone: null });
  }

  /** Unproved: they look, and the drone is told. */
  #look(id: string, itinerary: string, name: string): void {
    const drone = this.#o.drones.get(name);
    const held = [...this.#o.fleet.stands.values()].find(
      (one) => one.itinerary.id === itinerary && one.said?.parcel === 'unproved',
    );
    if (drone === undefined || held?.said == null) return;
    held.said = { ...held.said, parcel: drone.aboard === id ? 'aboard' : 'released' };
  }

  #say(orders: Orders, id: string, deed: Deed): void {
    void orders.deed(id, deed, ANN);
    if (this.#o.random.next() < 0.1) void orders.deed(id, deed, ANN);
  }
}
