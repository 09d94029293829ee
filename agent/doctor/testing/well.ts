/** Facts of a drone that is well: a test changes one of them. */
import type { DeviceFacts, DoctorFacts } from '../facts.ts';
import type { Finding } from '../finding.ts';
import type { RunningFacts } from '../running.ts';

export const WELL: RunningFacts = {
  format: 1,
  version: '0.1.0',
  node: 'v24.21.0',
  pid: 700,
  drone: 'kite-1',
  settingsHash: 'abc',
  topicRoot: 'skein/1',
  boardSerial: 'board-1',
  boardBefore: 'board-1',
  uptimeMs: 60_000,
  link: {
    url: 'serial:///dev/ttyAMA0:921600',
    open: true,
    baud: 921_600,
    fault: null,
    bytesIn: 50_000,
    frames: 900,
    mavlink1: 0,
    skippedBytes: 200,
    lost: 0,
  },
  vehicle: {
    sysid: 1,
    alive: true,
    armed: false,
    mode: 'GUIDED',
    flavour: 'ardupilot',
    version: '4.7.0',
    failsafe: false,
    preArmOk: true,
    rcHealthy: true,
    otherAutopilots: 0,
    readOnly: null,
    texts: [],
  },
  profile: { name: 'bvlos', ok: true, differences: [], failsafeOk: true, failsafe: [] },
  uplink: {
    url: 'mqtt://fleet:1883',
    state: 'up',
    lastError: null,
    leaseLeftMs: 12_000,
    identityConflict: null,
    toldToWait: [],
  },
  storage: { problem: null, recorder: null, journal: null, slowCommitMs: null, aheadOfCard: 0 },
  clock: { source: 'gps', errMs: 5, split: false, liars: [], boardMs: 12 },
  stations: [{ name: 'laptop', url: 'tcp://0.0.0.0:5770', open: true, problem: null }],
};

export const ME = { name: 'skein', uid: 900, gids: [900, 20] };

export const DEVICE: DeviceFacts = {
  path: '/dev/ttyAMA0',
  real: '/dev/ttyAMA0',
  kind: 'serial',
  mode: 0o020_660,
  uid: 0,
  gid: 20,
  group: 'dialout',
  who: ME,
  groupPending: false,
  holders: [{ pid: 700, name: 'node', command: ['node', 'main.ts', 'run'], parent: 1 }],
  unseen: [],
  getty: null,
  kernelConsole: false,
  modemManager: { runs: false, leavesIt: false },
  stableNames: [],
  others: [],
};

export function facts(running: RunningFacts, o: Partial<DoctorFacts> = {}): DoctorFacts {
  return {
    settings: {
      file: '/etc/skein/agent.toml',
      given: true,
      problems: [],
      used: {
        drone: 'kite-1',
        dataDir: '/var/lib/skein-agent',
        linkUrl: running.link.url,
        brokerUrl: running.uplink.url,
        topicRoot: 'skein/1',
        username: '',
        budgetMB: 2304,
        profile: 'bvlos',
        stations: [],
        hash: 'abc',
      },
      extraCa: null,
    },
    program: { version: '0.1.0', node: 'v24.21.0', nodeNeeded: 24 },
    agent: { state: 'running', facts: running, why: null },
    changed: null,
    otherAgents: { ok: true, value: [] },
    boardSerial: 'board-1',
    data: { ok: false, why: 'not asked for here' },
    disk: {
      ok: true,
      value: {
        freeMb: 9_000,
        sizeMb: 30_000,
        device: '/dev/mmcblk0p2',
        mountPoint: '/',
        readOnly: false,
        errors: 0,
        preEol: 1,
        probe: null,
      },
    },
    clock: { ok: true, value: { utcMs: 1_795_000_000_000, notBeforeMs: 1_735_689_600_000, networkTime: true } },
    device: { ok: true, value: DEVICE },
    line: null,
    ports: null,
    broker: null,
    ...o,
  };
}

export const worse = (findings: readonly Finding[]): string[] =>
  findings.filter(({ verdict }) => verdict !== 'ok').map(({ code }) => code);
