/** Where each check begins to see something, and where it does not yet. */
import t from 'tap';
import type { DeviceFacts, DiskFacts, DoctorFacts, SettingsFacts } from '../facts.ts';
import type { FindingCode } from '../finding.ts';
import type { RunningFacts } from '../running.ts';
import { DEVICE, facts, ME, WELL, worse } from '../testing/well.ts';
import { findingsOf } from './index.ts';

const BASE = facts(WELL);
const STOPPED = { agent: { state: 'stopped' } } as const;
const disk = (change: Partial<DiskFacts>): DoctorFacts =>
  BASE.disk.ok ? { ...BASE, disk: { ok: true, value: { ...BASE.disk.value, ...change } } } : BASE;
const device = (change: Partial<DeviceFacts>): DoctorFacts =>
  facts(WELL, { ...STOPPED, device: { ok: true, value: { ...DEVICE, holders: [], ...change } } });
const time = (change: Partial<NonNullable<RunningFacts['clock']>>): DoctorFacts =>
  facts({ ...WELL, clock: { source: 'gps', errMs: 5, split: false, liars: [], boardMs: 12, ...change } });
const link = (change: Partial<RunningFacts['link']>): DoctorFacts =>
  facts({ ...WELL, link: { ...WELL.link, ...change } });
const at = (utcMs: number): DoctorFacts =>
  facts(WELL, { ...STOPPED, clock: { ok: true, value: { utcMs, notBeforeMs: 1_735_689_600_000, networkTime: true } } });
const YEAR_MS = 31_557_600_000;
const vehicle = (change: Partial<RunningFacts['vehicle']>): DoctorFacts =>
  facts({ ...WELL, vehicle: { ...WELL.vehicle, ...change } });
const station = (problem: string | null): DoctorFacts =>
  facts({ ...WELL, stations: [{ name: 'laptop', url: 'tcp://0.0.0.0:5770', open: false, problem }] });
const named = (change: Partial<SettingsFacts>): DoctorFacts =>
  facts(WELL, { settings: { ...BASE.settings, ...change } });
const other = (change: Partial<SettingsFacts>): DoctorFacts =>
  facts({ ...WELL, settingsHash: 'def' }, { settings: { ...BASE.settings, ...change } });
const DAY_MS = 86_400_000;
const NOW_MS = 1_795_000_000_000;
/** A broker that takes us, with a certificate that ends in so many days. */
function ending(days: number): DoctorFacts {
  const toMs = NOW_MS + days * DAY_MS + 1;
  const certificate = { subject: 'fleet', names: ['fleet'], issuer: 'ours', fromMs: NOW_MS - DAY_MS, toMs };
  const way = { url: 'mqtts://fleet:8883', host: 'fleet', port: 8883, secure: true } as const;
  const value = { ...way, stage: 'done', code: null, detail: null, certificate } as const;
  return facts(WELL, { ...STOPPED, broker: { ok: true, value } });
}

const SEEN: readonly (readonly [FindingCode, seen: DoctorFacts, not: DoctorFacts])[] = [
  ['clock-off', time({ boardMs: 5_000 }), time({ boardMs: 5_000, errMs: 9_000 })],
  ['clock-wrong', at(1_735_689_600_000 + 21 * YEAR_MS), at(1_735_689_600_000 + 19 * YEAR_MS)],
  ['clock-contradicted', time({ liars: ['gps'] }), time({})],
  ['disk-worn', disk({ preEol: 2 }), disk({ preEol: 1 })],
  ['disk-failing', disk({ errors: 1 }), disk({ errors: 0 })],
  ['device-console', device({ kernelConsole: true }), device({})],
  ['line-mavlink1', link({ mavlink1: 450 }), link({ mavlink1: 40 })],
  ['line-lossy', link({ bytesIn: 9_000, skippedBytes: 1_000 }), link({ bytesIn: 9_000, skippedBytes: 900 })],
  [
    'line-two-autopilots',
    facts({ ...WELL, vehicle: { ...WELL.vehicle, otherAutopilots: 1 } }),
    facts({ ...WELL, vehicle: { ...WELL.vehicle, otherAutopilots: 0 } }),
  ],
  ['line-no-autopilot', vehicle({ sysid: null }), vehicle({})],
  ['line-silent', vehicle({ alive: false }), vehicle({})],
  ['station-closed', station('EADDRINUSE'), station(null)],
  ['node-old', facts({ ...WELL, node: 'v22.1.0' }), facts({ ...WELL, node: 'v25.0.0' })],
  ['settings-unnamed', facts(WELL, { ...STOPPED, settings: { ...BASE.settings, given: false } }), facts(WELL, STOPPED)],
  [
    'settings-unnamed',
    facts(WELL, { ...STOPPED, settings: { ...BASE.settings, given: false } }),
    named({ given: false }),
  ],
  ['settings-changed', facts({ ...WELL, settingsHash: 'def' }), other({ file: null })],
  [
    'settings-unreadable',
    named({ problems: ['config file /etc/skein/agent.toml: ENOENT'] }),
    named({ problems: ['x'] }),
  ],
  ['settings-wrong', named({ problems: ['drone must be set'] }), named({})],
  ['tls-ends-soon', ending(13), ending(20)],
  ['tls-ends-soon', ending(2), ending(15)],
];

t.test('each begins where it should', async (t) => {
  for (const [code, seen, not] of SEEN) {
    t.ok(worse(findingsOf(seen)).includes(code), code);
    t.notOk(worse(findingsOf(not)).includes(code), `${code}, not yet`);
  }
});

t.test('a group that the session has not yet is told as such', async (t) => {
  const findings = findingsOf(device({ who: { ...ME, gids: [900] }, groupPending: true }));
  t.match(findings.find(({ code }) => code === 'device-forbidden')?.remedy[0], /^log out and in again/);
});

t.test(
  'armed, or perhaps: what holds it on the ground is not looked at; unread parameters contradict nothing',
  async (t) => {
    t.same(worse(findingsOf(vehicle({ armed: null, preArmOk: false }))), ['vehicle-armed']);
    const unread = { ...WELL.profile, ok: null, failsafeOk: null };
    t.same(worse(findingsOf(facts({ ...WELL, profile: unread }))), ['cannot-tell']);
    const tried = (armed: boolean | null): DoctorFacts => {
      const counts = { bytes: 900, frames: 30, mavlink1: 0, skippedBytes: 0, lost: 0, autopilots: [1] };
      const heard = { baud: 57_600, opened: true, fault: null, companions: [], texts: [], looksLike: null, ...counts };
      return facts(WELL, { ...STOPPED, line: { ok: true, value: { tried: [{ ...heard, armed }], bauds: [57_600] } } });
    };
    t.ok(worse(findingsOf(tried(true))).includes('vehicle-armed'));
    for (const armed of [false, null]) t.notOk(worse(findingsOf(tried(armed))).includes('vehicle-armed'));
  },
);
