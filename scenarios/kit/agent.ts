import fs from 'node:fs';
import path from 'node:path';
import { get, getJson, readMetrics } from './http.ts';
import { programs } from './paths.ts';
import { type Exit, Program, type Said } from './program.ts';

/** What scenarios look at in the status of an agent. */
export interface AgentStatus {
  readonly problems: readonly string[];
  readonly commanding: { readonly ladder: { readonly rung: string } };
  readonly safety: { readonly preflight: { readonly stops: readonly string[] } };
  readonly uplink: {
    readonly leaseLeftMs: number;
    readonly toldToWait: readonly string[];
    readonly counters: Readonly<Record<string, number>>;
  };
  readonly losses: Readonly<Record<string, number>>;
  readonly link: { readonly open: boolean; readonly error: string | null };
  readonly vehicle: {
    readonly autopilot: { readonly alive: boolean; readonly heartbeatsSent: number };
    readonly parser: {
      readonly frames: number;
      readonly skippedBytes: number;
      readonly badChecksum: number;
      readonly lostBySeq: number;
    };
  };
  readonly outbox: {
    readonly state: string;
    readonly problem: { readonly code: string; readonly message: string } | null;
    readonly volatileBytes: number;
    readonly counters: Readonly<Record<string, number>>;
  };
  readonly recorder: {
    readonly state: string;
    readonly problem: string | null;
    readonly counters: Readonly<Record<string, number>>;
  } | null;
}

export interface AgentOptions {
  readonly id: string;
  readonly dir: string;
  readonly linkUrl: () => string;
  readonly brokerUrl: string;
  readonly extraArgs?: readonly string[];
}

/** One agent process, its data directory, and its local status socket. */
export class Agent {
  readonly program: Program;
  readonly dataDir: string;
  readonly id: string;
  readonly #options: AgentOptions;

  constructor(options: AgentOptions) {
    this.#options = options;
    this.id = options.id;
    this.dataDir = path.join(options.dir, 'agent');
    this.program = new Program({
      name: `skein-agent ${options.id}`,
      command: process.execPath,
      args: [],
      logFile: path.join(options.dir, 'agent.log'),
      readyEvent: 'started',
    });
  }

  get outboxFile(): string {
    return path.join(this.dataDir, 'outbox.db');
  }

  start(extraArgs: readonly string[] = []): Promise<Said> {
    fs.mkdirSync(this.dataDir, { recursive: true });
    return this.program.start([
      programs.agent,
      'run',
      `--drone=${this.id}`,
      `--dataDir=${this.dataDir}`,
      `--link.url=${this.#options.linkUrl()}`,
      `--uplink.url=${this.#options.brokerUrl}`,
      '--backoff.maxS=3',
      '--page.address=',
      ...(this.#options.extraArgs ?? []),
      ...extraArgs,
    ]);
  }

  stop(): Promise<Exit> {
    return this.program.stop();
  }

  /** `GET /status` on its unix socket. */
  status(): Promise<AgentStatus> {
    return getJson<AgentStatus>('http://agent/status', { socketPath: path.join(this.dataDir, 'agent.sock') });
  }

  /** `GET /metrics` on its unix socket. */
  async metrics(): Promise<Map<string, number>> {
    const answer = await get('http://agent/metrics', { socketPath: path.join(this.dataDir, 'agent.sock') });
    return readMetrics(answer.text);
  }
}
