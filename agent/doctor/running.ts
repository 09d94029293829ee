/** What a running agent tells the doctor over its socket (GET /doctor); the composition root fills it. */

/** Another number: another meaning, and the doctor says that it cannot read it. */
export const RUNNING_FORMAT = 1;

export interface RunningFacts {
  readonly format: number;
  readonly version: string;
  readonly node: string;
  readonly pid: number;
  readonly drone: string;
  readonly settingsHash: string;
  readonly topicRoot: string;
  readonly boardSerial: string;
  /** Of the start before, where it was another. */
  readonly boardBefore: string | null;
  readonly uptimeMs: number;
  readonly link: {
    readonly url: string;
    readonly open: boolean;
    readonly baud: number | null;
    readonly fault: { readonly code: string; readonly message: string; readonly advice: string } | null;
    readonly bytesIn: number;
    readonly frames: number;
    readonly mavlink1: number;
    readonly skippedBytes: number;
    readonly lost: number;
  };
  readonly vehicle: {
    readonly sysid: number | null;
    readonly alive: boolean;
    readonly armed: boolean | null;
    readonly mode: string | null;
    readonly flavour: string | null;
    readonly version: string | null;
    readonly failsafe: boolean;
    readonly preArmOk: boolean | null;
    readonly rcHealthy: boolean | null;
    readonly otherAutopilots: number;
    /** Somebody else speaks for it: why nothing is commanded; null: nobody. */
    readonly readOnly: string | null;
    /** Newest last, since its boot. */
    readonly texts: readonly { readonly ageMs: number; readonly text: string }[];
  };
  readonly profile: {
    readonly name: string;
    readonly ok: boolean | null;
    readonly differences: readonly {
      readonly parameter: string;
      readonly value: number | null;
      readonly wanted: string;
      readonly why: string;
    }[];
    readonly failsafeOk: boolean | null;
    readonly failsafe: readonly string[];
  };
  readonly uplink: {
    readonly url: string;
    readonly state: string;
    readonly lastError: string | null;
    readonly leaseLeftMs: number;
    readonly identityConflict: string | null;
    readonly toldToWait: readonly string[];
  };
  readonly storage: {
    readonly problem: { readonly code: string; readonly message: string } | null;
    readonly recorder: string | null;
    readonly journal: string | null;
    readonly slowCommitMs: number | null;
    readonly aheadOfCard: number;
  };
  readonly clock: {
    readonly source: string;
    readonly errMs: number;
    readonly split: boolean;
    readonly liars: readonly string[];
    /** The board's own clock minus UTC, ms. */
    readonly boardMs: number;
  } | null;
  readonly stations: readonly {
    readonly name: string;
    readonly url: string;
    readonly open: boolean;
    readonly problem: string | null;
  }[];
}
