import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ControlSnapshot, VehicleState } from '@skein/hardware/autopilot';
import t from 'tap';
import { ChargeMemory, type SavedCharge, savedChargeOf } from './charge.ts';
import { companionHelper } from './helper.ts';
import { type InterlockInput, reasonsAgainst } from './interlock.ts';
import { RebootWatch } from './watch.ts';

const STATE = {
  alive: true,
  lastHeartbeatAgeMs: 300,
  armed: false,
  landed: 'on-ground',
  landedAgeMs: 300,
  missionState: 2,
} as VehicleState;
const CONTROL = { state: 'skein', why: '', readOnly: false } as ControlSnapshot;
const INPUT: InterlockInput = { state: STATE, control: CONTROL, lock: null, logTransfer: false, force: false };

const against = (state: Partial<VehicleState>, rest: Partial<InterlockInput> = {}) =>
  reasonsAgainst({ ...INPUT, ...rest, state: { ...STATE, ...state } }).map((words) => words.split(':')[0]);

t.test('all that speaks against a restart is named, the gravest first', async (t) => {
  t.same(against({}), []);
  const control = { ...CONTROL, state: 'pilot' } as ControlSnapshot;
  t.same(
    against(
      { armed: true, landed: 'in-air', missionState: 3 },
      { control, lock: { reason: 'hands' }, logTransfer: true },
    ),
    ['armed', 'in-air', 'pilot', 'ground-lock', 'log-transfer', 'active-leg'],
  );
  t.same(against({ landed: 'unknown' }), ['state-unknown']);
  t.same(against({ landedAgeMs: 6_000 }), ['state-unknown'], 'what was said long ago says nothing');
  t.same(against({ armed: null }), ['state-unknown']);
});

t.test('force waives an active leg and, after 30 s of silence, what is not known; nothing else', async (t) => {
  const force = { force: true };
  t.same(against({ missionState: 3 }), ['active-leg']);
  t.same(against({ missionState: 3 }, force), []);
  const silent = { alive: false, lastHeartbeatAgeMs: 30_000 };
  t.same(against(silent), ['state-unknown']);
  t.same(against(silent, force), []);
  t.same(against({ ...silent, lastHeartbeatAgeMs: 29_000 }, force), ['state-unknown']);
  t.same(against({ ...silent, landed: 'unknown' }, force), ['state-unknown']);
  t.same(against({ ...silent, armed: true }, force), ['armed', 'state-unknown'], 'armed when it fell silent');
  t.same(against({ armed: true }, force), ['armed']);
  t.same(against({}, { ...force, lock: { reason: 'hands' } }), ['ground-lock']);
});

t.test('a restart nobody ordered is an alarm, in flight the highest', async (t) => {
  const watch = new RebootWatch();
  t.equal(watch.observe({ reboots: 0, armed: false, nowMs: 0 }), null);
  watch.ordered(1_000);
  t.equal(watch.observe({ reboots: 1, armed: false, nowMs: 4_000 }), null, 'ours');
  t.match(
    watch.observe({ reboots: 2, armed: false, nowMs: 9_000 }),
    { severity: 'critical' },
    'one order, one restart',
  );
  watch.observe({ reboots: 2, armed: true, nowMs: 60_000 });
  t.match(watch.observe({ reboots: 3, armed: null, nowMs: 66_000 }), { severity: 'emergency' });
  t.equal(watch.unordered, 2);
  watch.ordered(70_000);
  watch.observe({ reboots: 3, armed: true, nowMs: 80_000 });
  t.match(
    watch.observe({ reboots: 4, armed: null, nowMs: 84_000 }),
    { severity: 'emergency' },
    'armed since the order, so the order was refused',
  );
});

t.test('the charge is carried across a restart, and goes on falling', async (t) => {
  const saved: SavedCharge[] = [];
  const memory = new ChargeMemory((one) => saved.push(one));
  const say = (pct: number | null, voltageV: number, nowMs: number, armed = false) =>
    memory.observe({ pct, voltageV, armed, nowMs });
  say(64, 11.7, 0);
  say(61, 11.6, 40_000);
  say(100, 11.6, 50_000);
  t.equal(memory.status.effectivePct, 61);
  say(98, 11.5, 60_000, true);
  t.equal(memory.status.effectivePct, 59);
  say(100, 11.5, 90_000);
  t.equal(memory.status.effectivePct, 61, 'a jitter of the counter is no restart');
  say(95, 11.4, 95_000);
  say(100, 11.4, 99_000);
  t.equal(memory.status.effectivePct, 56, 'a second restart');

  const next = new ChargeMemory(() => {});
  next.restore(savedChargeOf(JSON.parse(JSON.stringify(saved.at(-1)))));
  next.observe({ pct: 100, voltageV: 11.4, armed: false, nowMs: 0 });
  t.equal(next.status.effectivePct, 56, 'also by a later start of the agent');
  const late = new ChargeMemory(() => {});
  late.observe({ pct: 100, voltageV: 11.4, armed: false, nowMs: 0 });
  late.restore(savedChargeOf(saved.at(-1)));
  t.equal(late.status.effectivePct, 56, 'also when its journal can only be read later');
  next.newPack();
  t.equal(next.status.effectivePct, 100);
});

t.test('a pack that rests much higher is another; one still warm from flight is not believed at once', async (t) => {
  const memory = new ChargeMemory(() => {});
  const say = (pct: number, voltageV: number, nowMs: number) => memory.observe({ pct, voltageV, armed: false, nowMs });
  say(40, 11.2, 0);
  say(40, 11.2, 31_000);
  say(100, 12.5, 32_000);
  say(100, 12.5, 33_000);
  t.equal(memory.status.remembered, null, 'it has rested: another pack');
  const worn = new ChargeMemory(() => {});
  worn.observe({ pct: 40, voltageV: 11.2, armed: false, nowMs: 0 });
  worn.observe({ pct: 100, voltageV: 11.5, armed: false, nowMs: 60_000 });
  t.equal(worn.status.effectivePct, 40, '3 % higher is recovery, not a new pack');
  t.equal(savedChargeOf({ pct: 'x' }), null);
});

t.test('the companion: a command, or a file where its folder is', async (t) => {
  const dir = mkdtempSync(join(tmpdir(), 'skein-helper-'));
  t.teardown(() => rmSync(dir, { recursive: true, force: true }));
  t.equal(await companionHelper({ command: [process.execPath, '-e', ''] }).restart(), null);
  t.match(await companionHelper({ command: ['/no/such/program'] }).restart(), /ENOENT/);
  const triggerFile = join(dir, 'reboot-companion');
  const file = companionHelper({ command: [], triggerFile });
  t.ok(await file.available());
  t.equal(await file.restart(), null);
  t.ok(readFileSync(triggerFile, 'utf8').length > 0);
  await file.withdraw?.();
  t.notOk(existsSync(triggerFile), 'what came to nothing does not come later');
  await file.withdraw?.();
  const nowhere = companionHelper({ command: [], triggerFile: join(dir, 'none', 'x') });
  t.notOk(await nowhere.available());
});
