/** A full delivery flown to its end, ArduPilot and PX4: verified before flight, released once at the door, proved by what was measured. */
import type { SimulatorOptions } from '@skein/hardware/simulator';
import type { DeliverItem } from '@skein/protocol/fleet';
import t, { type Test } from 'tap';
import { measured } from '../kit/measured.ts';
import { until } from '../kit/until.ts';
import { deliveryPlan, isReady, readyToFly } from './flown.ts';

const AWAY_M = 30;
const KG = 0.6;

interface Story {
  readonly title: string;
  readonly simulator: SimulatorOptions;
  readonly deliver: Partial<DeliverItem>;
  /** What goes wrong. */
  readonly fault?: string;
  /** It left the drone in truth. */
  readonly released: boolean;
  /** What the drone says of it. */
  readonly proved: 'released' | 'unproved';
}

const STORIES: readonly Story[] = [
  {
    title: 'a parcel on a winch',
    simulator: { winch: true, payloadKg: KG },
    deliver: { how: 'winch', releaseAltM: 4, lineM: 5 },
    released: true,
    proved: 'released',
  },
  {
    title: 'dropped from a low hover',
    simulator: { payloadKg: KG },
    deliver: { how: 'drop', releaseAltM: 3 },
    released: true,
    proved: 'released',
  },
  {
    title: 'the gripper is stuck, and its text says "released"',
    simulator: { payloadKg: KG },
    deliver: { how: 'drop', releaseAltM: 3 },
    fault: 'gripper-stuck',
    released: false,
    proved: 'unproved',
  },
  {
    title: 'PX4: a parcel on a winch',
    simulator: { flavour: 'px4', winch: true, payloadKg: KG },
    deliver: { how: 'winch', releaseAltM: 8, lineM: 9 },
    released: true,
    proved: 'released',
  },
  // Of its gripper a PX4 tells nothing: the weight alone is no proof.
  {
    title: 'PX4: dropped from a low hover',
    simulator: { flavour: 'px4', payloadKg: KG },
    deliver: { how: 'drop', releaseAltM: 3 },
    released: true,
    proved: 'unproved',
  },
];

async function tell(t: Test, { title, simulator, deliver, fault, released, proved }: Story): Promise<void> {
  // given: a drone with a parcel, ready to fly
  const drone = await readyToFly(t, { simulator });
  const last = () => drone.stands.at(-1)?.state ?? null;
  const becomes = (state: string, timeoutMs: number) =>
    until(() => last() === state, {
      timeoutMs,
      what: `${title}: an itinerary that is ${state}`,
      seen: () => [drone.stands.slice(-3), drone.parcels.at(-1), drone.agent().status().vehicle.mode],
    });
  if (fault !== undefined) drone.driver.act(() => drone.simulator.fault(fault));

  // when it is given an itinerary, and started
  drone.assign(deliveryPlan(AWAY_M, deliver));
  await becomes('verified', 30_000);
  t.ok(drone.simulator.payload.onBoard);
  await isReady(drone);
  const startedMs = performance.now();
  t.match(await drone.give('start'), { state: 'succeeded', reason: 'done' });

  // then it flies there, does it once, comes home, and says of the parcel what was proved
  await becomes('completed', 300_000);
  measured(`${title}: ${AWAY_M} m away, flown to its end in ${Math.round((performance.now() - startedMs) / 1000)} s`);
  const states = drone.stands.map(({ state }) => state).filter((state, n, all) => state !== all[n - 1]);
  t.match(states.join(' '), /verified starting flying at-gate releasing( flying)? returning completed$/);
  t.equal(drone.simulator.payload.releases, released ? 1 : 0);
  t.equal(drone.simulator.payload.onBoard, !released);
  const parcel = drone.parcels.at(-1);
  t.match(parcel, { state: proved, itinerary: 'it-1', item: 2 }, JSON.stringify(parcel));
  t.equal(drone.agent().status().itinerary.custody, proved === 'released' ? 'none' : 'unproved');
  if (proved === 'released') return;
  if (!released) t.match(drone.texts.join('\n'), /Gripper load released/, 'the text that proves nothing');

  // when an operator settles it
  t.match(await drone.give('settle', { itinerary: 'it-1', item: 2, released }), { state: 'succeeded' });
  // then the drone answers for nothing any more
  t.equal(drone.agent().status().itinerary.custody, 'none');
}

t.test('deliveries', { timeout: 500_000 }, async (t) => {
  await Promise.all(STORIES.map((story) => tell(t, story)));
});
