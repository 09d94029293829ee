/**
 * A fleet of real processes of which each drone can be sent on a long flight: skein-sim, skein-agent and the controller, with
 * what the people at the desk see of them.
 */
import type { Itinerary } from '@skein/protocol/fleet';
import type { Test } from 'tap';
import { Desk } from '../kit/desk.ts';
import { post } from '../kit/http.ts';
import type { LiveFollower } from '../kit/live.ts';
import { Operator } from '../kit/operator.ts';
import { type DronePlace, placeOf } from '../kit/places.ts';
import { freePort } from '../kit/ports.ts';
import { createRelay, type Relay } from '../kit/relay.ts';
import { until } from '../kit/until.ts';
import { createWorld, type Drone } from '../world.ts';

/** What the profile `bench` wants, and quick to climb and to land: flights take less of a test's time. */
const PARAMETERS =
  'FS_GCS_ENABLE=1,RTL_ALT=0,WPNAV_SPEED_UP=500,WPNAV_SPEED_DN=500,LAND_SPEED=100,LAND_SPEED_HIGH=400,RTL_LOIT_TIME=500';
const READY_MS = 90_000;
const M_PER_DEG = 111_320;

export interface Wanted {
  /** Of the autopilot, besides those that all have. */
  readonly parameters?: string;
  readonly agentArgs?: readonly string[];
  /** Its way to the controller can be cut. */
  readonly cuttable?: true;
}

export class Flown {
  readonly drone: Drone;
  readonly id: string;
  readonly #place: DronePlace;
  readonly #ann: Operator;
  readonly #live: LiveFollower;
  readonly #relay: Relay | null;
  readonly #httpUrl: string;

  constructor(o: { drone: Drone; place: DronePlace; live: LiveFollower; relay: Relay | null; httpUrl: string }) {
    this.drone = o.drone;
    this.id = o.drone.id;
    this.#place = o.place;
    this.#live = o.live;
    this.#relay = o.relay;
    this.#httpUrl = o.httpUrl;
    this.#ann = new Operator(o.httpUrl);
  }

  get entry() {
    return this.#live.drones.get(this.id);
  }

  get uplink(): Relay {
    if (this.#relay === null) throw new Error(`the way of ${this.id} cannot be cut`);
    return this.#relay;
  }

  fault(asked: string): void {
    this.drone.simulator.program.tell(`fault ${asked}`);
  }

  clear(name: string): void {
    this.drone.simulator.program.tell(`clear ${name}`);
  }

  order(type: string, params: Readonly<Record<string, unknown>> = {}) {
    return this.#ann.order(this.id, type, params);
  }

  see(what: string, condition: () => boolean | undefined, timeoutMs = 60_000) {
    const seen = () => {
      const { kinds, itinerary, control, trust } = this.entry ?? {};
      return { status: kinds?.status, position: kinds?.position, itinerary, control, trust };
    };
    return until(condition, { timeoutMs, what: `${this.id}: ${what}`, seen });
  }

  get armed(): boolean | undefined {
    return this.entry?.kinds.status?.values.armed ?? undefined;
  }

  get upM(): number {
    return this.entry?.kinds.position?.values.altRelM ?? 0;
  }

  /** Everything of its pre-flight list is well. */
  async ready(): Promise<void> {
    let stops: readonly string[] = [];
    await until(
      async () => {
        const { safety, uplink } = await this.drone.agent.status();
        ({ stops } = safety.preflight);
        return uplink.leaseLeftMs > 0 && stops.length === 0;
      },
      { timeoutMs: READY_MS, everyMs: 300, what: `${this.id} to be ready`, seen: () => stops },
    );
  }

  /** Half a kilometre north and back: longer than any story. */
  async flies({ awayM = 500, speedMps = 5, altM = 12 } = {}): Promise<void> {
    const { latDeg, lonDeg } = this.#place.home;
    const at = (northM: number) => ({ latDeg: latDeg + northM / M_PER_DEG, lonDeg, altM, frame: 'home' as const });
    const plan: Itinerary = {
      ...{ id: `it-${this.id}`, version: 1, base: { latDeg, lonDeg } },
      items: [{ do: 'take-off', altM }, { do: 'waypoint', ...at(awayM), speedMps }, { do: 'return' }],
    };
    const said = async (path: string, body: object) => {
      const { status, text } = await post(`${this.#httpUrl}/api/v1/itineraries${path}`, body);
      if (status >= 300) throw new Error(`${path}: ${status} ${text}`);
    };
    await said(`?id=${plan.id}&version=1`, plan);
    await said(`/${plan.id}/assign`, { targets: [this.id], issuedBy: 'Ann' });
    await this.see('verified', () => this.entry?.itinerary?.state === 'verified');
    await this.ready();
    const { state, reason } = await this.order('start');
    if (state !== 'succeeded') throw new Error(`${this.id} was not started: ${state} ${reason}`);
    await this.see('on its way', () => this.armed && this.upM > altM - 3);
  }
}

/** Booted, fitted, everything of the pre-flight list well. */
export async function squadron(
  test: Test,
  wanted: readonly Wanted[],
  controllerArgs: readonly string[] = [],
): Promise<{ readonly desk: Desk; readonly flown: readonly Flown[]; readonly httpUrl: string }> {
  const mqttPort = await freePort();
  const relays = await Promise.all(
    wanted.map((one) => (one.cuttable ? createRelay({ host: '127.0.0.1', port: mqttPort }) : null)),
  );
  test.teardown(() => Promise.all(relays.map((relay) => relay?.close())));
  const places = wanted.map(({ parameters, agentArgs = [] }, index): DronePlace => {
    const relay = relays[index];
    return {
      ...placeOf(index),
      start: 'ready',
      simulatorArgs: [`--param=${PARAMETERS}${parameters === undefined ? '' : `,${parameters}`}`],
      agentArgs: [
        ...['--profile=bench', '--recorder.enabled=false', '--backoff.minS=0.05', '--backoff.maxS=0.5', ...agentArgs],
        ...(relay ? [`--uplink.url=mqtt://127.0.0.1:${relay.port}`] : []),
      ],
    };
  });
  const world = await createWorld({ drones: places, mqttPort, controllerArgs });
  test.teardown(() => world.close());
  const live = world.live();
  const { httpUrl } = world.controller;
  const flown = world.drones.map((drone, index) => {
    const place = places[index];
    if (place === undefined) throw new Error('a place for each');
    return new Flown({ drone, place, live, relay: relays[index] ?? null, httpUrl });
  });
  await Promise.all(flown.map((one) => one.ready()));
  return { desk: new Desk(httpUrl), flown, httpUrl };
}
