/** What the running agent tells `skein-agent doctor`: it looks at what is known already, and asks nobody. */
import { RUNNING_FORMAT, type RunningFacts } from './doctor/index.ts';
import type { AgentParts } from './report.ts';
import { settingsHash } from './settings-hash.ts';
import { differingOf, type Sources } from './settings-marks.ts';
import { type Routes, refusal } from './status/index.ts';
import { AGENT_VERSION } from './version.ts';

/** Channels of the transmitter come at 1 Hz. */
const RC_FRESH_MS = 5_000;

/** Serial numbers: of this board, and of that of the start before; null: not kept. */
export interface Boards {
  readonly serial: string;
  readonly serialBefore: string | null;
}

function vehicleFacts({ vehicle, commanding, ports }: AgentParts): RunningFacts['vehicle'] {
  const { sysid, alive, armed, mode, flavour, version, failsafe, preArmOk, rc, texts, bootMs } =
    vehicle.autopilot.state;
  const nowMs = ports.nowUs() / 1000;
  const { control } = commanding.status();
  return {
    ...{ sysid, alive, armed, mode, flavour, version, failsafe, preArmOk },
    rcHealthy: rc === null ? null : rc.ageMs < RC_FRESH_MS ? rc.healthy : false,
    otherAutopilots: vehicle.status().autopilot.otherAutopilots,
    readOnly: control.readOnly ? control.why : null,
    // What it said before it restarted is no reason now.
    texts: texts
      .map(({ atMs, text }) => ({ ageMs: Math.round(nowMs - atMs), text }))
      .filter(({ ageMs }) => ageMs <= (bootMs ?? Number.POSITIVE_INFINITY)),
  };
}

function storageFacts({ outbox, recorder, commanding }: AgentParts): RunningFacts['storage'] {
  const { problem, slowCommitMs, aheadOfCard } = outbox.status();
  return {
    problem: problem === null ? null : { code: problem.code, message: problem.message },
    recorder: recorder?.status().problem ?? null,
    journal: commanding.status().journal.problem,
    slowCommitMs,
    aheadOfCard,
  };
}

function clockFacts({ timekeeper }: AgentParts): RunningFacts['clock'] {
  const { reading } = timekeeper.status();
  if (reading === null) return null;
  const { source, errUs, standing, liars, boardUs } = reading;
  return { source, errMs: errUs / 1000, split: standing === 'split', liars, boardMs: boardUs / 1000 };
}

function factsOf(parts: AgentParts, boards: Boards): RunningFacts {
  const { config, link, vehicle, ports } = parts;
  const { parser, mavlink1 } = vehicle.status();
  const { profile, failsafe } = parts.safety.status();
  const { url, state, lastError, leaseLeftMs, identityConflict, toldToWait } = parts.uplink.status();
  const { lastError: fault } = link;
  return {
    format: RUNNING_FORMAT,
    version: AGENT_VERSION,
    node: process.version,
    pid: process.pid,
    drone: config.drone,
    settingsHash: settingsHash(config),
    topicRoot: config.uplink.topicRoot,
    boardSerial: boards.serial,
    boardBefore: boards.serialBefore,
    uptimeMs: (ports.nowUs() - parts.startedUs) / 1000,
    link: {
      url: link.url,
      open: link.isOpen,
      baud: link.baud,
      fault: fault === null ? null : { code: fault.code, message: fault.message, advice: fault.advice },
      bytesIn: link.counters.bytesIn,
      frames: parser.frames,
      mavlink1,
      skippedBytes: parser.skippedBytes,
      lost: parser.lostBySeq,
    },
    vehicle: vehicleFacts(parts),
    profile: {
      name: profile.name,
      ok: profile.ok,
      differences: profile.differences,
      failsafeOk: failsafe.ok,
      failsafe: failsafe.differences,
    },
    uplink: { url, state, lastError, leaseLeftMs, identityConflict, toldToWait },
    storage: storageFacts(parts),
    clock: clockFacts(parts),
    stations: parts.stations.status().map(({ name, url, open, problem }) => ({ name, url, open, problem })),
  };
}

export const doctorRoutes = (parts: AgentParts, boards: Boards, sources: Sources): Routes => ({
  'GET /doctor': () => ({ code: 200, body: factsOf(parts, boards) }),
  'POST /settings': (body) => {
    const differing = differingOf(parts.config, sources, body);
    if (differing === null) return refusal(400, 'bad-body', '{key, marks: {NAME: MARK}} is wanted');
    return { code: 200, body: { differing } };
  },
});
