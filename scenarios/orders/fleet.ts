/**
 * What lies between orders and drones: itineraries and commands as the controller keeps them (durable, so they outlive its
 * crashes), told to a drone while it can be heard, its words heard then.
 */
import { type Itinerary, isItineraryOver, isUnderWay } from '@skein/protocol/fleet';
import type { Flights, Told } from '../../controller/orders/ports.ts';
import type { CommandSeen, StandSeen } from '../../controller/orders/seen.ts';
import { keyOf, type Said, type VirtualDrone } from './drone.ts';

interface Stand {
  readonly itinerary: Itinerary;
  readonly drone: string;
  said: Said | null;
  /** Given again after the drone's last word. */
  owed: boolean;
  takingBack: boolean;
}

interface Posted {
  readonly id: string;
  readonly drone: string;
  seen: CommandSeen;
}

export interface FleetOptions {
  readonly drones: ReadonlyMap<string, VirtualDrone>;
  readonly nowS: () => number;
  readonly utcUs: () => number;
  /** Some requests fail: the store is slow, the drone is away. */
  readonly refuses: () => boolean;
  /** A ground stop: commands let no start through. */
  readonly stopped: () => boolean;
  /** Before anything comes of it. */
  readonly onCommand: (o: { drone: string; type: string; key: string }) => void;
  /** A `start` whose answer gets lost, all that its drone says after it perhaps as well. */
  readonly loses: (drone: VirtualDrone) => boolean;
}

export class VirtualFleet implements Flights {
  readonly #o: FleetOptions;
  readonly stands = new Map<string, Stand>();
  /** Not in memory; when it will be, s. */
  readonly #away = new Map<string, number>();
  readonly #posted = new Map<string, Posted>();
  /** Something a drone said has come. */
  onWord: (drone: string) => void = () => {};
  onSettled: (drone: string) => void = () => {};

  constructor(o: FleetOptions) {
    this.#o = o;
  }

  /** The controller has died: what is over is not in memory any more, until somebody asks. */
  forget(): void {
    for (const held of this.stands.values()) if (isOver(held)) this.#away.set(held.itinerary.id, this.#o.nowS() + 2);
  }

  /** Of any drone that has it. */
  plan(id: string, version: number): Itinerary | null {
    const held = [...this.stands.values()].find(
      ({ itinerary }) => itinerary.id === id && itinerary.version === version,
    );
    return held?.itinerary ?? null;
  }

  known(itinerary: string): boolean {
    const backS = this.#away.get(itinerary);
    if (backS === undefined) return true;
    if (this.#o.nowS() < backS) return false;
    return this.#away.delete(itinerary);
  }

  stand(itinerary: string, version: number, drone: string): StandSeen | null {
    if (this.#away.has(itinerary)) return null;
    const held = this.stands.get(`${itinerary}@${version}/${drone}`);
    if (held === undefined) return null;
    const { said, takingBack } = held;
    if (said === null) {
      const state = takingBack ? 'cancelled' : 'assigned';
      return { state, words: null, answered: false, takingBack: false, parcel: null };
    }
    const parcel = said.parcel === null ? null : { state: said.parcel, words: null };
    return { state: said.state, words: said.words, answered: true, takingBack, parcel };
  }

  async give(itinerary: Itinerary, drone: string): Promise<Told> {
    if (this.#o.refuses()) return { ok: false, words: 'not stored' };
    const key = `${keyOf(itinerary)}/${drone}`;
    if (!this.stands.has(key)) this.stands.set(key, { itinerary, drone, said: null, owed: true, takingBack: false });
    return { ok: true };
  }

  async assign(itinerary: Itinerary, drone: string): Promise<Told> {
    const held = this.stands.get(`${keyOf(itinerary)}/${drone}`);
    if (held === undefined) return this.give(itinerary, drone);
    if (this.#o.refuses()) return { ok: false, words: 'not stored' };
    held.owed = true;
    return { ok: true };
  }

  async takeBack(itinerary: string, drone: string): Promise<Told> {
    if (this.#o.refuses()) return { ok: false, words: 'not stored' };
    for (const held of this.stands.values()) {
      if (held.itinerary.id === itinerary && held.drone === drone && !isOver(held)) held.takingBack = true;
    }
    return { ok: true };
  }

  async command(o: Parameters<Flights['command']>[0]): Promise<Told & { id?: string }> {
    const known = this.#posted.get(o.key);
    if (known !== undefined) return { ok: true, id: known.id };
    if (this.#o.refuses()) return { ok: false, words: 'not stored' };
    this.#o.onCommand(o);
    const drone = this.#o.drones.get(o.drone);
    const posted: Posted = { id: `c${this.#posted.size}`, drone: o.drone, seen: pending };
    this.#posted.set(o.key, posted);
    const stopped = o.type === 'start' && this.#o.stopped();
    if (stopped) posted.seen = final('rejected', 'ground-stop');
    else if (drone === undefined || !drone.linked) posted.seen = final('rejected', 'offline');
    else {
      const why =
        o.type === 'start' ? drone.start(o.itinerary, this.#o.nowS(), this.#o.utcUs()) : drone.abort(this.#o.nowS());
      posted.seen = this.#o.loses(drone)
        ? final('unknown', 'no-answer')
        : why === null
          ? final('succeeded', null)
          : final('rejected', why);
    }
    return { ok: true, id: posted.id };
  }

  async commandSeen(id: string): Promise<CommandSeen | null> {
    return [...this.#posted.values()].find((one) => one.id === id)?.seen ?? null;
  }

  tick(): void {
    for (const drone of this.#o.drones.values()) {
      if (!drone.linked || drone.crashed) continue;
      drone.isHeard(this.#o.nowS());
      for (const said of drone.outbox.splice(0)) this.#hear(drone, said);
      for (const held of this.stands.values()) if (held.drone === drone.id) this.#tell(drone, held);
    }
  }

  #hear(drone: VirtualDrone, said: Said): void {
    const held = this.stands.get(`${said.itinerary}@${said.version}/${drone.id}`);
    if (held === undefined) return;
    held.said = said;
    if (isUnderWay(said.state as 'flying') || isOver(held)) held.takingBack = false;
    this.onWord(drone.id);
  }

  #tell(drone: VirtualDrone, held: Stand): void {
    if (isOver(held)) return;
    if (held.takingBack) {
      drone.takeBack(held.itinerary.id);
      if (held.said === null) held.said = { ...NOTHING, itinerary: held.itinerary.id, version: held.itinerary.version };
    } else if (held.owed) {
      held.owed = false;
      if (held.said === null) drone.take(held.itinerary, this.#o.nowS());
      else drone.again(held.itinerary, this.#o.nowS());
    }
  }
}

const NOTHING = { state: 'cancelled', words: 'taken-back', parcel: null } as const;
const pending: CommandSeen = { final: false, state: 'queued', words: null };

function final(state: string, words: string | null): CommandSeen {
  return { final: true, state, words };
}

function isOver({ said }: Stand): boolean {
  return said !== null && said.state !== 'assigned' && isItineraryOver(said.state);
}
