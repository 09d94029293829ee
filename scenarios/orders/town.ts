/**
 * Bases, drones and people of a town, in real processes: skein-sim, skein-agent, skein-controller with its broker. Low, near
 * and brisk, so that an order takes seconds; what is true of a parcel is asked of its drone's simulator.
 */
import { readFileSync } from 'node:fs';
import { decode, TlogReader } from '@skein/protocol/mavlink';
import type { Test } from 'tap';
import { Api } from '../city/api.ts';
import type { Controller } from '../kit/controller.ts';
import type { BrokerKind } from '../kit/external-broker.ts';
import { Operator } from '../kit/operator.ts';
import type { DronePlace } from '../kit/places.ts';
import type { Said } from '../kit/program.ts';
import { until, within } from '../kit/until.ts';
import { createWorld, type Drone, type World } from '../world.ts';

const CENTRE = { latDeg: 47.4, lonDeg: 8.5 };
const GROUND_M = 450;
const M_PER_DEG = 111_195;
const SHRINK = Math.cos((CENTRE.latDeg * Math.PI) / 180);
/** What the profile `bench` wants, and quick to climb and to land. */
const PARAMETERS =
  'FS_GCS_ENABLE=1,RTL_ALT=0,WPNAV_SPEED_UP=500,WPNAV_SPEED_DN=500,LAND_SPEED=100,LAND_SPEED_HIGH=400,RTL_LOIT_TIME=500';
/** One layer, 5 m below it. */
const CEILING_M = 25;
const READY_MS = 90_000;
const ARMED = 128;
export const PARCEL_KG = 0.6;

/** Metres east and north of the middle of the town. */
export type Metres = readonly [number, number];
export const placeAt = ([eastM, northM]: Metres) => ({
  latDeg: CENTRE.latDeg + northM / M_PER_DEG,
  lonDeg: CENTRE.lonDeg + eastM / M_PER_DEG / SHRINK,
});

export interface OrderSeen {
  readonly id: string;
  readonly state: string;
  readonly outcome: string | null;
  readonly words: string | null;
  readonly due: string | null;
  readonly drone: string | null;
  readonly parcel: string | null;
  readonly leftOn: string | null;
  readonly attempts: readonly {
    readonly n: number;
    readonly drone: string;
    readonly ferry: LegSeen | null;
    readonly delivery: LegSeen | null;
    readonly chosenAt: string;
    readonly end: { readonly how: string; readonly at: string } | null;
  }[];
}
interface LegSeen {
  readonly itinerary: string;
  readonly version: number;
  readonly notAfter: string;
  readonly starts: number;
}
export interface EventSeen {
  readonly type: string;
  readonly at: string;
  readonly data: { readonly set?: { readonly state?: string; readonly attempts?: Readonly<Record<string, Told>> } };
}
interface Told {
  readonly ferry?: { readonly itinerary?: { readonly id?: string; readonly version?: number } } | null;
  readonly delivery?: { readonly itinerary?: { readonly id?: string; readonly version?: number } } | null;
}

export interface TownOptions {
  /** By id: where each stands. */
  readonly drones: Readonly<Record<string, Metres>>;
  readonly cuttable?: readonly string[];
  /** By id: its pads. */
  readonly bases: Readonly<Record<string, readonly Metres[]>>;
  readonly controllerArgs?: readonly string[];
  readonly broker?: BrokerKind;
  /** Above the bases, m; left out: room for one layer. */
  readonly ceilingM?: number;
}

/** What every controller of a town is told of its fleet. */
export const FLEET_ARGS = ['--orders.methods=drop', '--itineraries.batteryWh=400', '--orders.emptyKg=4'] as const;

export class Town {
  readonly world: World;
  readonly api: Api;
  readonly #operators = new Map<string, Operator>();

  constructor(world: World, controller: Pick<Controller, 'httpUrl'> = world.controller) {
    this.world = world;
    this.api = new Api(controller.httpUrl, new AbortController().signal);
  }

  drone(id: string): Drone {
    const found = this.world.drones.find((one) => one.id === id);
    if (found === undefined) throw new Error(`no drone ${id}`);
    return found;
  }

  /** A person at the desk. */
  operator(name: string): Operator {
    const known = this.#operators.get(name) ?? new Operator(this.world.controller.httpUrl, name);
    this.#operators.set(name, known);
    return known;
  }

  async order(pickup: Metres, dropOff: Metres): Promise<OrderSeen> {
    return this.api.post<OrderSeen>('/orders', this.wish(pickup, dropOff));
  }

  wish(pickup: Metres, dropOff: Metres) {
    return {
      ...{ pickup: placeAt(pickup), dropOff: placeAt(dropOff) },
      ...{ payloadKg: PARCEL_KG, how: 'drop', issuedBy: 'shop' },
    };
  }

  seen(id: string): Promise<OrderSeen> {
    return this.api.get<OrderSeen>(`/orders/${id}`);
  }

  /** Waits until the order is so; what it was then. */
  async becomes(
    id: string,
    what: string,
    is: (order: OrderSeen) => boolean,
    { timeoutMs = 120_000, everyMs = 100 } = {},
  ): Promise<OrderSeen> {
    let seen: OrderSeen | null = null;
    const { value } = await until(
      async () => {
        seen = await this.seen(id);
        return is(seen) ? seen : null;
      },
      { timeoutMs, everyMs, what: `order ${id} ${what}`, seen: () => seen },
    );
    return value;
  }

  /** All that was written down of it, in order. */
  async events(id: string): Promise<readonly EventSeen[]> {
    return (await this.api.get<{ events: readonly EventSeen[] }>(`/events?entity=order:${id}&limit=1000`)).events;
  }

  /** Somebody hangs the parcel on the drone before them, and says so. */
  async load(id: string, drone: string): Promise<void> {
    this.drone(drone).simulator.program.tell(`load ${PARCEL_KG}`);
    await this.api.post(`/orders/${id}/loaded`, { issuedBy: 'Kim', drone });
  }

  /** How often this drone really let something go, and what hangs on it now, kg. */
  async truth(drone: string): Promise<{ readonly releases: number; readonly massKg: number }> {
    const { program } = this.drone(drone).simulator;
    const said = new Promise<Said>((resolve) => {
      const stop = program.onSaid((one) => {
        if (one.event !== 'payload') return;
        stop();
        resolve(one);
      });
    });
    program.tell('payload');
    const { releases, massKg } = await within(said, 20_000, `${drone} to tell of its parcel`);
    return { releases: Number(releases), massKg: Number(massKg) };
  }

  /** Out of all that its autopilot ever sent: times it was armed, and times it asked for a mission that was uploaded. */
  flown(drone: string): { readonly arms: number; readonly uploads: number } {
    let [arms, uploads, armed] = [0, 0, false];
    const reader = new TlogReader();
    const take = ({ frame }: Parameters<Parameters<TlogReader['push']>[1]>[0]): void => {
      const message = decode(frame);
      if (message?.name === 'HEARTBEAT' && frame.compid === 1) {
        const now = (message.fields.base_mode & ARMED) !== 0;
        if (now && !armed) arms += 1;
        armed = now;
      }
      const asks = message?.name === 'MISSION_REQUEST_INT' || message?.name === 'MISSION_REQUEST';
      if (asks && message.fields.seq === 0 && message.fields.mission_type === 0) uploads += 1;
    };
    reader.push(readFileSync(this.drone(drone).simulator.sentLog), take);
    reader.flush(take);
    return { arms, uploads };
  }

  /** Everything of its pre-flight list is well, and the controller knows that. */
  async ready(id: string): Promise<void> {
    let seen: { readonly verdict: string } | null = null;
    await until(
      async () => {
        seen = await this.api.get<{ verdict: string }>(`/drones/${id}/preflight`);
        return /^(ok|warn)$/.test(seen.verdict);
      },
      { timeoutMs: READY_MS, everyMs: 300, what: `${id} to be ready`, seen: () => seen },
    );
  }
}

/** Every process up, every base known, every drone ready to fly. */
export async function createTown(test: Test, o: TownOptions): Promise<Town> {
  const drones = Object.entries(o.drones).map(
    ([id, metres], index): DronePlace => ({
      ...{ id, seed: index + 1, home: { ...placeAt(metres), altM: GROUND_M }, start: 'ready' },
      simulatorArgs: ['--gripper', `--param=${PARAMETERS}`],
      agentArgs: ['--profile=bench', '--recorder.enabled=false', '--backoff.minS=0.05', '--backoff.maxS=0.5'],
    }),
  );
  const world = await createWorld({
    ...{ drones, cuttable: o.cuttable ?? [], broker: o.broker ?? 'embedded' },
    controllerArgs: [...FLEET_ARGS, ...(o.controllerArgs ?? [])],
  });
  test.teardown(() => world.close());
  const town = new Town(world);
  for (const [id, pads] of Object.entries(o.bases)) {
    const [first = [0, 0]] = pads;
    await town.api.put(`/bases/${id}`, {
      ...{ name: id, place: placeAt(first), groundAmslM: GROUND_M, ceilingM: o.ceilingM ?? CEILING_M },
      pads: pads.map((metres, n) => ({ id: `${n + 1}`, place: placeAt(metres) })),
    });
  }
  await Promise.all(drones.map(({ id }) => town.ready(id)));
  return town;
}
