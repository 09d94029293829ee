/** What the checks look at. The ports gather it, the checks only think: they open, ask and change nothing. */
import type { RunningFacts } from './running.ts';

/** A look that could not be had, or did not end in time. */
export type Looked<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly why: string };

/** Of the settings what the checks need. */
export interface Settings {
  readonly drone: string;
  readonly dataDir: string;
  readonly linkUrl: string;
  readonly brokerUrl: string;
  readonly topicRoot: string;
  readonly username: string;
  readonly budgetMB: number;
  readonly profile: 'bvlos' | 'line-of-sight' | 'bench';
  readonly stations: readonly { readonly name: string; readonly url: string }[];
  /** As presence says it, to tell whether the running agent has the same. */
  readonly hash: string;
}

export interface SettingsFacts {
  /** `--config`; null: none was named. */
  readonly file: string | null;
  /** Some were given, in a file, on the command line or in the environment. */
  readonly given: boolean;
  /** Why they cannot be used; then `used` are the defaults, with what could be read of the rest. */
  readonly problems: readonly string[];
  readonly used: Settings;
  /** NODE_EXTRA_CA_CERTS, which the TLS of Node trusts besides its own list, and whether it can be read; null: not set. */
  readonly extraCa: { readonly path: string; readonly problem: string | null } | null;
}

/** Somebody as whom files are opened. */
export interface Who {
  readonly name: string;
  readonly uid: number;
  readonly gids: readonly number[];
}

export interface Program {
  readonly pid: number;
  /** Its name, as the kernel has it. */
  readonly name: string;
  readonly command: readonly string[];
  /** Who started it; 0: not asked, as it is no agent. */
  readonly parent: number;
}

export interface DeviceFacts {
  readonly path: string;
  /** Where its symlinks lead. */
  readonly real: string | null;
  readonly kind: 'missing' | 'dangling' | 'serial' | 'other';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly group: string;
  /** As whom the agent opens it. */
  readonly who: Who;
  /** The account is in the group, but this session began before it was. */
  readonly groupPending: boolean;
  readonly holders: readonly Program[];
  /** Whose open files this user may not see: they may hold it. */
  readonly unseen: readonly Program[];
  /** A login on this line: its unit, by its command line. */
  readonly getty: Program | null;
  /** The kernel writes its messages there. */
  readonly kernelConsole: boolean;
  readonly modemManager: { readonly runs: boolean; readonly leavesIt: boolean };
  /** Names under /dev/serial/by-id that lead there; names of other serial devices that are there. */
  readonly stableNames: readonly string[];
  readonly others: readonly string[];
}

/** What was heard in one listening, nothing sent. */
export interface Heard {
  /** Null: no serial line. */
  readonly baud: number | null;
  readonly opened: boolean;
  readonly fault: { readonly code: string; readonly message: string; readonly advice: string } | null;
  readonly bytes: number;
  readonly frames: number;
  readonly mavlink1: number;
  readonly skippedBytes: number;
  readonly lost: number;
  /** System ids whose component 1 beats as an autopilot. */
  readonly autopilots: readonly number[];
  readonly companions: readonly string[];
  readonly armed: boolean | null;
  readonly texts: readonly string[];
  /** What the bytes look like, when they are no frames. */
  readonly looksLike: 'nmea' | 'ublox' | 'text' | null;
}

export interface LineFacts {
  /** Those of the settings first, then the others that were tried because those gave no frame. */
  readonly tried: readonly Heard[];
  readonly bauds: readonly number[];
}

export interface DataFacts {
  readonly path: string;
  readonly kind: 'missing' | 'folder' | 'other';
  readonly owner: string;
  /** What the agent could not write as `who`: the folder itself (or, if it is missing, the one above), and files in it. */
  readonly who: Who;
  readonly folderWritable: boolean;
  /** The nearest folder above that is there. */
  readonly above: string;
  readonly foreign: readonly string[];
  /** Serial number of the board of the last start; null: none is kept. */
  readonly board: string | null;
}

export interface DiskFacts {
  readonly freeMb: number | null;
  readonly sizeMb: number | null;
  readonly device: string | null;
  readonly mountPoint: string | null;
  readonly readOnly: boolean;
  /** Errors that the file system counts (ext4); null: it does not count. */
  readonly errors: number | null;
  /** 0x01 fine, 0x02 80 % of the spare blocks used, 0x03 nearly all (eMMC, some cards). */
  readonly preEol: number | null;
  /** Of a small file, written, synced and removed; null: not tried, as the agent runs. */
  readonly probe: { readonly ms: number; readonly error: string | null } | null;
}

export interface ClockFacts {
  readonly utcMs: number;
  /** It cannot be earlier. */
  readonly notBeforeMs: number;
  readonly networkTime: boolean;
}

export interface TakenPort {
  readonly url: string;
  readonly what: string;
  readonly port: number;
  readonly by: Program | null;
}

export interface Certificate {
  readonly subject: string;
  readonly names: readonly string[];
  readonly issuer: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface BrokerFacts {
  readonly url: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** Where the way there ended; `reached`: not tried further, as the login of the agent that runs is not known. */
  readonly stage: 'address' | 'name' | 'connect' | 'tls' | 'reached' | 'mqtt' | 'topics' | 'done';
  /** Of the system, of OpenSSL, `CONNACK-n`, `timeout`, or the topic that was refused; null when done. */
  readonly code: string | null;
  readonly detail: string | null;
  readonly certificate: Certificate | null;
}

export type AgentFacts =
  | { readonly state: 'running'; readonly facts: RunningFacts | null; readonly why: string | null }
  | { readonly state: 'stopped' }
  /** Its socket is there and takes us, and no answer comes. */
  | { readonly state: 'hangs' }
  | { readonly state: 'starting' }
  | { readonly state: 'forbidden'; readonly socket: string };

export interface DoctorFacts {
  readonly settings: SettingsFacts;
  readonly program: { readonly version: string; readonly node: string; readonly nodeNeeded: number };
  readonly agent: AgentFacts;
  /** Settings, by name, that the file has otherwise than the agent that runs; null: none were named, or it does not say. */
  readonly changed: readonly string[] | null;
  /** Agents on this machine besides the one that says which process it is. */
  readonly otherAgents: Looked<readonly OtherAgent[]>;
  /** Null: it could not be read. */
  readonly boardSerial: string | null;
  readonly data: Looked<DataFacts>;
  readonly disk: Looked<DiskFacts>;
  readonly clock: Looked<ClockFacts>;
  /** Null: the link is no serial line. */
  readonly device: Looked<DeviceFacts> | null;
  /** Null: not listened, as the device is none, or somebody else listens or may. */
  readonly line: Looked<LineFacts> | null;
  /** Null: the agent runs and says it itself. */
  readonly ports: Looked<readonly TakenPort[]> | null;
  /** Null: no broker is set, or the agent is connected. */
  readonly broker: Looked<BrokerFacts> | null;
}

export interface OtherAgent {
  readonly program: Program;
  readonly dataDir: string | null;
  readonly drone: string | null;
}
