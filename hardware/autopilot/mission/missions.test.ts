/** Against far ends that keep lists as ArduPilot and PX4 do; lossy runs are seeded. SEED=n replays one. */
import { MavCmd, type MissionItem } from '@skein/protocol/mavlink';
import t from 'tap';
import { Superseded } from '../intents.ts';
import { type Faults, messageOf } from '../testing/line.ts';
import { aMission, missionBench, waypoint } from '../testing/missions.ts';
import { HOME_ITEM } from './commands.ts';
import { differences } from './compare.ts';
import type { WriteOutcome } from './outcome.ts';
import type { MissionFlavour } from './stored.ts';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31));
const FLAVOURS = ['ardupilot', 'px4'] as const;
const WRITES = ['MISSION_COUNT', 'MISSION_ITEM_INT', 'MISSION_CLEAR_ALL'];
const UNSUPPORTED = 3;
const FENCE: readonly MissionItem[] = [
  ...[0, 1, 2].map((index) =>
    waypoint(index, { command: MavCmd.NAV_FENCE_POLYGON_VERTEX_INCLUSION, params: [3, 0, 0, 0], z: 0 }),
  ),
  waypoint(3, { command: MavCmd.NAV_FENCE_CIRCLE_EXCLUSION, params: [25.5, 0, 0, 0], z: 0 }),
];
const RALLY = [waypoint(0, { command: MavCmd.NAV_RALLY_POINT, z: 30 })];

for (const flavour of FLAVOURS) {
  t.test(`${flavour}: mission, fence and rally, each up and read back`, async (t) => {
    const { line, missions, far, changes } = missionBench(flavour);
    const lists = { mission: aMission(flavour), fence: FENCE, rally: RALLY };
    for (const type of ['mission', 'fence', 'rally'] as const) {
      const progress: number[] = [];
      const up = await line.until(missions.upload(type, lists[type], { onProgress: (done) => progress.push(done) }));
      t.match(up, {
        ok: true,
        count: lists[type].length,
        id: flavour === 'px4' ? lists[type].length * 1_000 + 7 : null,
      });
      t.strictSame(progress, [...lists[type].keys(), lists[type].length]);
      const down = await line.until(missions.download(type));
      if (!down.ok) throw new Error(down.code);
      t.strictSame(differences(lists[type], down.items, flavour, type), []);
    }
    t.ok(line.nowMs < 2_000, `${line.nowMs} ms`);
    t.strictSame(far.wrong, []);
    t.strictSame(changes, [], 'our own transfers are no news');
    t.notOk(far.isReceiving);
    for (const type of ['mission', 'fence', 'rally'] as const) {
      t.match(await line.until(missions.clear(type)), { ok: true, count: 0 });
      t.equal(far.lists[type].length, flavour === 'ardupilot' && type === 'mission' ? 1 : 0);
    }
    t.match(await line.until(missions.download('fence')), { ok: true, items: [] });
    t.ok((await line.until(missions.upload('fence', FENCE))).ok);
    t.match(await line.until(missions.upload('fence', [])), { ok: true, count: 0 }, 'a list of nothing');
    t.strictSame(far.lists.fence, []);
  });

  for (const [name, faults] of [
    ['5 % lost, doubled and overtaken', { lossPct: 5, duplicatePct: 5, reorderPct: 5 }],
    ['20 % lost each way', { lossPct: 20 }],
    ['600 ms there and back', { delayMs: 300 }],
    ['600 ms, 10 % lost and doubled', { delayMs: 300, lossPct: 10, duplicatePct: 10, reorderPct: 5 }],
  ] as const satisfies readonly (readonly [string, Faults])[]) {
    t.test(`${flavour}: ${name}, 15 runs from SEED=${SEED}`, async (t) => {
      let longestMs = 0;
      for (let run = 0; run < 15; run++) {
        const { line, missions, far } = missionBench(flavour, faults, SEED + run);
        const items = aMission(flavour, 8);
        const up = await line.until(missions.upload('mission', items));
        if (!up.ok) t.fail(`SEED=${SEED + run}: upload ${up.code} ${up.result} at ${up.seq}`);
        longestMs = Math.max(longestMs, line.nowMs);
        await line.run(9_000);
        const down = await line.until(missions.download('mission'));
        if (!down.ok) t.fail(`SEED=${SEED + run}: download ${down.code} ${down.result} at ${down.seq}`);
        else t.strictSame(differences(items, down.items, flavour), [], `SEED=${SEED + run}`);
        t.strictSame(far.wrong, []);
      }
      t.ok(longestMs < 60_000, `${Math.round(longestMs)} ms`);
    });
  }

  t.test(`${flavour}: an item is refused: which, why, and its words`, async (t) => {
    const { line, missions, far, changes } = missionBench(flavour);
    const before = aMission(flavour, 7);
    t.ok((await line.until(missions.upload('mission', before))).ok);
    const items = aMission(flavour, 3);
    far.refuse = (_, seq) => (seq === 4 ? UNSUPPORTED : null);
    const upload = missions.upload('mission', items);
    await line.run(20);
    missions.text('Unsupported command');
    const up = await line.until(upload);
    t.match(up, { ok: false, code: 'refused', result: 'UNSUPPORTED', seq: 4, texts: [/Unsupported/], wrote: true });
    t.match(changes, [{ reason: 'transfer-failed' }]);
    const down = await line.until(missions.download('mission'));
    // Observed: a list of max(min(old, announced), accepted), old and new mixed; PX4 keeps the old one.
    t.equal(down.ok && down.items.length, flavour === 'ardupilot' ? items.length : before.length);
  });

  t.test(`${flavour}: another station transfers`, async (t) => {
    const { line, missions, far } = missionBench(flavour);
    far.denies = true;
    const up = await line.until(missions.upload('mission', aMission(flavour)));
    const wanted = flavour === 'ardupilot' ? { code: 'busy', result: 'DENIED' } : { code: 'refused', result: 'ERROR' };
    t.match(up, { ok: false, ...wanted, seq: null });
  });

  t.test(`${flavour}: it falls silent in the middle: an end, and it says where`, async (t) => {
    const { line, missions, far } = missionBench(flavour);
    far.diesAfter = 3;
    const up = await line.until(missions.upload('mission', aMission(flavour)));
    t.match(up, { ok: false, code: 'timeout', wrote: true });
    t.ok(line.nowMs < 45_000, `${line.nowMs} ms`);
    t.match(await line.until(missions.download('mission')), { ok: false, code: 'timeout', wrote: false });
    t.match(await line.until(missions.clear('fence')), { ok: false, code: 'timeout' });
  });

  t.test(`${flavour}: pilot, signal, arming, reboot in mid-upload: not one more frame that writes`, async (t) => {
    const stories: readonly [
      string,
      object,
      (bench: ReturnType<typeof missionBench>, abort: AbortController) => void,
    ][] = [
      ['pilot', { code: 'pilot', detail: 'mode LOITER' }, ({ take }) => take(new Superseded('pilot', 'mode LOITER'))],
      ['signal', { code: 'cancelled' }, (_, abort) => abort.abort()],
      ['arming', { code: 'changed', detail: 'armed' }, ({ vehicle }) => Object.assign(vehicle, { armed: true })],
    ];
    for (const [name, wanted, happens] of stories) {
      const bench = missionBench(flavour, { delayMs: 50 });
      const { line, missions, changes } = bench;
      const abort = new AbortController();
      const uploading = missions.upload('mission', aMission(flavour, 20), { signal: abort.signal });
      await line.run(1_000);
      const before = line.sent.length;
      happens(bench, abort);
      const up = await line.until(uploading);
      t.match(up, { ok: false, wrote: true, ...wanted }, name);
      await line.run(15_000);
      const after = line.sent.slice(before);
      t.match(after, [{ name: 'MISSION_ACK', fields: { type: 15, mission_type: 0 } }], name);
      t.equal(after.filter((message) => WRITES.includes(message.name)).length, 0, name);
      t.match(changes, [{ reason: 'transfer-failed' }], name);
      t.notOk(missions.isBusy);
    }
  });
}

t.test('one transfer at a time; a closed link and close() settle it', async (t) => {
  const { line, missions } = missionBench('ardupilot');
  const first = missions.upload('mission', aMission('ardupilot'));
  t.match(await missions.upload('fence', FENCE), { ok: false, code: 'busy', wrote: false });
  t.match(await missions.download('mission'), { ok: false, code: 'busy' });
  t.match(await line.until(first), { ok: true });
  const cut = missions.download('mission');
  line.isOpen = false;
  t.match(await line.until(cut), { ok: false, code: 'no-link' });
  t.match(await missions.upload('mission', aMission('ardupilot')), { ok: false, code: 'no-link', wrote: false });
  line.isOpen = true;
  const closed = missions.download('mission');
  missions.close();
  t.match(await closed, { ok: false, code: 'cancelled' });
});

t.test('never to an armed vehicle, but in a hold that flies no mission', async (t) => {
  const upload = (armed: boolean | null, mode: string | null, inHold: boolean): Promise<WriteOutcome> => {
    const { line, missions, vehicle } = missionBench('ardupilot');
    Object.assign(vehicle, { armed, mode });
    return line.until(missions.upload('mission', aMission('ardupilot'), { inHold }));
  };
  t.match(await upload(true, 'GUIDED', false), { ok: false, code: 'armed', wrote: false });
  t.match(await upload(null, 'GUIDED', false), { ok: false, code: 'armed', wrote: false });
  t.match(await upload(true, 'AUTO', true), { ok: false, code: 'armed', detail: 'mode AUTO', wrote: false });
  t.match(await upload(true, null, true), { ok: false, code: 'armed', wrote: false });
  t.match(await upload(true, 'GUIDED', true), { ok: true });
});

t.test('what may not stand in a list is found before the first frame', async (t) => {
  const bad: readonly [MissionFlavour, readonly MissionItem[], number, RegExp][] = [
    ['ardupilot', aMission('px4'), 0, /item 0 is home/],
    ['ardupilot', [HOME_ITEM, waypoint(1, { command: MavCmd.DO_FLIGHTTERMINATION })], 1, /command 185/],
    ['ardupilot', [HOME_ITEM, waypoint(1, { command: MavCmd.DO_SET_SERVO })], 1, /command 183/],
    ['px4', [waypoint(1, { command: MavCmd.DO_PARACHUTE })], 0, /command 208/],
    ['px4', [waypoint(1, { x: 0, y: 0 })], 0, /place 0 0/],
    ['px4', [waypoint(1, { z: Number.NaN })], 0, /altitude/],
    ['px4', [waypoint(1, { params: [Number.POSITIVE_INFINITY, 0, 0, 0] })], 0, /param1/],
  ];
  for (const [flavour, items, seq, detail] of bad) {
    const { line, missions } = missionBench(flavour);
    const up = await line.until(missions.upload('mission', items));
    t.match(up, { ok: false, code: 'bad-items', seq, detail, wrote: false });
    t.equal(line.sent.length, 0);
  }
  const forEver = { frame: 2, command: MavCmd.DO_JUMP, params: [1, -1, 0, 0], x: 0, y: 0, z: 0 } as const;
  t.match(await missionBench('px4').missions.upload('mission', [forEver]), {
    code: 'bad-items',
    detail: /params 1,-1/,
  });
  const winch = { frame: 2, command: MavCmd.DO_WINCH, params: [1, 4, 0, 0], x: 0, y: 0, z: 0 } as const;
  const ardupilot = missionBench('ardupilot');
  t.match(await ardupilot.missions.upload('mission', [HOME_ITEM, winch]), { code: 'bad-items', detail: /params 1,4/ });
  const px4 = missionBench('px4');
  t.match(await px4.line.until(px4.missions.upload('mission', [winch])), { ok: true });
});

t.test('messages of others’ transfers are not ours', async (t) => {
  const { line, missions } = missionBench('ardupilot', { delayMs: 50 });
  const items = aMission('ardupilot', 10);
  const uploading = missions.upload('mission', items);
  const say = (system: number, component: number): void => {
    const to = { target_system: system, target_component: component, mission_type: 0 } as const;
    missions.take(messageOf('MISSION_REQUEST_INT', { ...to, seq: 7 }), line.nowMs);
    missions.take(messageOf('MISSION_ACK', { ...to, type: 14, opaque_id: 0 }), line.nowMs);
  };
  await line.run(300);
  const before = line.sent.length;
  say(255, 190);
  say(7, 190);
  t.equal(line.sent.length, before);
  t.equal(missions.counters.forOthers, 4);
  t.match(await line.until(uploading), { ok: true });
});

t.test('an answer of an earlier transfer ends nothing', async (t) => {
  const { line, missions, far } = missionBench('ardupilot', { delayMs: 50 });
  const to = { target_system: 7, target_component: 191, mission_type: 0, opaque_id: 0 } as const;
  const uploading = missions.upload('mission', aMission('ardupilot', 10));
  await line.run(300);
  for (const type of [0, 1, 13] as const) missions.take(messageOf('MISSION_ACK', { ...to, type }), line.nowMs);
  t.ok(missions.isBusy);
  t.match(await line.until(uploading), { ok: true, count: 13 });
  t.equal(far.accepted, 1);
});

t.test('a slow link is not asked or told anything twice', async (t) => {
  for (const flavour of FLAVOURS) {
    const { line, missions, far } = missionBench(flavour, { delayMs: 300 });
    // PX4 itself asks again each 250 ms.
    far.isPatient = true;
    const items = aMission(flavour, 8);
    t.ok((await line.until(missions.upload('mission', items))).ok);
    t.equal(line.names().filter((name) => name === 'MISSION_ITEM_INT').length, items.length);
    t.ok((await line.until(missions.download('mission'))).ok);
    t.equal(line.names().filter((name) => name === 'MISSION_REQUEST_INT').length, items.length);
  }
});

t.test('both kinds of request are answered with MISSION_ITEM_INT, and `current` is never set', async (t) => {
  for (const old of [true, false]) {
    const { line, missions, far } = missionBench('ardupilot');
    far.oldRequests = old;
    t.ok((await line.until(missions.upload('mission', aMission('ardupilot')))).ok);
    const items = line.sent.filter(({ name }) => name === 'MISSION_ITEM_INT');
    t.equal(items.length, 7);
    t.ok(items.every(({ fields }) => 'current' in fields && fields.current === 0));
    t.strictSame(far.wrong, []);
  }
});
