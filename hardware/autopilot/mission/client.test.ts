/** The whole client on the wire: what frames leave, and who is told when somebody else is about. */
import { compile, type Itinerary } from '@skein/protocol/fleet';
import { type FieldsIn, type Message, type MessageName, MISSION_TYPES } from '@skein/protocol/mavlink';
import t from 'tap';
import { ScriptedAutopilot } from '../testing/autopilot.ts';
import { FarMissions } from '../testing/far-missions.ts';
import { aMission } from '../testing/missions.ts';
import { itemFault } from './commands.ts';
import { differences } from './compare.ts';
import { asStored, type MissionFlavour } from './stored.ts';

const WRITES = ['MISSION_COUNT', 'MISSION_ITEM_INT', 'MISSION_CLEAR_ALL'];
const LOITER = 5;

/** A scripted autopilot that keeps lists. One exchange of messages takes a tick, 100 ms. */
class Keeper extends ScriptedAutopilot {
  readonly far = new FarMissions('ardupilot').runOn(() => this.nowMs);
  readonly changes: string[] = [];
  #heard = 0;
  #due: { readonly atMs: number; readonly answer: Message | (() => Message | null) }[] = [];

  constructor() {
    super();
    this.client.missions.onChanged(({ reason, detail }) => this.changes.push(`${reason} ${detail}`.trim()));
  }

  async turn(ms: number): Promise<void> {
    await this.run(ms, () => this.#exchange());
  }

  #exchange(): void {
    for (; this.#heard < this.sent.length; this.#heard++) {
      const { message } = this.sent[this.#heard] ?? {};
      if (message === undefined || this.beat === null) continue;
      this.far.hear(message, (answer, afterMs = 0) => this.#due.push({ atMs: this.nowMs + afterMs, answer }));
    }
    const due = this.#due.filter(({ atMs }) => atMs <= this.nowMs);
    this.#due = this.#due.filter(({ atMs }) => atMs > this.nowMs);
    for (const { answer } of due) {
      const message = typeof answer === 'function' ? answer() : answer;
      if (message !== null) this.say(message.name, message.fields as FieldsIn<MessageName>);
    }
  }

  writes(): number {
    return this.sent.filter(({ message }) => WRITES.includes(message.name)).length;
  }

  async until<T>(promise: Promise<T>, withinMs = 60_000): Promise<T> {
    let settled = false;
    void promise.finally(() => {
      settled = true;
    });
    for (let spent = 0; !settled && spent < withinMs; spent += 100) await this.turn(100);
    if (!settled) throw new Error('not settled');
    return promise;
  }
}

const begin = async (): Promise<Keeper> => {
  const keeper = new Keeper();
  await keeper.turn(2_000);
  return keeper;
};

t.test('up and read back; control stays ours, and nothing is void', async (t) => {
  const keeper = await begin();
  const { missions } = keeper.client;
  const items = aMission('ardupilot');
  keeper.say('MISSION_CURRENT', { seq: 0, total: 2, mission_state: 2 });
  t.match(await keeper.until(missions.upload('mission', items)), { ok: true, count: 7 });
  keeper.say('MISSION_CURRENT', { seq: 0, total: 6, mission_state: 2 });
  const down = await keeper.until(missions.download('mission'));
  t.strictSame(down.ok && differences(items, down.items, 'ardupilot'), []);
  await keeper.turn(6_000);
  keeper.say('MISSION_CURRENT', { seq: 0, total: 6, mission_state: 2 });
  t.strictSame(keeper.changes, []);
  t.equal(keeper.client.control.state, 'skein');
  keeper.text('Flight plan received');
  t.strictSame(keeper.changes, ['other-list Flight plan received'], 'later it is another’s');
  t.equal(keeper.client.control.state, 'other-station');
});

const STORIES: readonly (readonly [string, object, (keeper: Keeper) => void])[] = [
  ['a pilot arms', { code: 'pilot' }, (keeper) => keeper.sayBeat({ base_mode: 217, custom_mode: LOITER })],
  [
    'another station begins to write',
    { code: 'other-station' },
    (keeper) => {
      const to = { target_system: 7, target_component: 1 } as const;
      keeper.say('MISSION_COUNT', { ...to, count: 3, mission_type: MISSION_TYPES.mission }, 255, 190);
    },
  ],
  [
    'it reboots',
    { code: 'changed', detail: 'rebooted' },
    (keeper) => {
      keeper.far.isDead = true;
      keeper.bootedAtMs = keeper.nowMs;
      keeper.say('SYSTEM_TIME', { time_unix_usec: 0n, time_boot_ms: 900 });
    },
  ],
];

for (const [name, wanted, happens] of STORIES) {
  t.test(`in mid-upload ${name}: not one more frame that writes, and what was verified is void`, async (t) => {
    const keeper = await begin();
    keeper.say('SYSTEM_TIME', { time_unix_usec: 0n, time_boot_ms: 62_000 });
    const uploading = keeper.client.missions.upload('mission', aMission('ardupilot', 40));
    await keeper.turn(1_500);
    t.ok(keeper.client.missions.isBusy);
    const before = keeper.writes();
    happens(keeper);
    t.match(await keeper.until(uploading), { ok: false, wrote: true, ...wanted });
    await keeper.turn(12_000);
    t.equal(keeper.writes(), before);
    t.equal(
      keeper.sent.filter(({ message }) => message.name === 'MISSION_ACK').length,
      1,
      'it is told that this is over',
    );
    t.ok(
      keeper.changes.some((change) => /^(transfer-failed|rebooted|foreign-write)/.test(change)),
      `${keeper.changes}`,
    );
  });
}

t.test('a stranger who writes anything voids what was verified, on the link or through us', async (t) => {
  const keeper = await begin();
  const to = { target_system: 7, target_component: 1 } as const;
  keeper.say('MISSION_SET_CURRENT', { ...to, seq: 3 }, 255, 190);
  keeper.say('PARAM_SET', { ...to, param_id: 'RTL_ALT', param_value: 1, param_type: 9 }, 255, 190);
  keeper.say('MISSION_REQUEST_LIST', { ...to, mission_type: 0 }, 255, 190);
  keeper.client.noteForeignWrite({ sysid: 254, compid: 190 }, 'MISSION_CLEAR_ALL');
  t.strictSame(keeper.changes, [
    'foreign-write 255/190 sent MISSION_SET_CURRENT',
    'foreign-write 255/190 sent PARAM_SET',
    'foreign-write 254/190 sent MISSION_CLEAR_ALL',
  ]);
});

t.test('beside a second companion with our name nothing is written', async (t) => {
  const keeper = await begin();
  const beat = { type: 18, autopilot: 8, base_mode: 0, custom_mode: 0, system_status: 4, mavlink_version: 3 } as const;
  keeper.say('HEARTBEAT', beat, 7, 191);
  const before = keeper.sent.length;
  t.match(await keeper.client.missions.upload('mission', aMission('ardupilot')), { ok: false, code: 'other-station' });
  t.match(await keeper.client.missions.clear('rally'), { ok: false, code: 'other-station', wrote: false });
  t.equal(keeper.sent.length, before);
});

t.test('progress as a stream, for whoever listens', async (t) => {
  const keeper = await begin();
  const told: string[] = [];
  keeper.client.missions.onProgress((event) => told.push(`${event.kind} ${event.seq}`));
  keeper.say('MISSION_CURRENT', { seq: 1, total: 5, mission_state: 3 });
  keeper.say('MISSION_ITEM_REACHED', { seq: 1 });
  keeper.say('MISSION_ITEM_REACHED', { seq: 1 });
  keeper.say('MISSION_CURRENT', { seq: 2, total: 5, mission_state: 3 });
  t.strictSame(told, ['current 1', 'reached 1', 'current 2']);
  t.match(keeper.client.missions.current, { seq: 2, state: 'active' });
});

t.test('all that an itinerary compiles to may be sent, and is kept as it is sent', async (t) => {
  const base = { latDeg: 47, lonDeg: 8 };
  const door = { latDeg: 47.004, lonDeg: 8.004 };
  const at = { ...door, altM: 40, frame: 'home' } as const;
  const itinerary: Itinerary = {
    id: 'all',
    version: 1,
    base,
    items: [
      { do: 'take-off', altM: 30 },
      { do: 'waypoint', ...at, speedMps: 8, holdS: 2 },
      { do: 'deliver', ...at, how: 'place', maxDescentM: 33 },
      { do: 'deliver', ...at, how: 'gripper' },
      { do: 'deliver', ...at, how: 'winch', releaseAltM: 12, lineM: 14 },
      { do: 'deliver', ...at, how: 'drop', releaseAltM: 8 },
      { do: 'loiter', ...base, altM: 480, frame: 'amsl', forS: 20 },
      { do: 'land', ...base },
    ],
    fence: {
      polygons: [{ inside: true, points: [base, door, { latDeg: 47.01, lonDeg: 8 }] }],
      circles: [{ inside: false, centre: door, radiusM: 55.5 }],
    },
    rally: [{ ...door, altM: 25 }],
  };
  for (const flavour of ['ardupilot', 'px4'] as const satisfies readonly MissionFlavour[]) {
    const compiled = compile(itinerary, { flavour });
    for (const type of ['mission', 'fence', 'rally'] as const) {
      const faults = compiled[type].map((item, seq) => itemFault(type, item, seq, flavour));
      t.strictSame(
        faults.filter((fault) => fault !== null),
        [],
        `${flavour} ${type}`,
      );
      t.strictSame(differences(compiled[type], asStored(compiled[type], flavour, type), flavour, type), []);
    }
  }
});
