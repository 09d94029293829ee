/**
 * Gathers the facts, each look with its deadline, and none that could disturb a drone: while an agent runs it is asked, and
 * the line to the autopilot, its disk and its ports are its own. Nothing is ever sent to an autopilot.
 */
import type { Link } from '@skein/hardware/link';
import { withoutLogin } from '@skein/protocol/config';
import { findingsOf } from './checks/index.ts';
import type { AgentFacts, DiskFacts, DoctorFacts, LineFacts, Looked, SettingsFacts, Who } from './facts.ts';
import { lookAtBroker } from './looks/broker.ts';
import { lookAtDevice } from './looks/device.ts';
import { agentUser, keptState, lookAtData, lookAtDisk } from './looks/disk.ts';
import { SystemFiles } from './looks/files.ts';
import { listen } from './looks/listen.ts';
import { agentsAmong, readPrograms } from './looks/programs.ts';
import { takenPorts } from './looks/sockets.ts';
import { afterTurns } from './looks/turns.ts';
import { readUsers } from './looks/users.ts';
import { type Diagnosis, diagnosisOf } from './page.ts';
import { RUNNING_FORMAT, type RunningFacts } from './running.ts';

const LOOK_MS = 4_000;
/** A busy board has hundreds. */
const PROGRAMS_MS = 6_000;
/** A full or dying disk may hold a write for long. */
const DISK_MS = 6_000;
/** Three bauds of the settings, or one and the common ones. */
const LISTEN_MS = 12_000;
const BROKER_MS = 13_000;

type Asked =
  | { readonly ok: true; readonly body: string }
  | { readonly ok: false; readonly reason: string; readonly reached: boolean };

/** Everything from outside. */
export interface DoctorPorts {
  readonly version: string;
  readonly node: string;
  readonly nodeNeeded: number;
  /** Where /proc, /sys, /run, /etc are found. */
  readonly root: string;
  /** As the board believes. */
  readonly utcMs: () => number;
  /** Before this nobody can have run this program, ms UTC. */
  readonly programUtcMs: number;
  readonly me: Who;
  readonly socket: string;
  readonly password: string;
  readonly session: string;
  readonly ask: (path: string) => Promise<Asked>;
  /** Settings, by name, that the agent has otherwise than those that were named; null: it does not say. */
  readonly changed: () => Promise<readonly string[] | null>;
  readonly boardSerial: () => Promise<string>;
  readonly networkTime: () => Promise<boolean>;
  readonly createLink: (url: string) => Link;
  readonly probeDisk: (dir: string) => Promise<NonNullable<DiskFacts['probe']>>;
  readonly lookup?: (host: string) => Promise<unknown>;
  /** Trusted in place of Node's own list. */
  readonly ca?: string;
  /** For one step on the way to the broker, ms. */
  readonly stepMs?: number;
  /** All other deadlines, times this. */
  readonly patience?: number;
}

/** What throws or hangs is not known, and ends nothing else. */
async function looked<T>(ms: number, begun: Promise<T>): Promise<Looked<T>> {
  let callOff = (): void => {};
  const late = new Promise<Looked<T>>((resolve) => {
    callOff = afterTurns(ms, () => resolve({ ok: false, why: `it could not be looked at within ${ms / 1000} s` }));
  });
  const done = begun.then(
    (value): Looked<T> => ({ ok: true, value }),
    (error: unknown): Looked<T> => ({ ok: false, why: error instanceof Error ? error.message : String(error) }),
  );
  return Promise.race([done, late]).finally(() => callOff());
}

const NOBODY = ['ENOENT', 'ECONNREFUSED', 'ENOTSOCK', 'ENOTDIR'];

async function askAgent({ ask, socket }: DoctorPorts): Promise<AgentFacts> {
  const asked = await ask('/doctor');
  if (!asked.ok && !asked.reached) {
    if (NOBODY.includes(asked.reason)) return { state: 'stopped' };
    return asked.reason === 'EACCES' || asked.reason === 'EPERM' ? { state: 'forbidden', socket } : { state: 'hangs' };
  }
  if (!asked.ok && /starting/.test(asked.reason)) return { state: 'starting' };
  if (!asked.ok) return { state: 'running', facts: null, why: asked.reason.slice(0, 200) };
  try {
    const facts = JSON.parse(asked.body) as RunningFacts;
    if (facts.format === RUNNING_FORMAT) return { state: 'running', facts, why: null };
    return { state: 'running', facts: null, why: `it answers in another format (${facts.format})` };
  } catch (error) {
    return { state: 'running', facts: null, why: String(error) };
  }
}

/** With another of these it is another broker, or another drone's login; a password that was corrected is to be tried. */
const isOfAnother = (key: string): boolean => ['drone', 'uplink.url', 'uplink.topicRoot'].includes(key);

async function gather(settings: SettingsFacts, ports: DoctorPorts): Promise<DoctorFacts> {
  const { me, patience = 1 } = ports;
  const soon = LOOK_MS * patience;
  const { dataDir, linkUrl, brokerUrl, stations, drone, topicRoot, username } = settings.used;
  const files = new SystemFiles(ports.root);
  const agent = await askAgent(ports);
  const running = agent.state === 'running' ? agent.facts : null;
  const isStopped = agent.state === 'stopped';
  // Of settings that are wrong only the folder is known.
  const areRight = settings.problems.length === 0;
  const [users, programs] = await Promise.all([readUsers(files), looked(PROGRAMS_MS * patience, readPrograms(files))]);
  const list = programs.ok ? programs.value : [];
  const who = await agentUser(dataDir, users, me);
  const url = running?.link.url ?? linkUrl;
  const devicePath = !areRight && running === null ? null : (/^serial:\/\/(.*?)(:[0-9,]+)?$/.exec(url)?.[1] ?? null);
  const others = agentsAmong(list, running?.pid ?? null);
  const device =
    devicePath === null
      ? null
      : await looked(soon, lookAtDevice(devicePath, { files, users, programs: list, who, me }));
  const free =
    device === null ||
    // Who has it open is not known while who runs is not.
    (programs.ok &&
      device.ok &&
      device.value.holders.length === 0 &&
      // An agent whose open files may not be seen may have it.
      !device.value.unseen.some(({ pid }) => others.some(({ program }) => program.pid === pid)));
  const mayListen = isStopped && areRight && free && (device === null || (device.ok && device.value.kind === 'serial'));
  const lineOf = (): Promise<LineFacts> =>
    listen(url, { createLink: ports.createLink, signal: AbortSignal.timeout(LISTEN_MS * patience) });
  const wanted = [
    ...(linkUrl.startsWith('udpin:') ? [{ what: 'The line to the autopilot', url: linkUrl }] : []),
    ...stations.map((one) => ({ what: `The end point ${one.name}`, url: one.url })),
  ];
  const isUp = running?.uplink.state === 'up';
  const compared = running === null || settings.file === null || !areRight ? null : await looked(soon, ports.changed());
  const changed = compared?.ok ? compared.value : null;
  // The settings that were named may be another's than those of the agent that runs.
  const isSame =
    changed === null
      ? settings.used.hash === running?.settingsHash
      : // By its command line the agent may have another broker than either says.
        withoutLogin(brokerUrl) === withoutLogin(running?.uplink.url ?? '') && !changed.some(isOfAnother);
  const areIts = running === null || (settings.file !== null && isSame);
  // Of the agent's own settings as they are: what it tells has no login in it.
  const brokerOf = running === null || areIts ? brokerUrl : running.uplink.url;
  const broker =
    isUp || brokerOf === '' || (running === null && !areRight)
      ? null
      : lookAtBroker({
          url: brokerOf,
          drone: running?.drone ?? drone,
          topicRoot: running?.topicRoot ?? topicRoot,
          username,
          password: ports.password,
          login: areIts,
          session: ports.session,
          ...(ports.lookup === undefined ? {} : { lookup: ports.lookup }),
          ...(ports.ca === undefined ? {} : { ca: ports.ca }),
          ...(ports.stepMs === undefined ? {} : { stepMs: ports.stepMs }),
        });
  const diskOf = async (): Promise<DiskFacts> => {
    const disk = await lookAtDisk(dataDir, files);
    return { ...disk, probe: isStopped ? await ports.probeDisk(dataDir) : null };
  };
  const clockOf = async () => ({
    utcMs: ports.utcMs(),
    notBeforeMs: Math.max(ports.programUtcMs, (await keptState(dataDir)).utcMs),
    networkTime: await ports.networkTime(),
  });
  const [data, disk, clock, line, taken, reached, boardSerial] = await Promise.all([
    looked(soon, lookAtData(dataDir, users, who)),
    looked(DISK_MS * patience, diskOf()),
    looked(soon, clockOf()),
    mayListen ? looked(LISTEN_MS * patience + soon, lineOf()) : null,
    isStopped && areRight ? looked(soon, takenPorts(files, list, wanted)) : null,
    broker === null ? null : looked(BROKER_MS * patience, broker),
    looked(soon, ports.boardSerial()),
  ]);
  return {
    settings,
    program: { version: ports.version, node: ports.node, nodeNeeded: ports.nodeNeeded },
    agent,
    changed,
    otherAgents: programs.ok ? { ok: true, value: others } : programs,
    boardSerial: boardSerial.ok ? boardSerial.value : null,
    data,
    disk,
    clock,
    device,
    line,
    ports: taken,
    broker: reached,
  };
}

export async function examine(settings: SettingsFacts, ports: DoctorPorts): Promise<Diagnosis> {
  return diagnosisOf(findingsOf(await gather(settings, ports)));
}
