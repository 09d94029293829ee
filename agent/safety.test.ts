/** Safety with a vehicle made of values and a clock that stands still; the lock on a real disk. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { Flavour, VehicleState } from '@skein/hardware/autopilot';
import { encode, type Frame, FrameParser } from '@skein/protocol/mavlink';
import { KINDS, type KindName, type Sample, type Values } from '@skein/protocol/telemetry';
import t, { type Test } from 'tap';
import { Safety } from './safety.ts';

/** What the profile `bench` and `linkLoss.owner = autopilot` want of an ArduPilot. */
const FITTING: Readonly<Record<string, number>> = {
  FS_GCS_ENABLE: 1,
  FS_OPTIONS: 0,
  FS_CRASH_CHECK: 1,
  MIS_RESTART: 0,
  AUTO_OPTIONS: 0,
  DISARM_DELAY: 10,
  ARMING_CHECK: 1,
};

function sample<K extends KindName>(kind: K, monoUs: number, values: Partial<Values<K>>): Sample {
  const nulls = Object.fromEntries(Object.keys(KINDS[kind].columns).map((name) => [name, null]));
  return { kind, monoUs, bootMs: null, values: { ...nulls, ...values } } as unknown as Sample;
}

async function world(test: Test) {
  const root = mkdtempSync(join(tmpdir(), 'sk-'));
  const samples: Sample[] = [];
  const events: string[] = [];
  const asked: string[] = [];
  const parameters: Record<string, number> = { ...FITTING };
  const clock = { nowUs: 100e6 };
  const beats = { presence: true, groundLink: true, groundLinkMs: 60_000 };
  const link = { open: true, opens: 1, problem: null };
  let state: Partial<VehicleState> = {
    sysid: 1,
    flavour: 'ardupilot',
    alive: true,
    armed: false,
    reboots: 0,
    systemStatus: 3,
    bootMs: 60_000,
    version: '4.7.0',
    lastHeartbeatAgeMs: 200,
    texts: [],
    otherWriters: [],
  };
  const flavour = {
    failsafeParameters: ['FS_GCS_ENABLE'],
    failsafeCheck: (_owner: string, read: (name: string) => number | null) =>
      read('FS_GCS_ENABLE') === 0 ? [{ parameter: 'FS_GCS_ENABLE', value: 0, wanted: '1' }] : [],
  } as unknown as Flavour;
  const make = () =>
    new Safety({
      lockPath: join(root, 'lock.json'),
      profile: 'bench',
      profileParameters: ['RTL_ALT=any'],
      linkLossOwner: 'autopilot',
      batteryCells: 3,
      nowUs: () => clock.nowUs,
      utc: () => ({ utcUs: 1.7e15, errUs: 1_000, source: 'gps', standing: 'single', liars: [] }),
      state: () => state as VehicleState,
      position: () => ({ trusted: true, state: 'trusted', words: 'the position is trusted', lastAgeMs: 0 }),
      flavour: () => flavour,
      readParameter: async (name) => {
        asked.push(name);
        const value = parameters[name];
        return value === undefined ? { ok: false, code: 'no-such-parameter' } : { ok: true, value };
      },
      link: () => link,
      heartbeats: () => beats,
      leaseLeftMs: () => 12_000,
      rememberedPct: () => null,
      disk: () => ({ problem: null }),
      itinerary: () => null,
      onSample: (each) => samples.push(each),
      onEvent: (event, words) => events.push(`${event} ${words}`),
    });
  const safety = make();
  await safety.start();
  const flow = () => {
    const at = clock.nowUs;
    safety.take(sample('health', at, { preArmOk: true, sensorsEnabled: 4, sensorsHealthy: 4 }));
    safety.take(sample('battery', at, { instance: 0, voltageV: 12.5, remainingPct: 99 }));
    safety.take(sample('board', at, { diskFreeMb: 9_000 }));
  };
  const tick = async (ms = 1_000) => {
    clock.nowUs += ms * 1000;
    flow();
    safety.tick();
    for (let i = 0; i < 40; i++) await turn();
  };
  test.teardown(async () => {
    await safety.close();
    rmSync(root, { recursive: true, force: true });
  });
  const change = (change: Partial<VehicleState>) => {
    state = { ...state, ...change };
  };
  return { safety, make, samples, events, asked, parameters, beats, clock, change, tick };
}

t.test('nothing arms on what is not known; known and fitting, it may', async (t) => {
  const { safety, tick, events } = await world(t);
  t.match(safety.canArm(), /^failsafe-not-set: its parameters are not read yet/);
  t.equal(safety.profileOk, null);
  await tick();
  t.equal(safety.canArm(), null);
  t.equal(safety.profileOk, true);
  t.same(events, ['profile safety profile bench: fits']);
});

t.test('the gravest reason first: lock, autopilot, failsafe, profile, ground link, the rest of the list', async (t) => {
  const { safety, parameters, tick, change, beats } = await world(t);
  Object.assign(parameters, { FS_GCS_ENABLE: 0, MIS_RESTART: 1 });
  Object.assign(beats, { groundLinkMs: 3_000 });
  await safety.setLock('Ann', false, 'inspection');
  change({ alive: false });
  t.equal(safety.canArm(), 'ground-lock: inspection');
  t.equal(await safety.removeLock('Ann', false, false, 'inspected'), null);
  t.equal(safety.canArm(), 'no-autopilot');
  change({ alive: true });
  await tick();
  t.match(
    safety.canArm(),
    /^failsafe-not-set: FS_GCS_ENABLE is 0, wanted 1 \(the command set-parameter FS_GCS_ENABLE 1 cures it\); .*profile: MIS_RESTART/,
    'all of it is named',
  );
  parameters.FS_GCS_ENABLE = 1;
  change({ reboots: 1 });
  await tick();
  t.match(safety.canArm(), /^profile: MIS_RESTART is 1, wanted 0; /);
  parameters.MIS_RESTART = 0;
  change({ reboots: 2 });
  await tick();
  t.match(safety.canArm(), /^ground-link: /);
  Object.assign(beats, { groundLinkMs: 10_000 });
  safety.take(sample('health', 100e6, { preArmOk: false }));
  t.match(safety.canArm(), /^preflight: pre-arm: /);
});

t.test('read anew after each reboot and each new connection, never beside an armed vehicle', async (t) => {
  const { safety, asked, tick, change } = await world(t);
  await tick();
  const once = asked.length;
  await tick();
  t.equal(asked.length, once);
  change({ reboots: 1, armed: true });
  await tick();
  t.equal(asked.length, once, 'armed: it waits');
  t.equal(safety.profileOk, null, 'and what was known of the boot before is not known of this one');
  change({ armed: false });
  await tick();
  t.equal(asked.length, 2 * once);
});

t.test('a station’s change is seen: read again, and the reason says it', async (t) => {
  const { safety, parameters, tick } = await world(t);
  const value = (param_value: number) => {
    const fields = { param_id: 'FS_GCS_ENABLE', param_value, param_type: 2, param_count: 1, param_index: 0 };
    safety.message({ name: 'PARAM_VALUE', msgid: 22, fields } as never);
  };
  await tick();
  value(1);
  t.equal(safety.canArm(), null);
  parameters.FS_GCS_ENABLE = 0;
  value(0);
  await tick();
  t.match(safety.canArm(), /^failsafe-not-set/);
});

t.test('said when it changes, and each minute; a voltage that moves is no news', async (t) => {
  const { safety, samples, tick } = await world(t);
  await tick();
  const said = (kind: string) => samples.filter((each) => each.kind === kind).length;
  const before = [said('safety'), said('preflight')];
  for (let i = 0; i < 20; i++) await tick();
  t.same([said('safety'), said('preflight')], before);
  await safety.setLock('drone', true, 'hands inside');
  t.match(samples.findLast(({ kind }) => kind === 'safety')?.values, {
    locked: true,
    lockReason: 'hands inside',
    lockedBy: 'drone',
    lockedHere: true,
    profile: 'bench',
    profileOk: true,
    groundLink: true,
    leaseLeftMs: 12_000,
  });
  const last = samples.findLast(({ kind }) => kind === 'preflight');
  t.match(last?.values, { verdict: 'stop' });
  const items = JSON.parse(last?.kind === 'preflight' ? (last.values.items ?? '[]') : '[]') as { item: string }[];
  t.same(Object.keys(items[0] ?? {}), ['item', 'verdict', 'value', 'limit', 'words', 'ageMs']);
  const after = said('preflight');
  for (let i = 0; i < 61; i++) await tick();
  t.equal(said('preflight'), after + 1);
});

t.test('the lock is in force again after a restart', async (t) => {
  const { safety, make } = await world(t);
  await safety.setLock('drone', true, 'overnight');
  const next = make();
  await next.start();
  t.match(next.canArm(), 'ground-lock: overnight');
  t.equal(await next.removeLock('Ann', false, false, 'please'), 'locked-by-drone');
  t.equal(await next.removeLock('Root', false, true, 'checked by phone'), null);
  await next.close();
});

t.test('after a crash it stays locked, over a restart too, until somebody at the drone unlocks it', async (t) => {
  const { safety, make } = await world(t);
  await safety.setLock('drone', true, 'overnight');
  t.equal(await safety.lockAfterCrash('it hit the ground, 4 m/s'), true);
  const next = make();
  await next.start();
  t.match(next.canArm(), /^ground-lock: overnight; crash: it hit the ground, 4 m\/s; look it over/);
  t.equal(await next.removeLock('Ann', false, false, 'looks fine from here'), 'locked-by-drone');
  t.equal(await next.removeLock('drone', true, false, 'inspected'), null);
  t.notMatch(next.canArm(), /ground-lock/);
  await next.close();
});

t.test('a Remote ID module that is there must be ready, and must not fall silent', async (t) => {
  const { safety, tick } = await world(t);
  const hear = (status: number, error: string) => {
    const bytes = encode('OPEN_DRONE_ID_ARM_STATUS', { status, error }, { sysid: 1, compid: 236, seq: 0 });
    new FrameParser().push(bytes, (frame: Frame) => safety.frame(frame));
  };
  const item = () => safety.preflight().items.find(({ item }) => item === 'remote-id');
  await tick();
  t.equal(item(), undefined);
  hear(1, 'no operator position');
  t.match(item(), { verdict: 'warn', words: 'no operator position' });
  hear(0, '');
  t.match(item(), { verdict: 'ok' });
  await tick(11_000);
  t.match(item(), { words: /fallen silent/ });
});
