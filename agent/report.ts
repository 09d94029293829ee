/** The parts of a running agent → its status. */
import type { Link } from '@skein/hardware/link';
import type { Timekeeper } from './clock-wiring.ts';
import type { Commanding } from './commanding.ts';
import type { AgentConfig } from './config.ts';
import type { Itineraries } from './itinerary/index.ts';
import type { LoopDelay } from './loop-delay.ts';
import type { Outbox, Sealer } from './outbox/index.ts';
import type { ParameterWatch } from './params/index.ts';
import type { AgentPorts } from './ports.ts';
import type { Recorder } from './recorder/index.ts';
import type { Safety } from './safety.ts';
import type { StateFile } from './state/index.ts';
import type { Stations } from './stations/index.ts';
import type { AgentStatus } from './status/index.ts';
import type { TrustWatch } from './trust/index.ts';
import type { Uplink } from './uplink/index.ts';
import type { Vehicle } from './vehicle/index.ts';
import { AGENT_VERSION } from './version.ts';

export interface AgentParts {
  readonly config: AgentConfig;
  readonly ports: AgentPorts;
  readonly session: string;
  readonly boot: string;
  readonly startedUs: number;
  readonly timekeeper: Timekeeper;
  readonly state: StateFile;
  readonly link: Link;
  readonly outbox: Outbox;
  readonly sealer: Sealer;
  readonly vehicle: Vehicle;
  readonly uplink: Uplink;
  readonly recorder: Recorder | null;
  readonly loopDelay: LoopDelay;
  readonly commanding: Commanding;
  readonly trust: TrustWatch;
  readonly safety: Safety;
  readonly itineraries: Itineraries;
  readonly stations: Stations;
  readonly parameters: { readonly watch: ParameterWatch };
}

/** All but the page, which is there before the parts are. */
export type PartsStatus = Omit<AgentStatus, 'page'>;

export function reportOf(parts: AgentParts): PartsStatus {
  const { config, link, sealer, startedUs } = parts;
  const nowUs = parts.ports.nowUs();
  const vehicle = parts.vehicle.status();
  const outbox = parts.outbox.status();
  const unsealedUs = sealer.oldestMonoUs;
  const oldestNotDurableMs = Math.max(outbox.oldestNotDurableMs, unsealedUs === null ? 0 : (nowUs - unsealedUs) / 1000);
  const recorder = parts.recorder?.status() ?? null;
  const commanding = parts.commanding.status();
  const safety = parts.safety.status();
  const itinerary = parts.itineraries.status();
  const timekeeping = parts.timekeeper.status();
  const stations = parts.stations.status();
  const uplink = parts.uplink.status();
  const { counters } = link;
  const dropped = [...Object.values(counters.droppedFull), ...Object.values(counters.droppedDown)];
  const linkError = link.isOpen ? null : link.lastError;
  const problems = [
    outbox.problem?.message,
    slowCard(outbox.slowCommitMs),
    recorder?.problem,
    linkError === null ? null : `${linkError.message}. ${linkError.advice}`,
    vehicle.autopilot.otherAutopilots > 0 ? 'A second autopilot is heard on this link; it is ignored.' : null,
    uplink.identityConflict === null
      ? null
      : `The controller hears another board that says it is ${config.drone} (${uplink.identityConflict}): neither gets commands but hold, return, land. Find the copied card, give it a name of its own.`,
    ...problemsOf(commanding),
    safety.lockDurable
      ? null
      : 'The ground lock in force is not on the disk: a restart would forget it. Look at the disk.',
    ...itineraryProblems(itinerary),
    ...clockProblems(timekeeping),
    ...stations.map(({ problem }) => problem),
  ].filter((problem): problem is string => typeof problem === 'string');
  const { queueFullSamples, notDurableSamples, thinned, droppedBudget, corruptRows, unsalvaged } = outbox.counters;
  return {
    drone: config.drone,
    version: AGENT_VERSION,
    session: parts.session,
    epoch: outbox.epoch,
    n: parts.state.state.n,
    boot: parts.boot,
    uptimeMs: (nowUs - startedUs) / 1000,
    problems,
    losses: {
      queueFullSamples,
      notDurableSamples,
      thinnedBatches: thinned,
      budgetBatches: droppedBudget,
      corruptRows,
      unsalvagedBatches: unsalvaged,
      recorderFrames: recorder?.counters.droppedFrames ?? 0,
      linkFramesOut: dropped.reduce((sum, count) => sum + count, counters.droppedNoPeer + counters.cutOff),
    },
    link: {
      url: link.url,
      open: link.isOpen,
      error: linkError === null ? null : linkError.message,
      inBytesPerS: link.measuredBytesPerS,
      bytesIn: counters.bytesIn,
      bytesOut: counters.bytesOut,
      opens: counters.opens,
      faults: counters.faults,
      droppedFrames: dropped.reduce((sum, count) => sum + count, 0),
    },
    vehicle,
    uplink,
    outbox: {
      ...outbox,
      oldestNotDurableMs,
      worstNotDurableMs: Math.max(outbox.worstNotDurableMs, oldestNotDurableMs),
    },
    recorder,
    mainThread: parts.loopDelay.status(),
    clock: timekeeping.reading,
    timekeeping,
    commanding,
    trust: parts.trust.status(),
    itinerary,
    safety,
    stations,
    parameters: parts.parameters.watch.status(),
  };
}

function slowCard(commitMs: number | null): string | null {
  if (commitMs === null) return null;
  return `The card is slow: it took ${(commitMs / 1000).toFixed(1)} s to write what came in a second. New data waits in memory meanwhile, where a power cut would take it; answers are sent all the same. Look at what else writes to the card, or replace it.`;
}

function clockProblems({ reading, sources }: AgentStatus['timekeeping']): string[] {
  const liars = sources.filter(({ source, outvoted }) => outvoted && source !== 'restored');
  const words = liars.map(
    ({ source, aheadUs }) =>
      `The clock of ${source} is wrong by ${Math.round(aheadUs / 1e6)} s: it was outvoted. See to it.`,
  );
  if (reading?.standing !== 'split') return words;
  const names = sources.map(({ source }) => source).join(' and ');
  return [...words, `${names} disagree about the time; a third must tell who is right.`];
}

function itineraryProblems({ problem, custody, parcels }: AgentStatus['itinerary']): (string | null)[] {
  const unproved = parcels.filter(({ state }) => state === 'unproved' || state === 'not-released');
  return [
    problem,
    custody === 'unknown'
      ? 'The record of itineraries was lost: whether a parcel is aboard is not known. Look, and settle it.'
      : null,
    ...unproved.map(
      ({ itinerary, item, name, state }) =>
        `Parcel ${name ?? `of item ${item}`} of ${itinerary} is ${state}: it counts as aboard until an operator settles it.`,
    ),
  ];
}

type CommandingStatus = ReturnType<Commanding['status']>;

function problemsOf({ journal, control, battery, unorderedReboots }: CommandingStatus): (string | null)[] {
  const { remembered, effectivePct } = battery;
  return [
    journal.problem,
    control.readOnly ? `Somebody else speaks for this vehicle (${control.why}): nothing is commanded.` : null,
    control.adopted
      ? 'The agent started in mid-flight and only listens, until an operator takes control; hold, return and land go.'
      : null,
    unorderedReboots > 0
      ? `The autopilot restarted by itself, ${unorderedReboots} times since the agent started.`
      : null,
    remembered === null
      ? null
      : `The charge restarted on paper: count on ${effectivePct} %, or run "skein-agent new-pack" if it was changed.`,
  ];
}
