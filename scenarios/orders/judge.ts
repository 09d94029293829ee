/** The truth about parcels, kept apart from what anybody says: what must never happen, and what must have happened at the end. */
import { formatUtc } from '@skein/protocol/time';
import { orderOf } from '../../controller/orders/kept.ts';
import { type Attempt, currentOf, isOver, type Order } from '../../controller/orders/order.ts';
import type { Held } from '../../controller/orders/ports.ts';
import type { VirtualDrone } from './drone.ts';
import type { VirtualFleet } from './fleet.ts';

export type Where = 'pickup' | 'customer' | 'unloaded' | { readonly aboard: string } | { readonly lost: string };

export interface JudgeOptions {
  readonly durable: (order: string) => Held | null;
  readonly inMemory: () => readonly Held[];
  readonly utcUs: () => number;
  /** Every change on stdout: of one seed, to see what happened. */
  readonly trace: boolean;
  readonly drones: ReadonlyMap<string, VirtualDrone>;
  readonly fleet: () => VirtualFleet;
}

function traced(id: string, order: Order, utcUs: number): void {
  const attempt = currentOf(order);
  const at = attempt === null ? '' : `${attempt.n} ${attempt.drone} ${attempt.phase} parcel ${attempt.parcel}`;
  process.stdout.write(`${formatUtc(utcUs).slice(11, 19)} ${id} ${order.state} ${at} "${order.words}"\n`);
}

export class Judge {
  readonly wrong: string[] = [];
  /** By order; another parcel after people's `relaunch` begins at the pickup again. */
  readonly parcels = new Map<string, Where>();
  readonly releases = new Map<string, string[]>();
  /** Orders of which people said that another parcel is to go. */
  readonly relaunched = new Set<string>();
  /** Loaded, and nobody could know of it: its drone had been given up before people came to say so. */
  readonly late = new Set<string>();
  readonly #o: JudgeOptions;

  constructor(o: JudgeOptions) {
    this.#o = o;
  }

  /** For so long no link changed, no request failed, no controller died, s. */
  undisturbedS = 0;
  readonly #starts = new Set<string>();

  /** @param stopped a ground stop stands for some seconds already */
  commanded(
    { type, drone, key }: { readonly type: string; readonly drone: string; readonly key: string },
    stopped: boolean,
  ): void {
    if (type !== 'start') return;
    if (stopped) this.wrong.push(`${drone}: told to start in a ground stop`);
    const [order = '', itinerary, version, , n] = key.split('/');
    const held = this.#o.durable(order);
    const legs = Object.values(held === null ? {} : orderOf(held.doc).attempts).flatMap((one) => [
      one.ferry,
      one.delivery,
    ]);
    const written = legs.some((leg) => leg !== null && leg.itinerary.id === itinerary && leg.starts >= Number(n));
    if (!written) this.wrong.push(`${drone}: told to start before that was written down`);
    const leg = legs.find((one) => one?.itinerary.id === itinerary && one?.itinerary.version === Number(version));
    if (leg && this.#o.utcUs() > leg.notAfterUtcUs + 6e6) this.wrong.push(`${drone}: told to start after its time`);
    const times = key.split('/').slice(0, 5).join('/');
    if (this.#starts.has(times)) this.wrong.push(`${times}: posted twice`);
    this.#starts.add(times);
  }

  released(order: string, { id: drone, linked }: VirtualDrone, cancel: Order['cancel']): void {
    const cancelledS = cancel === null ? 0 : (this.#o.utcUs() - cancel.atUtcUs) / 1e6;
    if (linked && cancelledS > 150 && this.undisturbedS > 150)
      this.wrong.push(`${order}: cancelled for ${cancelledS} s, and released`);
    const all = [...(this.releases.get(order) ?? []), drone];
    this.releases.set(order, all);
    if (all.length > 1 && !this.relaunched.has(order))
      this.wrong.push(`${order}: delivered twice, by ${all.join(' and ')}`);
    this.parcels.set(order, 'customer');
  }

  loaded(order: string, drone: string): void {
    if (this.parcels.get(order) !== 'pickup')
      this.wrong.push(`${order}: loaded on ${drone}, and is ${JSON.stringify(this.parcels.get(order))}`);
    this.parcels.set(order, { aboard: drone });
  }

  /** A change in memory: another drone is chosen only when the one before it cannot act any more. */
  changed(before: Held | null, after: Held): void {
    const was = before === null ? null : orderOf(before.doc);
    const is = orderOf(after.doc);
    if (this.#o.trace) traced(after.id, is, this.#o.utcUs());
    if (is.words === null && !isOver(is) && is.state === 'queued' && was?.state === 'queued')
      this.wrong.push(`${after.id}: waits without a word`);
    const had = was === null ? null : currentOf(was);
    const isOff = is.outcome === 'cancelled' || is.outcome === 'returned' || is.outcome === 'expired';
    if (isOff && had?.parcel === 'aboard' && is.attempts[had.n]?.parcel === 'aboard')
      this.wrong.push(`${after.id}: ${is.outcome}, and nobody was asked to take it off ${had.drone}`);
    const attempt = currentOf(is);
    const isSent = is.state === 'unloading' && was?.state !== 'unloading' && attempt !== null;
    if (isSent && this.#o.drones.get(attempt.drone)?.inAir === true)
      this.wrong.push(`${after.id}: people are sent to take it off ${attempt.drone}, which flies`);
    if (attempt === null || (was !== null && currentOf(was)?.n === attempt.n)) return;
    const other = this.#o.inMemory().find(({ id, doc }) => {
      const order = orderOf(doc);
      return id !== after.id && !isOver(order) && currentOf(order)?.drone === attempt.drone;
    });
    if (other !== undefined) this.wrong.push(`${after.id}: given to ${attempt.drone}, which has ${other.id}`);
    for (const one of Object.values(is.attempts)) if (one.n < attempt.n) this.#mayBeGiven(after.id, is, one);
  }

  /** Whether the drone that released it is there to say so. */
  #isKnown(id: string, { attempts }: Order): boolean {
    const drone = this.releases.get(id)?.at(-1) ?? '';
    const leg = Object.values(attempts).find((one) => one.drone === drone && one.delivery !== null)?.delivery;
    const said = leg ? this.#o.fleet().stand(leg.itinerary.id, leg.itinerary.version, drone) : null;
    return this.#o.drones.get(drone)?.crashed !== true && said?.parcel?.state === 'released';
  }

  #mayBeGiven(id: string, order: Order, first: Attempt): void {
    if (first.end?.how === 'relaunched') return;
    const { drone } = first;
    const where = this.parcels.get(id);
    if (typeof where === 'object' && 'aboard' in where && where.aboard === drone && !this.late.has(id)) {
      this.wrong.push(`${id}: given to ${currentOf(order)?.drone}, and the parcel is aboard ${drone}`);
    }
    for (const leg of [first.ferry, first.delivery]) {
      if (leg === null) continue;
      const { id: itinerary, version } = leg.itinerary;
      const stand = this.#o.fleet().stand(itinerary, version, drone);
      const said =
        stand?.answered === true && ['completed', 'aborted', 'refused', 'cancelled', 'replaced'].includes(stand.state);
      if (stand === null || said || this.#o.utcUs() >= leg.notAfterUtcUs + 10e6) continue;
      this.wrong.push(`${id}: given to ${currentOf(order)?.drone} while ${drone} may still begin ${itinerary}`);
    }
  }

  /** Everything has healed, people have done their part. */
  end(orders: readonly Held[]): void {
    for (const { id, task, inAir, crashed } of this.#o.drones.values()) {
      if (task !== null && !inAir && !crashed) this.wrong.push(`${id}: ${task.itinerary.id} is left on it`);
    }
    for (const { id, doc } of orders) {
      const order = orderOf(doc);
      const where = this.parcels.get(id);
      const said = `${order.state} ${order.outcome}, "${order.words}"`;
      if (!isOver(order)) this.wrong.push(`${id}: forgotten: ${said}`);
      const delivered = (this.releases.get(id)?.length ?? 0) > 0;
      if (order.outcome === 'delivered' && !delivered) this.wrong.push(`${id}: "delivered", and nobody has it`);
      // People said so, and the only one that knew better has crashed before it could be heard, or does not know either.
      const isGuess = (order.outcome === 'lost' || this.relaunched.has(id)) && !this.#isKnown(id, order);
      if (delivered && !isGuess && order.outcome !== 'delivered')
        this.wrong.push(`${id}: delivered, and said to be ${said}`);
      if (typeof where !== 'object' || !('aboard' in where)) continue;
      const drone = this.#o.drones.get(where.aboard);
      if (isOver(order) && order.outcome !== 'lost' && drone?.crashed !== true) {
        this.wrong.push(`${id}: over (${said}), and forgotten aboard ${where.aboard}`);
      }
    }
  }
}
