/**
 * Situation 8 of docs/flight-rules.md: an upload is torn at every item, over an old plan that is shorter or longer; the link
 * loses or takes its time; the autopilot restarts in the middle; somebody else uploads too. What is not verified is never
 * started, and what can be mended is mended by the next try.
 */
import { Other, type Simulator } from '@skein/hardware/simulator';
import { compile, type Itinerary } from '@skein/protocol/fleet';
import t from 'tap';
import { measured, seconds } from '../kit/measured.ts';
import { isSoak } from '../kit/seed.ts';
import { until } from '../kit/until.ts';
import { readyFleet, together } from './fleet.ts';
import type { Flyer } from './flyer.ts';

const TEARERS = 6;
const MISSION = 0;
const ARM = 'COMMAND 400';
const VERIFIED_WITHIN_MS = 60_000;
const STATION = { sysid: 255, compid: 190, type: 6 };

/** From now on the items of the mission from this one on are lost: the autopilot gives the transfer up. */
function tear(simulator: Simulator, from: number): () => void {
  const { stage, end } = simulator.stage('tear');
  stage.meddle({
    received: (message) =>
      message?.name === 'MISSION_ITEM_INT' && message.fields.mission_type === MISSION && message.fields.seq >= from,
  });
  return end;
}

/** So many places one after the other: a plan longer or shorter than the next one. */
function longer(flyer: Flyer, places: number): Itinerary {
  const plan = flyer.plan({ deliver: null });
  const [takeOff, way] = plan.items;
  if (takeOff === undefined || way?.do !== 'waypoint') throw new Error('not the plan this is made for');
  const ways = Array.from({ length: places }, (_, n) => ({ ...way, latDeg: way.latDeg + n / 20_000 }));
  return { ...plan, items: [takeOff, ...ways, { do: 'return' }] };
}

type Mission = ReturnType<typeof compile>['mission'];

/** Another station on a link of its own writes a whole mission, as QGroundControl does. */
async function uploads(flyer: Flyer, items: Mission): Promise<void> {
  const { simulator } = flyer.drone.simulator;
  let other: Other | null = null;
  flyer.drone.simulator.act(() => {
    other = new Other(simulator.stage('station').stage, STATION);
    other.announceMission(items.length);
  });
  const sent = new Set<number>();
  await until(
    () => {
      const heard = (other as Other | null)?.heard ?? [];
      for (const message of heard) {
        if (message.name !== 'MISSION_REQUEST' && message.name !== 'MISSION_REQUEST_INT') continue;
        const { seq } = message.fields;
        const item = items[seq];
        if (item === undefined || sent.has(seq)) continue;
        sent.add(seq);
        const { x, y, z, command, frame } = item;
        const [param1, param2, param3, param4] = item.params;
        const fields = { seq, frame, command, current: 0, autocontinue: 1, param1, param2, param3, param4, x, y, z };
        const to = { target_system: 1, target_component: 1, mission_type: MISSION };
        flyer.drone.simulator.act(() => (other as Other | null)?.send('MISSION_ITEM_INT', { ...to, ...fields }));
      }
      return heard.some(({ name }) => name === 'MISSION_ACK');
    },
    { timeoutMs: 30_000, what: 'the station to be done', seen: () => [...sent] },
  );
}

const stored = (flyer: Flyer) => flyer.drone.simulator.simulator.autopilot.mission.items;

t.test('an upload that does not go well', { timeout: 400_000 }, async (t) => {
  // given: drones on the ground, ready to fly
  const named = ['lose 5', 'lose 20', 'delay', 'reboot', 'two at once', 'station'] as const;
  const { flyers } = await readyFleet(
    t,
    Array.from({ length: TEARERS + named.length }, () => ({})),
  );
  const of = (index: number): Flyer => {
    const flyer = flyers[index];
    if (flyer === undefined) throw new Error(`no drone ${index}`);
    return flyer;
  };
  const notStarted = async (flyer: Flyer, words: string): Promise<void> => {
    t.match(await flyer.order('start'), { state: 'rejected', reason: /not-verified/ }, words);
    t.notOk(flyer.armed, words);
  };
  const took = (words: string, ms: number): void => measured(`${words}: verified after ${seconds(ms)}`);

  const plan = of(0).plan();
  const count = compile(plan, { flavour: 'ardupilot' }).mission.length;
  const tears = Array.from({ length: count }, (_, item) => item).flatMap((item) => {
    const olds = ['longer', 'shorter'] as const;
    return olds.filter((_, n) => isSoak() || item % 2 === n).map((old) => ({ item, old }));
  });
  measured(`${tears.length} tears over ${count} items`);

  const torn = async (flyer: Flyer, mine: readonly (typeof tears)[number][]): Promise<void> => {
    let version = 0;
    for (const { item, old } of mine) {
      const words = `torn at item ${item} over a ${old} plan`;
      // given: an older plan is there, whole
      const before = longer(flyer, old === 'longer' ? count : 1);
      await flyer.assigned({ ...before, version: ++version });
      await flyer.ended('verified', 30_000);
      t.equal(stored(flyer).length > count, old === 'longer', words);

      // when the next one breaks off
      let mend = (): void => {};
      flyer.drone.simulator.act((simulator) => {
        mend = tear(simulator, item);
      });
      await flyer.assigned({ ...flyer.plan(), version: ++version });
      await flyer.see(words, () => flyer.own.current?.state === 'failed', 60_000);

      // then it may not be flown
      await notStarted(flyer, words);
      t.notOk(flyer.own.current?.verified, words);

      // and the next try mends it
      flyer.drone.simulator.act(() => mend());
      await flyer.see(words, () => flyer.own.current?.state === 'verified', VERIFIED_WITHIN_MS);
      t.equal(stored(flyer).length, count, words);
    }
    t.notOk(flyer.witness.since(0).includes(ARM), 'never armed');
  };

  const verified = async (flyer: Flyer, words: string): Promise<void> => {
    const began = performance.now();
    await flyer.assigned(flyer.plan());
    await flyer.see(words, () => flyer.own.current?.state === 'verified', 120_000);
    took(words, performance.now() - began);
    t.equal(stored(flyer).length, count, words);
  };
  const under = async (flyer: Flyer, fault: string, words: string): Promise<void> => {
    flyer.drone.simulator.act((simulator) => simulator.fault(fault));
    await verified(flyer, words);
  };
  const [lose5, lose20, delayed, rebooted, both, station] = named.map((_, n) => of(TEARERS + n));
  if (!lose5 || !lose20 || !delayed || !rebooted || !both || !station) throw new Error('too few drones');

  await together(t, {
    ...Object.fromEntries(
      Array.from({ length: TEARERS }, (_, n) => {
        const mine = tears.filter((_, at) => at % TEARERS === n);
        return [`torn: ${mine.map(({ item, old }) => `${item} ${old}`).join(', ')}`, () => torn(of(n), mine)] as const;
      }),
    ),

    '5 % of all frames lost each way': () => under(lose5, 'lose:5', '5 % of frames lost each way'),
    '20 % of all frames lost each way': () => under(lose20, 'lose:20', '20 % of frames lost each way'),
    '600 ms there and back': () => under(delayed, 'delay:300', '600 ms there and back'),

    'the autopilot restarts in the middle': async () => {
      rebooted.drone.simulator.act((simulator) => simulator.fault('reboot:on=MISSION_ITEM_INT,nth=4'));
      await rebooted.assigned(rebooted.plan());
      await rebooted.see('it to fail', () => /failed|received|void/.test(rebooted.own.current?.state ?? ''), 20_000);
      await rebooted.see('the restart', () => rebooted.drone.agent.status().commanding.unorderedReboots > 0, 30_000);
      const order = await rebooted.order('start');
      t.match(order, { state: 'rejected', reason: /not-verified/ });
      await rebooted.see('mended', () => rebooted.own.current?.state === 'verified', 120_000);
      t.equal(stored(rebooted).length, count);
      t.notOk(rebooted.witness.since(0).includes(ARM));
    },

    'two upload at once: the other one began, and never ends': async () => {
      let other: Other | null = null;
      const begins = (): void =>
        both.drone.simulator.act((simulator) => {
          other ??= new Other(simulator.stage('other').stage, STATION);
          other.announceMission(5);
        });
      begins();
      // Again long before the autopilot gives it up, until somebody noticed: on a busy machine a pause of some seconds let
      // ours through first, and the other one made it void.
      const again = setInterval(begins, 1_000);
      try {
        await both.assigned(both.plan());
        await both.see('it to be kept out', () => /busy|other-station/.test(both.own.current?.reason ?? ''), 20_000);
      } finally {
        clearInterval(again);
      }
      await notStarted(both, 'while another uploads');
      await both.see('verified in the end', () => both.own.current?.state === 'verified', 90_000);
      t.equal(stored(both).length, count);
    },

    'a ground station writes another mission: void, and left to people': async () => {
      await verified(station, 'alone');
      const theirs = compile(longer(station, 3), { flavour: 'ardupilot' }).mission;
      await uploads(station, theirs);
      await station.see('void', () => station.own.current?.state === 'void', 10_000);
      t.match(station.own.current?.reason, /foreign-writer/);
      await notStarted(station, 'what a stranger wrote');
      await station.see('looked at', () => /foreign-writer: .+/.test(station.own.current?.reason ?? ''), 60_000);
      t.equal(stored(station).length, theirs.length, 'theirs is not written over');
      // when an operator gives the itinerary again
      await station.assigned({ ...station.plan(), version: 2 });
      await station.see('verified', () => station.own.current?.state === 'verified', VERIFIED_WITHIN_MS);
      t.equal(stored(station).length, count);
    },
  });
});
