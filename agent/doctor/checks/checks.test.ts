/** Facts in, findings out: what no set-up of a test can bring about cheaply. The others: scenarios/safety/doctor-….test.ts. */
import t from 'tap';
import type { BrokerFacts, DeviceFacts, DoctorFacts } from '../facts.ts';
import type { FindingCode } from '../finding.ts';
import { diagnosisOf, doctorPage } from '../page.ts';
import type { RunningFacts } from '../running.ts';
import { DEVICE, facts, ME, WELL, worse } from '../testing/well.ts';
import { findingsOf } from './index.ts';

t.test('what is well is fine, and its page says so', async (t) => {
  const findings = findingsOf(facts(WELL));
  t.same(worse(findings), []);
  const diagnosis = diagnosisOf(findings);
  t.equal(diagnosis.verdict, 'ok');
  t.match(doctorPage(diagnosis), /^All is fine\.\n\nok {5}settings {2}they are those the agent runs with\n/);
});

const vehicle = (change: Partial<RunningFacts['vehicle']>): RunningFacts => ({
  ...WELL,
  vehicle: { ...WELL.vehicle, ...change },
});
const saying = (text: string, ageMs = 9_000): RunningFacts => vehicle({ preArmOk: false, texts: [{ ageMs, text }] });
const uplink = (change: Partial<RunningFacts['uplink']>): RunningFacts => ({
  ...WELL,
  uplink: { ...WELL.uplink, ...change },
});
const storage = (change: Partial<RunningFacts['storage']>): RunningFacts => ({
  ...WELL,
  storage: { ...WELL.storage, ...change },
});
const link = (change: Partial<RunningFacts['link']>): RunningFacts => ({ ...WELL, link: { ...WELL.link, ...change } });
const time = (change: Partial<NonNullable<RunningFacts['clock']>>): RunningFacts => ({
  ...WELL,
  clock: { source: 'gps', errMs: 5, split: false, liars: [], boardMs: 12, ...change },
});

const RUNNING: readonly (readonly [FindingCode, RunningFacts, remedy: RegExp])[] = [
  ['failsafe-gcs', saying('PreArm: GCS failsafe on'), /restart the autopilot, disarmed/],
  ['failsafe-battery', saying('PreArm: Battery failsafe'), /skein-agent new-pack/],
  ['failsafe-battery', saying('PreArm: Battery 1 low voltage failsafe'), /BATT_LOW_VOLT/],
  ['safety-switch', saying('PreArm: Hardware safety switch'), /press the button/],
  ['safety-switch', saying('Preflight Fail: press safety button first'), /press the button/],
  ['rc-missing', saying('PreArm: RC not found'), /switch the transmitter on/],
  ['rc-missing', saying('PreArm: Radio failsafe on'), /switch the transmitter on/],
  [
    'rc-missing',
    { ...vehicle({ rcHealthy: false }), profile: { ...WELL.profile, name: 'line-of-sight' } },
    /switch the transmitter on/,
  ],
  ['pre-arm', saying('PreArm: Compass not calibrated'), /skein-agent preflight/],
  ['failsafe-acts', vehicle({ armed: true, failsafe: true }), /keep away/],
  ['vehicle-armed', vehicle({ armed: true }), /^$/],
  [
    'link-loss-differs',
    { ...WELL, profile: { ...WELL.profile, failsafeOk: false, failsafe: ['FS_GCS_ENABLE is 0, wanted 1'] } },
    /linkLoss\.owner/,
  ],
  ['line-mavlink1', link({ mavlink1: 900 }), /SERIALn_PROTOCOL = 2/],
  ['line-lossy', link({ bytesIn: 50_000, skippedBytes: 9_000 }), /plug, length and earth/],
  ['line-noise', link({ frames: 0 }), /SERIALn_BAUD = 921 \(921600 baud\)/],
  [
    'line-closed',
    link({ open: false, fault: { code: 'EBUSY', message: 'another program holds it', advice: 'sudo fuser -v' } }),
    /sudo fuser -v/,
  ],
  ['line-two-companions', vehicle({ readOnly: 'a second companion is heard' }), /take it off/],
  ['same-drone', uplink({ identityConflict: 'another board' }), /a name of its own/],
  ['no-controller', uplink({ leaseLeftMs: 0 }), /broker\.topicRoot/],
  ['controller-waits', uplink({ toldToWait: ['history'] }), /look at the controller/],
  ['card-behind', storage({ aheadOfCard: 4 }), /replace the card/],
  ['card-moved', { ...WELL, boardBefore: 'board-0' }, /name of its own/],
  ['disk-failing', storage({ problem: { code: 'io', message: '' } }), /replace the card/],
  ['disk-full', storage({ problem: { code: 'full', message: '' } }), /disk\.budgetMB/],
  ['disk-read-only', storage({ problem: { code: 'read-only', message: '' } }), /remount,rw/],
  ['disk-slow', storage({ slowCommitMs: 3_100 }), /iotop/],
  [
    'data-problem',
    storage({ problem: { code: 'locked', message: 'Another program holds it.' } }),
    /skein-agent status/,
  ],
  ['clock-wrong', time({ boardMs: -56 * 365 * 86_400_000 }), /timedatectl/],
  ['clock-off', time({ boardMs: 90_000 }), /timedatectl/],
  ['clock-contradicted', time({ split: true }), /skein-agent status/],
  ['settings-changed', { ...WELL, settingsHash: 'def' }, /restart skein-agent/],
  ['version-differs', { ...WELL, version: '0.0.9' }, /restart skein-agent/],
  ['topics-differ', { ...WELL, topicRoot: 'skein/9' }, /skein\/1/],
];

t.test('what a running agent says, each by its name and nothing else', async (t) => {
  for (const [code, running, remedy] of RUNNING) {
    const findings = findingsOf(facts(running));
    t.same(
      worse(findings).filter((one) => code !== 'failsafe-acts' || one !== 'vehicle-armed'),
      [code],
      code,
    );
    t.match(findings.find((one) => one.code === code)?.remedy.join('\n') ?? 'none', remedy, code);
  }
});

t.test('an old reason is none, and what was not said yet is not known', async (t) => {
  t.same(worse(findingsOf(facts(saying('PreArm: GCS failsafe on', 90_000)))), ['cannot-tell']);
});

t.test('a failsafe that waits for the controller says to bring it back', async (t) => {
  const running = { ...saying('PreArm: GCS failsafe on'), uplink: { ...WELL.uplink, leaseLeftMs: 0 } };
  const said = findingsOf(facts(running)).find(({ code }) => code === 'failsafe-gcs');
  t.match(said?.remedy[0], /controller back in reach/);
});

t.test('no remedy restarts anything, or touches the autopilot, without saying disarmed or on the ground', async (t) => {
  for (const [code, running] of RUNNING) {
    for (const { remedy } of findingsOf(facts(running)))
      for (const step of remedy)
        if (/restart (skein-agent|the agent|the autopilot)/.test(step) && !/sudo usermod|log out/.test(step))
          t.match(step, /disarmed|on the ground/, `${code}: ${step}`);
  }
});

const device = (change: Partial<DeviceFacts>): DoctorFacts =>
  facts(WELL, { agent: { state: 'stopped' }, device: { ok: true, value: { ...DEVICE, holders: [], ...change } } });

t.test('devices: numbers that change, ModemManager near, a dangling name', async (t) => {
  const stable = '/dev/serial/by-id/usb-x-if00';
  const acm = { path: '/dev/ttyACM0', real: '/dev/ttyACM0', stableNames: [stable] };
  const codes = (given: DoctorFacts): string[] => worse(findingsOf(given)).filter((one) => /device|modem/.test(one));
  t.same(codes(device(acm)), ['device-renumbers']);
  t.same(codes(device({ ...acm, path: stable, modemManager: { runs: true, leavesIt: false } })), [
    'modem-manager-near',
  ]);
  t.same(codes(device({ ...acm, path: stable, modemManager: { runs: true, leavesIt: true } })), []);
  t.same(codes(device({ kind: 'dangling', real: null })), ['device-missing']);
  t.same(codes(device({ who: { ...ME, gids: [900] } })), ['device-forbidden']);
});

const BROKER: BrokerFacts = {
  url: 'mqtts://fleet:8883',
  host: 'fleet',
  port: 8883,
  secure: true,
  stage: 'connect',
  code: null,
  detail: null,
  certificate: null,
};

t.test('ways to the broker that end where no test can make them', async (t) => {
  const waiting = uplink({ state: 'waiting', leaseLeftMs: 0 });
  for (const [code, change] of [
    ['broker-timeout', { code: 'timeout' }],
    ['broker-unreachable', { code: 'ENETUNREACH' }],
    ['broker-unreachable', { code: 'EHOSTUNREACH' }],
    ['tls-failed', { stage: 'tls', code: 'ERR_SSL_NO_SHARED_CIPHER' }],
    ['tls-client-certificate', { stage: 'mqtt', code: 'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED' }],
    ['mqtt-name', { stage: 'mqtt', code: 'CONNACK-2' }],
    ['mqtt-refused', { stage: 'mqtt', code: 'CONNACK-3' }],
    ['broker-address', { stage: 'address', code: 'address' }],
  ] as const)
    t.same(worse(findingsOf(facts(waiting, { broker: { ok: true, value: { ...BROKER, ...change } } }))), [code], code);
});

t.test('of a login that only the agent knows, what it was told', async (t) => {
  for (const [code, lastError] of [
    ['mqtt-denied', 'Connection refused: Not authorized'],
    ['mqtt-login', 'Connection refused: Bad username or password'],
    ['mqtt-topic', 'the broker lets "kite-1" read nothing below skein/1/kite-1/down: set uplink.topicRoot'],
    ['cannot-tell', 'connection closed'],
  ] as const) {
    const running = uplink({ state: 'waiting', leaseLeftMs: 0, lastError });
    const broker = { ok: true, value: { ...BROKER, stage: 'reached' } } as const;
    t.same(worse(findingsOf(facts(running, { broker }))), [code], lastError);
  }
});

t.test('an agent that is refused with what it was started with is to be started again', async (t) => {
  const denied = uplink({ state: 'waiting', leaseLeftMs: 0, lastError: 'Connection refused: Not authorized' });
  const taken = { ok: true, value: { ...BROKER, stage: 'done' } } as const;
  const reached = { ok: true, value: { ...BROKER, stage: 'reached' } } as const;
  const said = (o: Partial<DoctorFacts>) =>
    findingsOf(facts(denied, o)).filter(({ verdict }) => verdict === 'wrong' || verdict === 'warning');
  const RESTART = /disarmed on the ground.*systemctl restart skein-agent/;
  for (const [o, codes] of [
    [{ changed: ['uplink.password'], broker: taken }, ['settings-changed', 'agent-refused']],
    [{ changed: ['drone', 'uplink.username'], broker: reached }, ['settings-changed', 'agent-refused']],
    [{ changed: [], broker: taken }, ['agent-refused']],
    [{ changed: [], broker: reached }, ['mqtt-denied']],
  ] as const) {
    const findings = said(o);
    t.same(
      findings.map(({ code }) => code),
      codes,
    );
    for (const { code, remedy } of findings) t.match(remedy.at(-1), RESTART, code);
  }
  t.match(said({ changed: ['link.url'] })[0]?.words, /something else than what the agent runs with \(link\.url\)/);
  t.match(said({ changed: ['profile'], broker: taken })[1]?.words, /takes kite-1 now, and refused the agent/);
  t.same(
    worse(findingsOf(facts({ ...WELL, settingsHash: 'def' }, { changed: [] }))),
    [],
    'what was given on its command line is in its hash, and was not changed',
  );
});

t.test('looks that did not end are said, and are no faults', async (t) => {
  const late = { ok: false, why: 'it could not be looked at within 4 s' } as const;
  const findings = findingsOf(facts(WELL, { disk: late, device: late, otherAgents: late }));
  t.same(new Set(worse(findings)), new Set(['cannot-tell']));
  t.match(doctorPage(diagnosisOf(findings)), /^Nothing wrong is seen; 3 things could not be told\.\n/);
});
