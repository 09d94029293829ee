/** `skein-agent doctor`. */
import { randomBytes } from 'node:crypto';
import { access, constants } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { readIdentity, readNetworkTime } from '@skein/hardware/board';
import { createLink } from '@skein/hardware/link';
import type { CommandLine } from './cli/index.ts';
import { PROGRAM_UTC_US } from './clock/index.ts';
import { AgentConfig } from './config.ts';
import { type DoctorPorts, doctorPage, examine, probeDisk, type SettingsFacts, type Who } from './doctor/index.ts';
import { EXIT, type Terminal } from './exit.ts';
import { AnonymousConfig, readSettings } from './settings.ts';
import { settingsHash } from './settings-hash.ts';
import { marksOf, type Sources } from './settings-marks.ts';
import { SOCKET_NAME } from './socket.ts';
import { askAgent } from './status/index.ts';
import { AGENT_VERSION } from './version.ts';

const NODE_NEEDED = 24;

async function extraCa(path: string | undefined): Promise<SettingsFacts['extraCa']> {
  if (path === undefined || path === '') return null;
  const problem = await access(path, constants.R_OK).then(
    () => null,
    (error: NodeJS.ErrnoException) => error.code ?? error.message,
  );
  return { path, problem };
}

/** The user that an address names goes before the one of the settings, as the uplink has it. */
function userIn(url: string): string {
  const user = URL.parse(url)?.username ?? '';
  try {
    return decodeURIComponent(user);
  } catch {
    return user;
  }
}

/** Without a file the drone need not be named: the one that runs is looked at. */
async function settingsOf(
  line: CommandLine,
  env: NodeJS.ProcessEnv,
): Promise<{ readonly facts: SettingsFacts; readonly config: AgentConfig; readonly sources: Sources }> {
  const read = readSettings(line.configFile === null ? AnonymousConfig : AgentConfig, line, env);
  const problems = read.ok ? [] : read.problems;
  // Where they are wrong, at least the folder, if that is right: there the agent is found.
  const folder = line.flags.filter((flag, i) => /^--dataDir(=|$)/.test(flag) || line.flags[i - 1] === '--dataDir');
  const stand = read.ok ? read : readSettings(AnonymousConfig, { configFile: null, flags: folder }, {});
  if (!stand.ok) throw new Error(stand.problems.join('; '));
  const { config } = stand;
  const { drone, dataDir, link, uplink, disk, profile, station } = config;
  const used = {
    ...{ drone, dataDir, profile },
    linkUrl: link.url,
    brokerUrl: uplink.url,
    topicRoot: uplink.topicRoot,
    username: userIn(uplink.url) || uplink.username,
    budgetMB: disk.budgetMB,
    stations: station.map((one, i) =>
      typeof one === 'string'
        ? { name: `station-${i + 1}`, url: one }
        : { name: one.name ?? `station-${i + 1}`, url: one.url },
    ),
    hash: settingsHash(config),
  };
  const given = line.configFile !== null || line.flags.length > folder.length || env.SKEIN_LINK_URL !== undefined;
  return {
    facts: { file: line.configFile, given, problems, used, extraCa: await extraCa(env.NODE_EXTRA_CA_CERTS) },
    config,
    sources: stand.sources,
  };
}

/** Null: the agent does not say, being of an earlier version. */
async function changedIn(socket: string, config: AgentConfig, sources: Sources): Promise<readonly string[] | null> {
  const key = randomBytes(16).toString('hex');
  const body = { key, marks: marksOf(config, sources, key) };
  const answer = await askAgent(socket, '/settings', { method: 'POST', body });
  return answer.ok ? (JSON.parse(answer.body) as { differing: readonly string[] }).differing : null;
}

function me(): Who {
  const uid = process.getuid?.() ?? 0;
  let name = String(uid);
  try {
    name = userInfo().username;
  } catch {
    // An account without a name.
  }
  return { name, uid, gids: process.getgroups?.() ?? [] };
}

export async function doctor(line: CommandLine, io: Terminal, replaced: Partial<DoctorPorts> = {}): Promise<number> {
  const { facts, config, sources } = await settingsOf(line, process.env);
  const socket = join(config.dataDir, SOCKET_NAME);
  const nowMs = (): number => performance.now();
  const diagnosis = await examine(facts, {
    version: AGENT_VERSION,
    node: process.version,
    nodeNeeded: NODE_NEEDED,
    root: '/',
    utcMs: () => Date.now(),
    programUtcMs: PROGRAM_UTC_US / 1000,
    me: me(),
    socket,
    password: config.uplink.password,
    session: randomBytes(4).toString('hex'),
    ask: (path) => askAgent(socket, path),
    changed: () => changedIn(socket, config, sources),
    boardSerial: async () => (await readIdentity(config.board.bootIdFile)).serial,
    networkTime: async () => (await readNetworkTime({ mayStart: true })) !== null,
    createLink: (url) => createLink({ url }),
    probeDisk: (dir) => probeDisk(dir, nowMs),
    ...replaced,
  });
  if (line.switches.has('json')) io.out(`${JSON.stringify(diagnosis)}\n`);
  else io.out(doctorPage(diagnosis));
  return { ok: EXIT.ok, warning: EXIT.doubtful, wrong: EXIT.refused }[diagnosis.verdict];
}
