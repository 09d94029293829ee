/**
 * A fleet in the controller's own `fleet/`, behind its own live hub: each drone says five times a second what an agent would,
 * on a clock that goes a fifth of a second with each round and not by itself. So a round may come sooner than its time.
 */
import { Fleet, FRESH_MS, LOST_MS } from '../../controller/fleet/index.ts';
import { type LiveCounter, LiveHub } from '../../controller/live/index.ts';
import { circling, liveMessages, sampleOf } from './live-flight.ts';
import { recorded } from './page-recorded.ts';

export const HZ = 5;
const ROUND_US = 1e6 / HZ;
const PRESENCE_ROUNDS = 15 * HZ;
/** Clocks of drones and of the controller, as the first round begins. */
const DRONE_CLOCK_US = 3_600e6;
const CONTROLLER_CLOCK_US = 1e9;
/** Some 400 m. */
const APART = { latDeg: 0.0036, lonDeg: 0.0053 };

export interface PageFleet {
  readonly hub: LiveHub;
  readonly rounds: number;
  /** Of a message's stamp: which round it was, and when that was made (`Date.now()`). */
  readonly made: ReadonlyMap<number, number>;
  readonly counts: ReadonlyMap<LiveCounter, number>;
  /** All drones say something, and it goes to all pages. */
  round(): void;
  /** Where they are: `[id, lonDeg, latDeg, headingDeg]` of each. */
  places(): readonly (readonly [string, number, number, number])[];
  /** The stamp of the newest round, UTC ms. */
  readonly stampMs: number;
}

/** Of a recording (page-recorded.ts); after some rounds that are like no others. */
const RECORDED_ROUNDS = 5 * HZ;
const FIRST_ROUNDS = HZ;
/** When each of the last so many was made. */
const REMEMBERED = 1000;

export function createPageFleet(drones: number, isRecorded = false): PageFleet {
  const beganUtcUs = Date.now() * 1e3;
  const messages = liveMessages(HZ);
  const counts = new Map<LiveCounter, number>();
  let rounds = 0;
  const clock = {
    utcUs: () => beganUtcUs + rounds * ROUND_US,
    monoUs: () => CONTROLLER_CLOCK_US + rounds * ROUND_US,
  };
  const fleet = new Fleet({ clock, count: () => {}, onEvent: () => {}, maxDrones: drones });
  const droneUs = (): number => DRONE_CLOCK_US + rounds * ROUND_US;
  const row = Math.ceil(Math.sqrt(drones));
  const all = Array.from({ length: drones }, (_, place) => ({
    ...{ place, id: `drone-${place + 1}` },
    boot: `00000000-0000-4000-8000-${place.toString(16).padStart(12, '0')}`,
    epoch: place.toString(16).padStart(16, '0'),
    middle: { latDeg: 47 + Math.floor(place / row) * APART.latDeg, lonDeg: 8 + (place % row) * APART.lonDeg },
  }));
  type Drone = (typeof all)[number];

  function presence({ id, boot, epoch }: Drone): void {
    const none = { first: 1, next: 1 };
    const history = { first: 1, next: Math.floor(rounds / HZ) + 1 };
    fleet.presence(id, {
      ...{ session: epoch, n: 1, boot, journal: null, online: true, autopilotBoot: epoch },
      ...{ versions: { agent: '0.1.0', autopilot: 'ArduCopter 4.7.0-dev' }, control: { state: 'skein' } },
      epochs: [{ epoch, lanes: { urgent: none, history } }],
    });
  }

  /** Each is elsewhere in the flight. */
  function live({ id, place, boot, epoch, middle }: Drone): void {
    const nowUs = droneUs();
    const motion = circling(place, middle, nowUs / 1e6);
    const said = messages[(place * 7 + rounds) % messages.length] ?? [];
    const samples = said.map((sample) => sampleOf(sample, motion, nowUs));
    const about = { codec: 2, lane: 'live', epoch, boot, seq: 0, rows: samples.length, crc: 0, byteLength: 0 } as const;
    fleet.live(id, { ...about, monoFromUs: nowUs, monoToUs: nowUs }, samples);
    // Once a second something of it is stored.
    if ((rounds + place) % HZ === 0) fleet.progress(id, epoch, 'history', Math.floor(rounds / HZ), nowUs);
  }

  function oneRound(): void {
    rounds++;
    for (const drone of all) {
      if (rounds === 1 || (rounds + drone.place) % PRESENCE_ROUNDS === 0) presence(drone);
      live(drone);
    }
    if (rounds % HZ === 0) fleet.tick();
  }

  const byId = new Map(all.map((drone) => [drone.id, drone]));
  const motionOf = (id: string) => {
    const { place, middle } = byId.get(id) ?? { place: 0, middle: { latDeg: 0, lonDeg: 0 } };
    return circling(place, middle, droneUs() / 1e6);
  };
  if (isRecorded) for (let i = 0; i < FIRST_ROUNDS; i++) oneRound();
  if (isRecorded) fleet.drainChanges();
  const hub = new LiveHub({
    source: isRecorded
      ? recorded({ source: fleet, round: oneRound, rounds: RECORDED_ROUNDS, utcUs: clock.utcUs, motionOf })
      : fleet,
    ...{ utcUs: clock.utcUs, monoUs: clock.monoUs, maxClients: 10 },
    count: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
    controller: { name: 'bench', start: 'b'.repeat(16), version: 'bench' },
    limits: { freshMs: FRESH_MS, lostMs: LOST_MS },
  });
  const stampMs = (): number => Math.round(clock.utcUs() / 1e3);
  const made = new Map<number, number>();

  return {
    hub,
    counts,
    made,
    get rounds() {
      return rounds;
    },
    get stampMs() {
      return stampMs();
    },
    round() {
      if (isRecorded) rounds++;
      else oneRound();
      made.set(stampMs(), Date.now());
      made.delete(stampMs() - (REMEMBERED * 1000) / HZ);
      hub.flush();
    },
    places: () =>
      all.map(({ id }) => {
        const { lonDeg, latDeg, headingDeg } = motionOf(id);
        return [id, lonDeg, latDeg, headingDeg] as const;
      }),
  };
}
