/** Counters and gauges of the status as Prometheus text. No drone id as a label: the scraper knows whom it asked. */
import { Counter, Gauge, Registry } from 'prom-client';
import { COUNTER_WORDS } from './metric-words.ts';
import type { AgentStatus } from './status.ts';

export interface MetricGroups {
  /** Only ever rise: `skein_agent_<group>_<name>_total`. */
  readonly counters: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** `skein_agent_<name>` → value and what it is. */
  readonly gauges: Readonly<Record<string, { readonly value: number; readonly help: string }>>;
}

const snake = (name: string): string => name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase();

export async function renderMetrics(groups: MetricGroups): Promise<string> {
  const registry = new Registry();
  for (const [group, counters] of Object.entries(groups.counters)) {
    for (const [name, value] of Object.entries(counters)) {
      const metric = `skein_agent_${snake(group)}_${snake(name)}_total`;
      const help = COUNTER_WORDS[group]?.[name] ?? `${group}: ${name}`;
      new Counter({ name: metric, help, registers: [registry] }).inc(value);
    }
  }
  for (const [name, { value, help }] of Object.entries(groups.gauges)) {
    new Gauge({ name: `skein_agent_${snake(name)}`, help, registers: [registry] }).set(value);
  }
  return registry.metrics();
}

const numbers = (values: object): Record<string, number> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));

function summed(each: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of each) for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

/** With all that have words, also where nothing counts yet: a part that is off, a station that never came. */
function complete(counters: MetricGroups['counters']): MetricGroups['counters'] {
  const groups = new Set([...Object.keys(COUNTER_WORDS), ...Object.keys(counters)]);
  const zeros = (group: string) => Object.fromEntries(Object.keys(COUNTER_WORDS[group] ?? {}).map((name) => [name, 0]));
  return Object.fromEntries([...groups].map((group) => [group, { ...zeros(group), ...counters[group] }]));
}

/** The facts of the status that are numbers. */
export function metricsOf(status: AgentStatus): MetricGroups {
  const { link, vehicle, uplink, outbox, recorder, clock, commanding, trust, safety, stations, parameters } = status;
  const { reboots, heartbeatsSent, heartbeatsWithheld, otherAutopilots, otherCompanions, intervals } =
    vehicle.autopilot;
  const gauge = (value: number | null, help: string) => ({ value: value ?? Number.NaN, help });
  // In Prometheus all times are seconds.
  const ofMs = (ms: number | null, help: string) => gauge(ms === null ? null : ms / 1e3, `${help}, s`);
  const ofUs = (us: number | null, help: string) => gauge(us === null ? null : us / 1e6, `${help}, s`);
  return {
    counters: complete({
      link: {
        bytesIn: link.bytesIn,
        bytesOut: link.bytesOut,
        opens: link.opens,
        faults: link.faults,
        droppedFrames: link.droppedFrames,
      },
      vehicle: { earlyDropped: vehicle.earlyDropped },
      parser: numbers(vehicle.parser),
      autopilot: { reboots, heartbeatsSent, heartbeatsWithheld, otherAutopilots, otherCompanions },
      intervals: numbers(intervals),
      uplink: uplink.counters,
      outbox: numbers(outbox.counters),
      clock: status.timekeeping.counters,
      page: status.page.counters,
      trust: numbers(trust.counters),
      trustDoubts: Object.fromEntries(Object.entries(trust.doubts).map(([name, n]) => [name.replaceAll('-', '_'), n])),
      itineraries: status.itinerary.counters,
      safety: numbers(safety.counters),
      parameters: { reads: parameters.reads, failed: parameters.failed, calledOff: parameters.calledOff },
      stations: summed(stations.map(({ counters }) => numbers(counters))),
      commands: commanding.commands.counters,
      journal: commanding.journal.counters,
      autopilotLogs: commanding.autopilotLogs.counters,
      control: {
        unorderedReboots: commanding.unorderedReboots,
        controllerClockSteps: commanding.controllerClockSteps,
      },
      ...(recorder ? { recorder: numbers(recorder.counters) } : {}),
    }),
    gauges: {
      linkOpen: gauge(Number(link.open), 'the link to the autopilot is open'),
      autopilotAlive: gauge(Number(vehicle.autopilot.alive), 'heartbeats of the autopilot arrive'),
      uplinkUp: gauge(Number(uplink.state === 'up'), 'connected and subscribed at the broker'),
      uplinkLeaseLeftSeconds: ofMs(uplink.leaseLeftMs, 'how long the controller still counts as reachable'),
      uplinkSmoothedAckSeconds: ofMs(uplink.smoothedAckMs, 'from sending a batch to its ack, smoothed'),
      outboxBacklogRows: gauge(outbox.backlogRows, 'rows the controller does not have yet'),
      outboxAheadOfCard: gauge(
        outbox.aheadOfCard,
        'batches of earlier starts that the controller has and the card has not',
      ),
      outboxSentUnwritten: gauge(
        outbox.sentUnwritten,
        'urgent batches of earlier starts that were sent and are not on the card: cut off within a commit',
      ),
      outboxUsedBytes: gauge(outbox.usedBytes, 'bytes the outbox uses'),
      outboxAsideBytes: gauge(outbox.asideBytes, 'bytes left of a damaged outbox file that is being salvaged'),
      outboxBudgetBytes: gauge(outbox.budgetBytes, 'bytes the outbox may use'),
      outboxPendingBytes: gauge(outbox.pendingBytes, 'bytes sealed and not yet durable'),
      outboxVolatileBytes: gauge(outbox.volatileBytes, 'bytes only in memory because the disk fails'),
      oldestNotDurableSeconds: ofMs(outbox.oldestNotDurableMs, 'age of the oldest sample not yet durable'),
      worstNotDurableSeconds: ofMs(outbox.worstNotDurableMs, 'the same at its worst since the start'),
      longestCommitSeconds: ofMs(outbox.longestCommitMs, 'longest commit since the start'),
      slowCommitSeconds: ofMs(outbox.slowCommitMs, 'longest commit of late while the card is slow'),
      journalLongestWriteSeconds: ofMs(commanding.journal.longestWriteMs, 'longest write of the command journal'),
      positionTrusted: gauge(Number(trust.state === 'trusted'), 'the position may be acted on'),
      autopilotLogBytes: gauge(commanding.autopilotLogs.bytes, 'bytes of logs fetched from the autopilot'),
      groundLocked: gauge(Number(safety.lock !== null), 'the ground lock is set'),
      preflightStops: gauge(safety.preflight.stops.length, 'pre-flight items that stop it from arming'),
      stationsUnlocked: gauge(
        stations.filter(({ unlockedLeftMs }) => unlockedLeftMs !== null).length,
        'end points that may change the vehicle',
      ),
      groundLinkSending: gauge(Number(commanding.groundLink.sending), 'the ground-link heartbeat is being sent'),
      batteryEffectivePct: gauge(commanding.battery.effectivePct, 'charge to count on, %'),
      recorderBytes: gauge(recorder?.bytes ?? 0, 'bytes of recordings'),
      boardClockOffsetSeconds: ofUs(clock?.boardUs ?? null, 'the clock of the board minus UTC'),
      clockOutvoted: gauge(clock?.liars.length ?? 0, 'sources of time that a majority contradicts now'),
      clockErrSeconds: ofUs(clock?.errUs ?? null, 'half width of the interval the time lies in'),
      mainThreadDelayP99Seconds: ofMs(status.mainThread.p99Ms, 'lateness of the main thread, p99 of 10 s'),
      mainThreadDelayWorstSeconds: ofMs(status.mainThread.worstMs, 'the same at its worst since the start'),
      problems: gauge(status.problems.length, 'things wrong now'),
    },
  };
}
