/** What `skein-agent status` shows and /status gives; declared here, filled by the composition root. */
import type { MetricGroups } from './metrics.ts';

export interface ClockStatus {
  readonly utcUs: number;
  readonly errUs: number;
  readonly source: string;
  readonly standing: string;
  readonly agreeing: readonly string[];
  readonly liars: readonly string[];
  /** The board's own clock minus UTC. */
  readonly boardUs: number;
}

export interface AgentStatus {
  readonly drone: string;
  readonly version: string;
  readonly session: string;
  readonly epoch: string;
  readonly n: number;
  readonly boot: string;
  readonly uptimeMs: number;
  /** Plain sentences about what is wrong now and what to do; empty when all is well. */
  readonly problems: readonly string[];
  /** Everything given up since the start, by name. */
  readonly losses: Readonly<Record<string, number>>;
  readonly link: {
    readonly url: string;
    readonly open: boolean;
    readonly error: string | null;
    readonly inBytesPerS: number;
    readonly bytesIn: number;
    readonly bytesOut: number;
    readonly opens: number;
    readonly faults: number;
    readonly droppedFrames: number;
  };
  readonly vehicle: {
    readonly autopilot: {
      readonly sysid: number | null;
      readonly alive: boolean;
      readonly armed: boolean | null;
      readonly lastHeartbeatAgeMs: number | null;
      readonly bootMs: number | null;
      readonly reboots: number;
      readonly heartbeatsSent: number;
      readonly heartbeatsWithheld: number;
      readonly otherAutopilots: number;
      readonly otherCompanions: number;
      readonly streams: readonly { readonly name: string; readonly hz: number; readonly state: string }[];
      readonly intervals: object;
    };
    readonly parser: object;
    readonly flight: { readonly flights: number; readonly airS: number; readonly armedS: number };
    readonly samples: number;
    readonly mode: string | null;
    readonly version: string | null;
    readonly earlyDropped: number;
  };
  readonly uplink: {
    readonly state: string;
    readonly url: string;
    readonly lastError: string | null;
    readonly leaseLeftMs: number;
    readonly liveHz: number;
    /** Lanes of which the controller takes nothing now. */
    readonly toldToWait: readonly ('urgent' | 'history')[];
    /** Why the controller says that another board has our name; null: it does not. */
    readonly identityConflict: string | null;
    readonly inFlightBytes: number;
    readonly smoothedAckMs: number | null;
    readonly counters: Readonly<Record<string, number>>;
  };
  readonly outbox: {
    readonly state: string;
    readonly usedBytes: number;
    readonly asideBytes: number;
    readonly budgetBytes: number;
    readonly aheadOfCard: number;
    readonly backlogRows: number;
    readonly pendingBytes: number;
    readonly volatileBytes: number;
    readonly oldestNotDurableMs: number;
    readonly worstNotDurableMs: number;
    readonly longestCommitMs: number;
    readonly counters: object;
  };
  readonly recorder: {
    readonly state: string;
    readonly bytes: number;
    readonly files: number;
    readonly counters: object;
  } | null;
  /** Null: nobody has told. */
  readonly clock: ClockStatus | null;
  readonly timekeeping: {
    readonly reading: ClockStatus | null;
    /** It is not earlier than this. */
    readonly notBeforeUtcUs: number;
    /** Each against what is believed; the time it was silent, null: it cannot speak. */
    readonly sources: readonly {
      readonly source: string;
      readonly aheadUs: number;
      readonly errUs: number;
      readonly silentMs: number | null;
      readonly outvoted: boolean;
    }[];
    readonly counters: Readonly<Record<string, number>>;
  };
  /** How late the main thread comes to its work: 99 of 100 turns of the last 10 s, and the worst since the start. */
  readonly mainThread: { readonly p99Ms: number; readonly worstMs: number };
  /** May the position be acted on now. */
  readonly trust: {
    readonly state: string;
    readonly reason: string | null;
    readonly words: string;
    readonly forMs: number;
    /** Age of the last trusted position; null: none yet. */
    readonly lastAgeMs: number | null;
    /** The drone is within this of where dead reckoning says with 95 %. */
    readonly radiusM: number | null;
    readonly counters: object;
    readonly doubts: Readonly<Record<string, number>>;
  };
  readonly safety: {
    readonly lock: { readonly reason: string; readonly by: string; readonly here: boolean } | null;
    readonly profile: { readonly name: string; readonly ok: boolean | null };
    readonly preflight: { readonly verdict: string; readonly stops: readonly string[] };
    readonly counters: object;
  };
  /** The itinerary of this drone, and the parcels it answers for. */
  readonly itinerary: {
    readonly current: {
      readonly id: string;
      readonly version: number;
      readonly state: string;
      readonly reason: string;
      readonly item: number | null;
      readonly items: number;
      readonly verified: boolean;
    } | null;
    /** none, aboard, releasing, not-released, unproved, or unknown. */
    readonly custody: string;
    readonly parcels: readonly {
      readonly itinerary: string;
      readonly item: number;
      readonly name: string | null;
      readonly state: string;
      readonly reason: string;
    }[];
    readonly problem: string | null;
    readonly counters: Readonly<Record<string, number>>;
  };
  /** End points for ground stations. */
  readonly stations: readonly {
    readonly name: string;
    readonly open: boolean;
    /** Left of its right to change the vehicle. */
    readonly unlockedLeftMs: number | null;
    readonly heard: number;
    readonly counters: object;
  }[];
  readonly commanding: {
    readonly control: {
      readonly state: string;
      readonly why: string;
      readonly adopted: boolean;
      readonly readOnly: boolean;
      readonly commander: string | null;
    };
    readonly ladder: {
      readonly owner: string;
      readonly rung: string;
      readonly words: string;
      readonly leaseLostMs: number | null;
      readonly counters: Readonly<Record<string, number>>;
    };
    readonly groundLink: { readonly on: boolean; readonly sending: boolean; readonly upMs: number };
    readonly writers: readonly { readonly sysid: number; readonly compid: number; readonly role: string }[];
    readonly commands: {
      readonly running: readonly { readonly id: string; readonly type: string; readonly phase: string }[];
      /** The newest first. */
      readonly last: readonly {
        readonly command: string;
        readonly type: string;
        readonly state: string;
        readonly reason: string;
      }[];
      readonly counters: Readonly<Record<string, number>>;
    };
    readonly journal: {
      readonly id: string | null;
      readonly state: string;
      readonly problem: string | null;
      readonly longestWriteMs: number;
      readonly counters: Readonly<Record<string, number>>;
    };
    /** Charge as reported, and what to count on after restarts of the autopilot, %. */
    readonly battery: {
      readonly reportedPct: number | null;
      readonly remembered: { readonly pct: number; readonly reportedPct: number } | null;
      readonly effectivePct: number | null;
    };
    /** Logs fetched from the autopilot, on the companion's disk. */
    readonly autopilotLogs: {
      readonly bytes: number;
      readonly files: number;
      readonly budgetBytes: number;
      readonly counters: Readonly<Record<string, number>>;
    };
    readonly unorderedReboots: number;
    readonly controllerClockSteps: number;
  };
}

const numbers = (values: object): Record<string, number> =>
  Object.fromEntries(Object.entries(values).filter((entry): entry is [string, number] => typeof entry[1] === 'number'));

function summed(each: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const counts of each) for (const [name, count] of Object.entries(counts)) sums[name] = (sums[name] ?? 0) + count;
  return sums;
}

/** The same facts for /metrics. */
export function metricsOf(status: AgentStatus): MetricGroups {
  const { link, vehicle, uplink, outbox, recorder, clock, commanding, trust, safety, stations } = status;
  const { reboots, heartbeatsSent, heartbeatsWithheld, otherAutopilots, otherCompanions, intervals } =
    vehicle.autopilot;
  const gauge = (value: number | null, help: string) => ({ value: value ?? Number.NaN, help });
  return {
    counters: {
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
      trust: numbers(trust.counters),
      trustDoubts: Object.fromEntries(Object.entries(trust.doubts).map(([name, n]) => [name.replaceAll('-', '_'), n])),
      itineraries: status.itinerary.counters,
      safety: numbers(safety.counters),
      stations: summed(stations.map(({ counters }) => numbers(counters))),
      commands: commanding.commands.counters,
      journal: commanding.journal.counters,
      autopilotLogs: commanding.autopilotLogs.counters,
      control: {
        unorderedReboots: commanding.unorderedReboots,
        controllerClockSteps: commanding.controllerClockSteps,
      },
      ...(recorder ? { recorder: numbers(recorder.counters) } : {}),
    },
    gauges: {
      linkOpen: gauge(Number(link.open), 'the link to the autopilot is open'),
      autopilotAlive: gauge(Number(vehicle.autopilot.alive), 'heartbeats of the autopilot arrive'),
      uplinkUp: gauge(Number(uplink.state === 'up'), 'connected and subscribed at the broker'),
      uplinkLeaseLeftMs: gauge(uplink.leaseLeftMs, 'how long the controller still counts as reachable, ms'),
      uplinkSmoothedAckMs: gauge(uplink.smoothedAckMs, 'from sending a batch to its ack, smoothed, ms'),
      outboxBacklogRows: gauge(outbox.backlogRows, 'rows the controller does not have yet'),
      outboxAheadOfCard: gauge(
        outbox.aheadOfCard,
        'batches of earlier starts that the controller has and the card has not',
      ),
      outboxUsedBytes: gauge(outbox.usedBytes, 'bytes the outbox uses'),
      outboxAsideBytes: gauge(outbox.asideBytes, 'bytes left of a damaged outbox file that is being salvaged'),
      outboxBudgetBytes: gauge(outbox.budgetBytes, 'bytes the outbox may use'),
      outboxPendingBytes: gauge(outbox.pendingBytes, 'bytes sealed and not yet durable'),
      outboxVolatileBytes: gauge(outbox.volatileBytes, 'bytes only in memory because the disk fails'),
      oldestNotDurableMs: gauge(outbox.oldestNotDurableMs, 'age of the oldest sample not yet durable, ms'),
      worstNotDurableMs: gauge(outbox.worstNotDurableMs, 'the same at its worst since the start, ms'),
      longestCommitMs: gauge(outbox.longestCommitMs, 'longest commit since the start, ms'),
      journalLongestWriteMs: gauge(commanding.journal.longestWriteMs, 'longest write of the command journal, ms'),
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
      boardClockOffsetUs: gauge(clock?.boardUs ?? null, 'the clock of the board minus UTC, µs'),
      clockOutvoted: gauge(clock?.liars.length ?? 0, 'sources of time that a majority contradicts now'),
      clockErrUs: gauge(clock?.errUs ?? null, 'half width of the interval the time lies in, µs'),
      mainThreadDelayP99Ms: gauge(status.mainThread.p99Ms, 'lateness of the main thread, p99 of 10 s, ms'),
      mainThreadDelayWorstMs: gauge(status.mainThread.worstMs, 'the same at its worst since the start, ms'),
      problems: gauge(status.problems.length, 'things wrong now'),
    },
  };
}
