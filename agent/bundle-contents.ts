/** What goes into a bundle: everything that whoever looks into a trouble asks for first, and why something is missing. */
import { readFile } from 'node:fs/promises';
import { arch, cpus, loadavg, type as osType, release, totalmem, uptime } from 'node:os';
import { join } from 'node:path';
import { renderConfig } from '@skein/protocol/config';
import { findAgent } from './asking.ts';
import { type Entry, readAsFarAs, Secrets, secretOf, secretsAround, secretsIn } from './bundle/index.ts';
import type { CommandLine } from './cli/index.ts';
import { AgentConfig, SECRET_KEYS } from './config.ts';
import { LOCK_NAME } from './lock/index.ts';
import { logFilesIn } from './log/index.ts';
import { lastSample } from './outbox/last-sample.ts';
import { FORMAT, renderSnapshot, type Snapshot } from './params/index.ts';
import type { RecordedFlights } from './recorded-flights.ts';
import { logFolder, type readSettings } from './settings.ts';
import type { AgentStatus } from './status/index.ts';
import { OUTBOX_NAME, outboxReport } from './tools-outbox.ts';
import { AGENT_VERSION } from './version.ts';

/** A parameter list over a narrow line. */
const PARAMS_WAIT_MS = 90_000;

export interface LeftOut {
  readonly what: string;
  readonly why: string;
}

export interface Contents {
  readonly drone: string;
  readonly entries: readonly Entry[];
  /** Grows while the entries are read. */
  readonly leftOut: LeftOut[];
  /** What whoever passes it on must know. */
  readonly mind: readonly string[];
}

interface Settings {
  readonly config: AgentConfig;
  readonly sources: Extract<ReturnType<typeof readSettings>, { ok: true }>['sources'];
}

export interface Gathering {
  readonly line: CommandLine;
  readonly settings: Settings;
  readonly recorded: RecordedFlights | null;
  /** Names of the recordings that are wanted. */
  readonly wanted: ReadonlySet<string>;
  readonly madeAt: Date;
}

/** `said`: what the running agent told, whose settings may be others. */
function secretsOf({ config }: Settings, said: readonly string[]): Secrets {
  const stations = config.station.map((station) => (typeof station === 'string' ? station : station.url));
  const set = SECRET_KEYS.map((key) => {
    const [section, name] = key.split('.') as ['uplink', 'password'];
    return config[section][name];
  });
  const addresses = [config.uplink.url, config.link.url, ...stations].flatMap(secretOf);
  return new Secrets([...set, ...addresses, ...said.flatMap(secretsIn), ...secretsAround(process.env)]);
}

const words = (error: unknown): string => (error instanceof Error ? error.message : String(error));
const pretty = (value: unknown): string => `${JSON.stringify(value, null, 1)}\n`;

export async function gather(o: Gathering): Promise<Contents> {
  const { line, settings, recorded, wanted, madeAt } = o;
  const { config } = settings;
  const entries: Entry[] = [];
  const leftOut: LeftOut[] = [];
  const add = (name: string, what: string, text: string): void => {
    entries.push({ name, words: what, content: secrets.hide(text) });
  };
  const cutShort = (what: string) => (why: string) => leftOut.push({ what, why });
  const agent = findAgent(line);
  const ask = async (path: string, waitMs?: number) =>
    agent.ok ? agent.ask(path, waitMs === undefined ? {} : { waitMs }) : ({ ok: false, reason: 'settings' } as const);

  const told = await ask('/status');
  const running = await ask('/config');
  const secrets = secretsOf(
    settings,
    [told, running].map((answer) => (answer.ok ? answer.body : '')),
  );
  const status = told.ok ? (JSON.parse(told.body) as AgentStatus) : null;
  if (told.ok) add('status.json', 'the state of every part of the agent, and its counters', told.body);
  else leftOut.push({ what: 'status.json, metrics.txt', why: `no agent answers here (${told.reason})` });
  const metrics = told.ok ? await ask('/metrics') : null;
  if (metrics?.ok === true) add('metrics.txt', 'the same for Prometheus', metrics.body);

  const mind: string[] = [];
  const toml = running.ok ? (JSON.parse(running.body) as { toml: string }).toml : null;
  if (toml !== null && /^password = "…"/m.test(toml) && config.uplink.password === '')
    mind.push(
      'The agent has a password that this command was not given, and could not look for: take --config FILE of the agent, or SKEIN_UPLINK_PASSWORD where its environment holds it.',
    );
  if (wanted.size > 0 && secrets.someAreShort)
    mind.push(
      'A password of fewer than five bytes was not looked for in the recordings, where such bytes stand by chance.',
    );
  add(
    'config.toml',
    toml === null
      ? 'the settings, without passwords, as this command was given them: those of the agent if it was the same --config'
      : 'the settings the agent runs with, without passwords',
    toml ?? renderConfig(AgentConfig, config, settings.sources, SECRET_KEYS),
  );
  await addPreflight();
  await addParameters();
  await addOutbox();
  for (const name of [LOCK_NAME, 'state.json']) {
    const text = await readFile(join(config.dataDir, name), 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') leftOut.push({ what: name, why: words(error) });
      return null;
    });
    if (text !== null) add(name, name === LOCK_NAME ? 'the ground lock' : 'starts and hours', text);
  }
  if (recorded !== null) {
    const { flights, damaged } = recorded;
    add('flights.json', 'the flights that are recorded', pretty({ flights, damaged }));
  }
  await addLogs();
  for (const { name, path, bytes } of recorded?.recordings ?? []) {
    if (!wanted.has(name) || bytes === 0) continue;
    entries.push({
      name: `recordings/${name}`,
      words: 'every frame, as QGroundControl, Mission Planner, MAVProxy and decode read it',
      content: () => {
        const damaged = (times: number) =>
          leftOut.push({
            what: `of recordings/${name}`,
            why: `a password stood in it, ${times === 1 ? 'once' : `${times} times`}: written over there`,
          });
        return readAsFarAs(path, bytes, cutShort(`recordings/${name}`)).pipe(secrets.covering(damaged));
      },
    });
  }
  add('versions.json', 'versions, and the board', pretty(versions()));
  return { drone: status?.drone ?? config.drone, entries, leftOut, mind };

  async function addPreflight(): Promise<void> {
    const now = await ask('/preflight');
    if (now.ok) {
      add('preflight.json', 'the pre-flight list as it is now', now.body);
      return;
    }
    try {
      const last = lastSample(join(config.dataDir, OUTBOX_NAME), 'preflight');
      if (last?.sample.kind !== 'preflight') throw new Error('the outbox holds none');
      const { verdict, items } = last.sample.values;
      const { epoch, boot } = last;
      const list = { verdict, items: JSON.parse(items ?? '[]'), epoch, boot, monoUs: last.sample.monoUs };
      add('preflight.json', 'the last pre-flight list that the agent told', pretty(list));
    } catch (error) {
      leftOut.push({ what: 'preflight.json', why: words(error) });
    }
  }

  async function addParameters(): Promise<void> {
    const { armed = null, alive = false } = status?.vehicle.autopilot ?? {};
    const now = alive && armed === false ? await ask('/params', PARAMS_WAIT_MS) : null;
    if (now?.ok === true) {
      add('parameters.json', 'all parameters of the autopilot, read now', renderSnapshot(JSON.parse(now.body)));
      return;
    }
    const heard = recorded?.parameters ?? new Map<string, number>();
    const why = armed === true ? 'it is armed: nothing is asked of it' : 'the autopilot could not be asked';
    if (heard.size === 0) {
      leftOut.push({ what: 'parameters.json', why: `${why}, and no recording holds them` });
      return;
    }
    const about = {
      takenAt: null,
      drone: status?.drone ?? null,
      uid2: null,
      flavour: null,
      version: null,
    };
    const snapshot: Snapshot = { format: FORMAT, ...about, parameters: Object.fromEntries(heard) };
    add('parameters.json', `parameters as the recordings heard them last (${why})`, renderSnapshot(snapshot));
  }

  async function addOutbox(): Promise<void> {
    const report = await outboxReport(line);
    if (report.ok) {
      add('outbox.json', 'what waits for the controller, and what is missing', pretty(report.report));
      if (!report.report.survey.beginsWell)
        leftOut.push({
          what: 'of outbox.json',
          why: 'the outbox is damaged where it begins: what could be found in it',
        });
    } else leftOut.push({ what: 'outbox.json', why: report.problems[0] ?? '' });
  }

  async function addLogs(): Promise<void> {
    try {
      for (const { number, path, bytes } of await logFilesIn(logFolder(config))) {
        if (bytes === 0) continue;
        const name = `log/skein-agent.${number}.log`;
        const content = () => readAsFarAs(path, bytes, cutShort(name)).pipe(secrets.hiding());
        entries.push({ name, words: 'what the agent wrote down', content });
      }
    } catch (error) {
      leftOut.push({ what: 'log/', why: words(error) });
    }
  }

  function versions(): object {
    return {
      format: 'skein-bundle/1',
      madeAt: madeAt.toISOString(),
      drone: status?.drone ?? config.drone,
      agent: { running: status?.version ?? null, here: AGENT_VERSION },
      autopilot: status?.vehicle.version ?? null,
      node: process.version,
      system: { type: osType(), release: release(), arch: arch(), cpu: cpus()[0]?.model ?? null, cores: cpus().length },
      memoryBytes: totalmem(),
      upS: Math.round(uptime()),
      load: loadavg(),
    };
  }
}
