/**
 * A link that is lost for ten minutes, and a restart of twenty drones (situation 15 of docs/flight-rules.md), as the people at
 * the desk are told of them. Agents on real sockets, in a time that steps on when all of them were heard.
 */
import { setTimeout as pause } from 'node:timers/promises';
import t, { type Test } from 'tap';
import { type Running, startController, tempDir } from './testing/controller.ts';
import type { FakeAgent, Reply } from './testing/fake-agent.ts';
import { LEG } from './testing/near-misses.ts';
import { FLYING, PARKED, type Says } from './testing/quick-agent.ts';
import { until } from './testing/until.ts';
import { SteppedTime, Wired } from './testing/wired.ts';

/** The detector looks each 50 ms at those of whom nothing comes. */
const LOOKED_MS = 60;

interface Shown {
  readonly class: string;
  readonly severity: string;
  readonly drone: string | null;
  readonly state: string;
  readonly open: boolean;
  readonly words: string;
  readonly whatToDo: string;
  readonly proposal: object | null;
}

async function desk(t: Test, drones: readonly string[]) {
  const time = new SteppedTime();
  const running = await startController(tempDir(), { clock: time.clock });
  t.teardown(() => running.controller.close());
  const fleet = drones.map((drone, n) => {
    const tag = String(n + 10);
    return new Wired(running, time, { drone, session: `dddddddd000000${tag}`, epoch: `30000000000000${tag}` });
  });
  for (const wired of fleet) wired.agent.more = { autopilotBoot: 'a1' };
  await Promise.all(fleet.map((wired) => wired.connect()));
  await until(() => fleet.every(({ agent }) => agent.ack('urgent') !== undefined), 'the first acks', 60_000);
  /** So many seconds go by, `by` at a time. */
  const go = async (toS: number, second: (wired: Wired, s: number) => Promise<void>, by = 1) => {
    while (time.s < toS) {
      time.s += by;
      await Promise.all([pause(LOOKED_MS), ...fleet.map((wired) => second(wired, time.s))]);
    }
  };
  return { time, running, fleet, go };
}

async function told({ get }: Running): Promise<readonly Shown[]> {
  return (await get('/api/v1/alerts?limit=200')).body.alerts as readonly Shown[];
}

const classesOf = (alerts: readonly Shown[]): readonly string[] =>
  alerts.map((one) => `${one.drone}: ${one.class}`).sort();

const ladder = {
  rung: 'none',
  plan: JSON.stringify({ owner: 'agent', waitS: 45, finishS: 30, retractS: 30, maxS: 900 }),
} as const;
const ALOFT: Says = { ...FLYING, ladder };

t.test(
  'a link is lost for ten minutes in the air: three alerts one after another, each once, over when it is back',
  async (t) => {
    // given: two in the air, one that stands
    const { time, running, fleet, go } = await desk(t, ['lost', 'parked', 'well']);
    const [lost, parked] = fleet;
    if (!lost || !parked) throw new Error('drones wanted');
    let isCut = false;
    const second = async (wired: Wired, s: number) => {
      if (isCut && wired.agent.o.drone !== 'well') return;
      await wired.second({ ...(wired === parked ? PARKED : ALOFT), mission: { seq: 2, distanceM: 5000 - 5 * s } });
    };
    const soon = async (what: string, seen: (alerts: readonly Shown[]) => boolean, withinS: number) => {
      const fromS = time.s;
      let alerts = await told(running);
      while (!seen(alerts) && time.s < fromS + withinS) {
        await go(time.s + 1, second);
        alerts = await told(running);
      }
      t.ok(seen(alerts), `${what}, after ${time.s - fromS} s`);
      return alerts;
    };
    const open = (name: string) => (alerts: readonly Shown[]) => alerts.some((one) => one.open && one.class === name);
    const over = (name: string) => (alerts: readonly Shown[]) =>
      alerts.filter((one) => one.class === name).every((one) => !one.open);
    const of = (alerts: readonly Shown[], name: string) => alerts.find((one) => one.class === name);
    await Promise.all([lost.flies(LEG), go(12, second)]);

    // when: nothing comes of two of them, and their sockets stay open
    isCut = true;
    await soon('stale', open('stale'), 20);
    const waits = await soon('lease', open('lease'), 10);
    t.match(of(waits, 'stale'), { severity: 'info', words: /^Connected, and silent/, proposal: null });
    t.match(of(waits, 'lease'), {
      ...{
        severity: 'warning',
        words: 'Not heard: its lease has run out. It must now go on with what it was told, waiting for the controller',
        proposal: null,
      },
      whatToDo: /^Read what it must be doing now/,
    });
    await go(80, second);
    t.match(
      of(await told(running), 'lease'),
      { words: 'Not heard: its lease has run out. It must now fly back and land' },
      'it is told anew, and raised once',
    );

    // and: the broker gives their connections up
    lost.agent.kill();
    parked.agent.kill();
    const gone = await soon('last-will', open('last-will'), 15);
    t.match(of(gone, 'last-will'), {
      ...{ severity: 'warning', words: 'Its connection is gone. It must now fly back and land', proposal: null },
      whatToDo: /^Silence is no evidence of trouble/,
    });
    await soon('stale is over: last-will tells', over('stale'), 10);
    await go(612, second, 5);
    t.same(
      classesOf(await told(running)),
      ['lost: last-will', 'lost: lease', 'lost: stale', 'parked: stale'],
      'nothing more in ten minutes; of the one that stands, that it was silent while its connection was held',
    );

    // then: back, on its way home as its ladder has it
    isCut = false;
    await Promise.all([lost.connect(), parked.connect()]);
    lost.agent.tell('itinerary', { itinerary: 'it-lost', version: 1, step: 5, state: 'returning', item: 2 });
    await soon('last-will is over', over('last-will'), 12);
    const last = await soon('lease is over', over('lease'), 12);
    await go(time.s + 40, second);
    t.same(classesOf(await told(running)), classesOf(last), 'each once');
    t.same((await told(running)).filter((one) => one.open).length, 0);
    t.same(lost.agent.commands, [], 'nobody told it anything');
  },
);

const ANSWERS = {
  armed: [{ state: 'delivered' }, { state: 'rejected', reason: 'armed' }],
  flying: [{ state: 'delivered' }, { state: 'rejected', reason: 'armed' }],
  hung: [{ state: 'delivered' }, { state: 'rejected', reason: 'state-unknown' }],
  'log-transfer': [{ state: 'delivered' }, { state: 'rejected', reason: 'log-transfer' }],
} satisfies Readonly<Record<string, readonly Reply[]>>;
const UNDER_WAY: readonly Reply[] = [{ state: 'delivered' }, { state: 'executing' }];
/** As a real ArduCopter on its board: so long nothing comes of it. */
const BOOTS_S = 14;
const BOARD: Says = { board: { temperatureC: 50, diskFreeMb: 9000, memoryFreeMb: 900 } };

t.test(
  'a restart of twenty drones: nothing is told of those that restart by order, once of the one that hangs',
  async (t) => {
    // given: of twenty one is armed, one flies, one hangs, one sends a log, two are away
    const others = Array.from({ length: 14 }, (_, n) => `plain-${n}`);
    const special = Object.keys(ANSWERS);
    const { time, running, fleet, go } = await desk(t, [...others, ...special, 'away-1', 'away-2']);
    const nameOf = ({ agent }: Wired) => agent.o.drone;
    const begun = new Map<FakeAgent, number>();
    for (const wired of fleet) {
      const { agent } = wired;
      const answer = ANSWERS[nameOf(wired) as keyof typeof ANSWERS];
      agent.obey = () => {
        if (answer === undefined) begun.set(agent, time.s);
        return answer ?? UNDER_WAY;
      };
    }
    const second = async (wired: Wired, s: number) => {
      const { agent } = wired;
      const name = nameOf(wired);
      const silentS = begun.has(agent) ? s - (begun.get(agent) ?? 0) : null;
      const [command] = agent.commands;
      if (silentS === BOOTS_S && command !== undefined) {
        agent.more = { autopilotBoot: 'a2' };
        agent.presence();
        agent.answer(command, { state: 'succeeded', reason: 'proved' });
      }
      const isSilent = (name === 'hung' && s >= 5) || (silentS !== null && silentS < BOOTS_S);
      const stands: Says = name === 'armed' ? { status: { armed: true, landed: 'on-ground', mode: 'GUIDED' } } : PARKED;
      await wired.second({ ...BOARD, ...(isSilent ? {} : name === 'flying' ? ALOFT : stands) });
    };
    await go(4, second);
    for (const wired of fleet) if (nameOf(wired).startsWith('away')) wired.agent.kill();
    await go(20, second);
    t.same(classesOf(await told(running)), ['hung: autopilot-silent']);

    // when
    const body = { targets: 'all', type: 'reboot', params: { target: 'autopilot' }, issuedBy: 'Ann' };
    const posted = await running.post('/api/v1/commands', body, { 'idempotency-key': 'all-anew' });
    t.ok(posted.status < 300, JSON.stringify(posted.body));
    const url = `/api/v1/commands/${posted.body.id}`;
    const states = async () => {
      const { deliveries } = (await running.get(url)).body as {
        deliveries: readonly { drone: string; state: string }[];
      };
      return new Map(deliveries.map(({ drone, state }) => [drone, state]));
    };
    const isDone = async () => {
      const now = await states();
      return [...now].every(([drone, state]) => drone.startsWith('away') || ['succeeded', 'rejected'].includes(state));
    };
    while (!(await isDone()) && time.s < 300) await go(time.s + 1, second);

    // then
    const now = await states();
    t.same(
      [...now].filter(([drone]) => !others.includes(drone)).sort(),
      [
        ['armed', 'rejected'],
        ['away-1', 'queued'],
        ['away-2', 'queued'],
        ['flying', 'rejected'],
        ['hung', 'rejected'],
        ['log-transfer', 'rejected'],
      ],
      'none of the others',
    );
    t.ok(
      others.every((drone) => now.get(drone) === 'succeeded'),
      `all fourteen restarted by second ${time.s}`,
    );
    await go(time.s + 20, second);
    const alerts = await told(running);
    t.same(classesOf(alerts), ['hung: autopilot-silent'], 'once, and nothing else');
    t.match(alerts, [
      { severity: 'info', open: true, proposal: null, whatToDo: /^Ask the agent with skein-agent doctor/ },
    ]);
  },
);
