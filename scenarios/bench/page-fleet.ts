/**
 * A fleet in the controller's own `fleet/`, behind its own live hub: each drone says five times a second what an agent would,
 * on a clock that goes a fifth of a second with each round and not by itself. So a round may come sooner than its time.
 */
import { Fleet, FRESH_MS, LOST_MS } from '../../controller/fleet/index.ts';
import { type LiveCounter, LiveHub } from '../../controller/live/index.ts';
import { circling, liveMessages, sampleOf } from './live-flight.ts';

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
  readonly counts: ReadonlyMap<LiveCounter, number>;
  /** All drones say something, and it goes to all pages. */
  round(): void;
  /** Where they are: `[id, lonDeg, latDeg, headingDeg]` of each. */
  places(): readonly (readonly [string, number, number, number])[];
}

export function createPageFleet(drones: number): PageFleet {
  const beganUtcUs = Date.now() * 1e3;
  const messages = liveMessages(HZ);
  const counts = new Map<LiveCounter, number>();
  let rounds = 0;
  const clock = {
    utcUs: () => beganUtcUs + rounds * ROUND_US,
    monoUs: () => CONTROLLER_CLOCK_US + rounds * ROUND_US,
  };
  const fleet = new Fleet({ clock, count: () => {}, onEvent: () => {}, maxDrones: drones });
  const hub = new LiveHub({
    ...{ source: fleet, utcUs: clock.utcUs, monoUs: clock.monoUs, maxClients: 10 },
    count: (name, by = 1) => void counts.set(name, (counts.get(name) ?? 0) + by),
    controller: { name: 'bench', start: 'b'.repeat(16), version: 'bench' },
    limits: { freshMs: FRESH_MS, lostMs: LOST_MS },
  });
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

  return {
    hub,
    counts,
    get rounds() {
      return rounds;
    },
    round() {
      rounds++;
      for (const drone of all) {
        if (rounds === 1 || (rounds + drone.place) % PRESENCE_ROUNDS === 0) presence(drone);
        live(drone);
      }
      if (rounds % HZ === 0) fleet.tick();
      hub.flush();
    },
    places: () =>
      all.map(({ id, place, middle }) => {
        const { latDeg, lonDeg, northMps, eastMps } = circling(place, middle, droneUs() / 1e6);
        const round7 = (deg: number): number => Math.round(deg * 1e7) / 1e7;
        const headingDeg = Math.round((Math.atan2(eastMps, northMps) * 180) / Math.PI + 360) % 360;
        return [id, round7(lonDeg), round7(latDeg), headingDeg] as const;
      }),
  };
}
