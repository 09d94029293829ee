/** What `skein-agent status` shows and /status gives; declared here, filled by the composition root. */

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
    readonly mavlink1: number;
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
    readonly sentUnwritten: number;
    readonly backlogRows: number;
    readonly pendingBytes: number;
    readonly volatileBytes: number;
    readonly oldestNotDurableMs: number;
    readonly worstNotDurableMs: number;
    readonly longestCommitMs: number;
    /** The card is slow: its longest commit of late; null: it is not. */
    readonly slowCommitMs: number | null;
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
  /** The page for whoever stands beside the drone; url null: none is set. */
  readonly page: {
    readonly url: string | null;
    readonly open: boolean;
    readonly problem: string | null;
    readonly counters: Readonly<Record<string, number>>;
  };
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
  /** Those of the autopilot, as read last; hash null: not read yet. */
  readonly parameters: {
    readonly hash: string | null;
    readonly count: number | null;
    readonly reads: number;
    readonly failed: number;
    readonly calledOff: number;
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
