/** Facts of set-ups in which one thing is other than well. */
import type {
  BrokerFacts,
  DataFacts,
  DeviceFacts,
  DiskFacts,
  DoctorFacts,
  Heard,
  LineFacts,
  Program,
  SettingsFacts,
} from '../facts.ts';
import type { RunningFacts } from '../running.ts';
import { DEVICE, facts, ME, WELL } from './well.ts';

export const BASE = facts(WELL);
export const NOW_MS = 1_795_000_000_000;
export const DAY_MS = 86_400_000;
const FOLDER: DataFacts = {
  ...{ path: '/var/lib/skein-agent', kind: 'folder', owner: 'skein', who: ME, folderWritable: true },
  ...{ above: '/var/lib', foreign: [], board: 'board-1' },
};
export const HEARD: Heard = {
  ...{ baud: 57_600, opened: true, fault: null, bytes: 900, frames: 30, mavlink1: 0, skippedBytes: 0, lost: 0 },
  ...{ autopilots: [1], companions: [], armed: false, texts: [], looksLike: null },
};
export const BROKER: BrokerFacts = {
  ...{ url: 'mqtts://fleet:8883', host: 'fleet', port: 8883, secure: true },
  ...{ stage: 'done', code: null, detail: null, certificate: null },
};
export const CERTIFICATE = {
  subject: 'fleet.example',
  names: ['fleet.example'],
  issuer: 'Our CA',
  fromMs: NOW_MS - DAY_MS,
};
export const GONE = { opened: false, bytes: 0, frames: 0, autopilots: [], armed: null } as const;
export const fault = (code: string) => ({ code, message: `it says ${code}`, advice: `what helps against ${code}` });
export const program = (pid: number, name: string): Program => ({ pid, name, command: [name], parent: 1 });
export const other = (pid: number, drone: string | null, dataDir: string | null) => ({
  ...{ program: program(pid, 'node'), drone, dataDir },
});

/** An agent runs, and says this. */
export const running = (change: Partial<RunningFacts>, o: Partial<DoctorFacts> = {}): DoctorFacts =>
  facts({ ...WELL, ...change }, o);
export const vehicle = (change: Partial<RunningFacts['vehicle']>): DoctorFacts =>
  running({ vehicle: { ...WELL.vehicle, ...change } });
export const saying = (...texts: readonly string[]): DoctorFacts =>
  vehicle({ preArmOk: false, texts: texts.map((text) => ({ ageMs: 9_000, text })) });
export const link = (change: Partial<RunningFacts['link']>): DoctorFacts =>
  running({ link: { ...WELL.link, ...change } });
export const time = (change: Partial<NonNullable<RunningFacts['clock']>>): DoctorFacts =>
  running({ clock: { source: 'gps', errMs: 5, split: false, liars: [], boardMs: 12, ...change } });
export const storage = (change: Partial<RunningFacts['storage']>): DoctorFacts =>
  running({ storage: { ...WELL.storage, ...change } });
export const profile = (change: Partial<RunningFacts['profile']>): DoctorFacts =>
  running({ profile: { ...WELL.profile, ok: false, ...change } });
export const uplink = (
  change: Partial<RunningFacts['uplink']>,
  broker: Partial<BrokerFacts> | null = null,
): DoctorFacts =>
  running(
    { uplink: { ...WELL.uplink, ...change } },
    broker === null ? {} : { broker: { ok: true, value: { ...BROKER, ...broker } } },
  );
export const disk = (change: Partial<DiskFacts>, o: Partial<DoctorFacts> = {}): DoctorFacts =>
  facts(WELL, { ...o, ...(BASE.disk.ok ? { disk: { ok: true, value: { ...BASE.disk.value, ...change } } } : {}) });
export const probed = (error: string | null, ms = 5): DoctorFacts => disk({ probe: { ms, error } }, alone());

/** No agent runs; all that is looked at from outside is well. */
export const alone = (o: Partial<DoctorFacts> = {}): Partial<DoctorFacts> => ({
  agent: { state: 'stopped' },
  data: { ok: true, value: FOLDER },
  device: { ok: true, value: { ...DEVICE, holders: [] } },
  line: { ok: true, value: { tried: [HEARD], bauds: [57_600] } },
  ports: { ok: true, value: [] },
  broker: { ok: true, value: BROKER },
  ...o,
});
export const stopped = (o: Partial<DoctorFacts> = {}): DoctorFacts => facts(WELL, alone(o));
export const named = (change: Partial<SettingsFacts>, o = alone()): DoctorFacts =>
  facts(WELL, { ...o, settings: { ...BASE.settings, ...change } });
export const data = (change: Partial<DataFacts>): DoctorFacts =>
  stopped({ data: { ok: true, value: { ...FOLDER, ...change } } });
export const device = (change: Partial<DeviceFacts>): DoctorFacts =>
  stopped({ device: { ok: true, value: { ...DEVICE, holders: [], ...change } } });
export const line = (
  tried: readonly Partial<Heard>[],
  bauds: LineFacts['bauds'] = [57_600],
  url?: string,
): DoctorFacts => ({
  ...stopped({ line: { ok: true, value: { tried: tried.map((one) => ({ ...HEARD, ...one })), bauds } } }),
  ...(url === undefined
    ? {}
    : { settings: { ...BASE.settings, used: { ...BASE.settings.used, linkUrl: url } }, device: null }),
});
export const noise = (baud: number, looksLike: Heard['looksLike'] = null): Partial<Heard> => ({
  ...{ baud, frames: 0, autopilots: [], armed: null, looksLike },
});
export const broker = (change: Partial<BrokerFacts>, username = ''): DoctorFacts => ({
  ...stopped({ broker: { ok: true, value: { ...BROKER, ...change } } }),
  settings: { ...BASE.settings, used: { ...BASE.settings.used, username } },
});
export const tls = (code: string, change: Partial<BrokerFacts> = {}): DoctorFacts =>
  broker({ stage: 'tls', code, certificate: { ...CERTIFICATE, toMs: NOW_MS + 90 * DAY_MS }, ...change });
export const certificate = (days: number): DoctorFacts =>
  broker({ certificate: { ...CERTIFICATE, toMs: NOW_MS + days * DAY_MS } });
export const believing = (utcMs: number, networkTime = true): DoctorFacts =>
  stopped({ clock: { ok: true, value: { utcMs, notBeforeMs: NOW_MS - DAY_MS, networkTime } } });
export const late = { ok: false, why: 'it could not be looked at within 4 s' } as const;
export const differing = (value: number | null, wanted: string) => ({
  ...{ parameter: 'FS_GCS_ENABLE', value, wanted, why: 'it returns when the link is lost' },
});
export const READ_ONLY = { readOnly: true, mountPoint: '/data' };
