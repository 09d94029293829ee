import { reasonCode } from '@skein/protocol/fleet';
import t from 'tap';
import { type GateInput, shutBy, tooLate } from './gate.ts';

const OPEN: GateInput = {
  position: null,
  chargePct: 70,
  minBatteryPct: 50,
  leaseLeftMs: 9_000,
  releaseOffline: false,
  control: 'skein',
  adopted: false,
  failsafe: false,
  verified: true,
  notAfterUs: 2_000_000_000,
  controllerTime: { utcUs: 1_000_000_000, errUs: 20_000 },
  begun: false,
  goingHome: false,
  waitedMs: 5_000,
  gateMs: 60_000,
};

t.test('open only with all of it', async (t) => {
  t.same(shutBy(OPEN), []);
});

const CASES: readonly (readonly [Partial<GateInput>, string])[] = [
  [{ position: 'frozen' }, 'position'],
  [{ chargePct: 49.9 }, 'battery'],
  [{ chargePct: null }, 'battery'],
  [{ leaseLeftMs: 0 }, 'link-lost'],
  [{ control: 'pilot' }, 'pilot'],
  [{ control: 'other-station' }, 'other-station'],
  [{ control: 'autopilot-failsafe' }, 'failsafe'],
  [{ control: 'unknown' }, 'state-unknown'],
  [{ adopted: true }, 'adopted'],
  [{ failsafe: true }, 'failsafe'],
  [{ verified: false }, 'not-verified'],
  [{ controllerTime: { utcUs: 1_999_990_000, errUs: 20_000 } }, 'too-late-to-fly'],
  [{ controllerTime: null }, 'too-late-to-fly'],
  [{ begun: true }, 'already'],
  [{ goingHome: true }, 'newer'],
  [{ waitedMs: 58_000 }, 'gate-closed'],
];
t.test('each condition shuts it by itself, and says so', async (t) => {
  for (const [change, code] of CASES) {
    const why = shutBy({ ...OPEN, ...change });
    t.same(why.map(reasonCode), [code], code);
  }
});

t.test('granted beforehand it may release without the controller, and with nothing else less', async (t) => {
  t.same(shutBy({ ...OPEN, leaseLeftMs: 0, releaseOffline: true }), []);
  t.not(shutBy({ ...OPEN, leaseLeftMs: 0, releaseOffline: true, chargePct: 10 }).length, 0);
});

t.test('no time set: no clock needed', async (t) => {
  t.equal(tooLate(null, null), null);
  t.same(shutBy({ ...OPEN, notAfterUs: null, controllerTime: null }), []);
});
