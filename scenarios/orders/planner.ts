/** A planner that knows no air: the nearest thing to a drone that is free, some of them at another base. */
import type { Itinerary } from '@skein/protocol/fleet';
import { formatUtc } from '@skein/protocol/time';
import { orderOf } from '../../controller/orders/kept.ts';
import type { Decision, Planned, Planner, Turn } from '../../controller/orders/ports.ts';
import { takenDrones } from '../../controller/orders/taken.ts';
import type { VirtualDrone } from './drone.ts';

export class VirtualPlanner implements Planner {
  readonly #drones: ReadonlyMap<string, VirtualDrone>;
  readonly #utcUs: () => number;
  readonly #onChosen: (drone: VirtualDrone) => void;
  /** How long a plan may be started, µs. */
  readonly #openUs: () => number;
  /** In words; null: nothing is stopped. */
  stop: string | null = null;

  constructor(o: {
    drones: ReadonlyMap<string, VirtualDrone>;
    utcUs: () => number;
    openUs: () => number;
    onChosen: (drone: VirtualDrone) => void;
  }) {
    this.#onChosen = o.onChosen;
    this.#openUs = o.openUs;
    this.#drones = o.drones;
    this.#utcUs = o.utcUs;
  }

  infeasible(wish: { readonly pickup: { readonly latDeg: number } }) {
    return { base: `base-${wish.pickup.latDeg}` };
  }

  ready(): boolean {
    return true;
  }

  inTurn(a: Turn, b: Turn): number {
    return b.priority - a.priority || a.placedUtcUs - b.placedUtcUs;
  }

  againstStart(): string | null {
    return this.stop;
  }

  plan({ wish, drone, avoid, open }: Parameters<Planner['plan']>[0]): Decision {
    if (this.stop !== null) return { kind: 'wait', words: this.stop, untilUtcUs: null, why: [] };
    const busy = takenDrones(open.map(({ id, doc }) => [id, orderOf(doc)] as const));
    const chosen = [...this.#drones.values()].find((one) =>
      drone === undefined
        ? one.linked && !one.crashed && !one.inAir && one.base !== null && !avoid.has(one.id) && !busy.has(one.id)
        : one.id === drone && one.linked && !one.inAir,
    );
    if (chosen === undefined) return { kind: 'wait', words: 'no drone is free', untilUtcUs: null, why: [] };
    this.#onChosen(chosen);
    const ferry = drone === undefined && chosen.base !== wish.base ? this.#leg(ferryItems(wish.base)) : null;
    return { kind: 'fly', drone: chosen.id, ferry, delivery: this.#leg(DELIVERY_ITEMS), why: [] };
  }

  #leg(items: Itinerary['items']): Planned {
    const startUtcUs = this.#utcUs() + 5e6;
    const notAfterUtcUs = startUtcUs + this.#openUs();
    const itinerary = { items, notAfter: formatUtc(notAfterUtcUs) };
    return { itinerary, startUtcUs, notAfterUtcUs, endsUtcUs: startUtcUs + 600e6, reservation: {}, needsPct: 30 };
  }
}

const DELIVERY_ITEMS: Itinerary['items'] = [
  { do: 'take-off', altM: 30 },
  { do: 'deliver', latDeg: 50, lonDeg: 0, altM: 30, frame: 'home', how: 'winch', releaseAltM: 12 },
  { do: 'return' },
];

function ferryItems(base: string): Itinerary['items'] {
  return [
    { do: 'take-off', altM: 30 },
    { do: 'land', latDeg: Number(base.slice('base-'.length)), lonDeg: 0 },
  ];
}
