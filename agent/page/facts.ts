/** What the page looks at; the composition root gathers it. */
import type { RecentLine } from './recent.ts';

export interface Facts {
  /** Whether it sends, and how far behind it is. */
  readonly headline: string;
  readonly status: Status;
  readonly preflight: { readonly verdict: string; readonly items: readonly Check[] };
  /** What holds it on the ground; `at`: RFC 3339, null when nobody knew the time. */
  readonly lock: {
    readonly reason: string;
    readonly by: string;
    readonly here: boolean;
    readonly at: string | null;
  } | null;
  readonly landed: string;
  readonly landedAgeMs: number | null;
  /** What the autopilot said, the newest last; `severity` as MAV_SEVERITY has it. */
  readonly texts: readonly { readonly ageMs: number; readonly severity: number; readonly text: string }[];
  /** The newest first. */
  readonly log: readonly RecentLine[];
}

export interface Check {
  readonly item: string;
  readonly verdict: 'ok' | 'warn' | 'stop';
  readonly value: string | null;
  readonly limit: string | null;
  readonly words: string;
  readonly ageMs: number | null;
}

/** The part of the agent's status that is shown. */
export interface Status {
  readonly drone: string;
  readonly version: string;
  readonly n: number;
  readonly uptimeMs: number;
  readonly problems: readonly string[];
  readonly losses: Readonly<Record<string, number>>;
  readonly link: { readonly url: string; readonly open: boolean; readonly inBytesPerS: number };
  readonly vehicle: {
    readonly mode: string | null;
    readonly version: string | null;
    readonly autopilot: {
      readonly sysid: number | null;
      readonly alive: boolean;
      readonly armed: boolean | null;
      readonly lastHeartbeatAgeMs: number | null;
    };
  };
  readonly uplink: {
    readonly url: string;
    readonly state: string;
    readonly lastError: string | null;
    readonly leaseLeftMs: number;
    readonly smoothedAckMs: number | null;
  };
  readonly outbox: {
    readonly usedBytes: number;
    readonly budgetBytes: number;
    readonly backlogRows: number;
    readonly volatileBytes: number;
    readonly worstNotDurableMs: number;
  };
  readonly recorder: { readonly state: string; readonly bytes: number; readonly files: number } | null;
  readonly clock: {
    readonly utcUs: number;
    readonly errUs: number;
    readonly source: string;
    readonly boardUs: number;
  } | null;
  readonly safety: { readonly profile: { readonly name: string } };
  readonly commanding: {
    readonly control: { readonly state: string; readonly why: string; readonly commander: string | null };
    readonly groundLink: { readonly sending: boolean; readonly upMs: number };
    readonly ladder: { readonly rung: string; readonly words: string };
  };
}
