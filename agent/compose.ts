/**
 * The one place where the parts of an agent meet.
 *
 *   link ─▶ vehicle ─samples─▶ sealer ─batches─▶ outbox ─rows─▶ uplink ⇄ controller
 *              │ └─ raw frames ─▶ recorder           ▲ acks ──────┘
 *   board ─────┴─ clock ─ flight hours ─▶ samples    └ live ◀─ samples
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Link } from '@skein/hardware/link';
import type { Sample } from '@skein/protocol/telemetry';
import { Clock } from './clock/index.ts';
import type { AgentConfig } from './config.ts';
import { type EarlierEnd, Outbox, Sealer } from './outbox/index.ts';
import type { AgentPorts } from './ports.ts';
import { Recorder } from './recorder/index.ts';
import { SOCKET_NAME } from './socket.ts';
import { StateFile } from './state/index.ts';
import { type AgentStatus, metricsOf, renderMetrics, StatusServer } from './status/index.ts';
import { Uplink } from './uplink/index.ts';
import { Vehicle } from './vehicle/index.ts';
import { AGENT_VERSION } from './version.ts';

const SEAL_TICK_MS = 50;
const BOARD_EVERY_MS = 5_000;
const CLOCK_EVERY_MS = 1_000;
const NETWORK_TIME_EVERY_MS = 60_000;
const HEALTH_EVERY_MS = 60_000;

/** The agent cannot run; `code` is stable, the message says what to do. */
export class AgentRefusal extends Error {
  readonly code: 'already-running' | 'bad-link-url' | 'no-data-dir';
  constructor(code: AgentRefusal['code'], message: string) {
    super(message);
    this.code = code;
  }
}

export interface Agent {
  /** Resolves when everything runs; the link, the disk and the controller may still be away. Throws AgentRefusal. */
  start(): Promise<{ readonly drone: string; readonly session: string; readonly epoch: string }>;
  /** Seals and commits what is left, says goodbye, closes everything. */
  close(): Promise<void>;
  status(): AgentStatus;
}

class RunningAgent {
  readonly config: AgentConfig;
  readonly ports: AgentPorts;
  readonly session: string;
  readonly clock = new Clock();
  readonly state: StateFile;
  readonly boot: string;
  readonly link: Link;
  readonly outbox: Outbox;
  readonly sealer: Sealer;
  readonly vehicle: Vehicle;
  readonly uplink: Uplink;
  readonly recorder: Recorder | null;
  readonly #startedUs: number;
  readonly #timers: NodeJS.Timeout[] = [];
  #lastUtcUs = 0;
  #firstSampleUs: number | null = null;

  constructor(
    config: AgentConfig,
    ports: AgentPorts,
    o: { session: string; state: StateFile; boot: string; serial: string; link: Link },
  ) {
    this.config = config;
    this.ports = ports;
    this.session = o.session;
    this.state = o.state;
    this.boot = o.boot;
    this.link = o.link;
    const { nowUs, log, random } = ports;
    this.#startedUs = nowUs();
    const { n, flights, airS, armedS } = o.state.state;

    this.recorder = config.recorder.enabled
      ? new Recorder({
          folder: join(config.dataDir, 'recordings'),
          budgetBytes: config.recorder.budgetMB * 1e6,
          segmentBytes: Math.min(config.recorder.segmentMB * 1e6, (config.recorder.budgetMB * 1e6) / 4),
          n,
          nowUs,
          utcUs: (monoUs) => this.#stampUs(monoUs),
          onProblem: (message) => this.#problem('recorder', message),
        })
      : null;
    this.outbox = new Outbox({
      path: join(config.dataDir, 'outbox.db'),
      budgetBytes: config.outbox.budgetMB * 1e6,
      keepAckedHours: config.outbox.keepAckedHours,
      boot: o.boot,
      drawEpoch: () => ports.randomHex(8),
      nowUs,
      onOpened: (earlier) => this.#beginEpoch(earlier),
      onReadable: () => this.uplink.wake(),
      onEpochs: () => this.uplink.refreshPresence(),
      onDiskFull: () => this.recorder?.giveBack(),
      onProblem: (problem) =>
        this.#problem('outbox', problem === null ? null : `${problem.message} (${problem.detail})`),
    });
    this.sealer = new Sealer({ nowUs, append: (lane, samples, how) => this.outbox.append(lane, samples, how) });
    this.vehicle = new Vehicle({
      link: o.link,
      nowUs,
      sharePct: config.stream.sharePct,
      flight: { flights, airS, armedS },
      onSample: (sample) => this.#sample(sample),
      onFrame: (frame, monoUs) => this.recorder?.frame(frame, monoUs),
      onGpsTime: (utcUs, monoUs) => this.clock.gps(utcUs, monoUs),
      onFlightTotals: (totals) => o.state.update(totals),
      onEvent: (event, detail) => log.info({ part: 'vehicle', event }, `autopilot ${event}: ${detail}`),
    });
    const { username, password, url, topicRoot, backfillKBps } = config.uplink;
    this.uplink = new Uplink({
      url,
      topicRoot,
      backfillKBps,
      ...(username === '' ? {} : { username }),
      ...(password === '' ? {} : { password }),
      drone: config.drone,
      groups: config.groups,
      session: o.session,
      boot: o.boot,
      epoch: () => this.outbox.epoch,
      backoff: config.backoff,
      presence: () => {
        const autopilot = this.vehicle.status().version;
        return {
          n,
          journal: null,
          versions: { agent: AGENT_VERSION, node: process.version, ...(autopilot === null ? {} : { autopilot }) },
          control: { state: 'unknown' },
          board: o.serial,
          bootAgeMs: Math.round(nowUs() / 1000),
        };
      },
      source: this.outbox,
      nowUs,
      random,
      onTime: (answer, receivedMonoUs) =>
        this.clock.controller({
          sentMonoUs: answer.agentMonoUs,
          receivedMonoUs,
          remoteReceivedUtcUs: answer.receivedUtcUs,
          remoteSentUtcUs: answer.sentUtcUs,
        }),
      onState: (state, detail) =>
        log.info({ part: 'uplink', state }, detail === '' ? `uplink ${state}` : `uplink ${state}: ${detail}`),
    });
  }

  #problem(part: string, message: string | null): void {
    if (message === null) this.ports.log.info({ part }, `${part} is well again`);
    else this.ports.log.error({ part }, message);
  }

  /** UTC for a recording: as good as it is known, never going back within it. */
  #stampUs(monoUs: number): number {
    const utcUs = this.clock.read(monoUs)?.utcUs ?? this.ports.systemUtcUs();
    this.#lastUtcUs = Math.max(this.#lastUtcUs, utcUs);
    return this.#lastUtcUs;
  }

  #sample(sample: Sample): void {
    this.#firstSampleUs ??= sample.monoUs;
    if (sample.kind === 'text' || sample.kind === 'clock') this.sealer.urgent(sample);
    else this.sealer.history(sample);
    this.uplink.noteLive(sample);
  }

  async start(): Promise<void> {
    this.recorder?.start();
    this.link.start();
    this.vehicle.start();
    await this.outbox.start();
    this.sealer.release();
    this.#every(SEAL_TICK_MS, () => this.sealer.tick());
    this.#every(CLOCK_EVERY_MS, () => this.#recordClock());
    this.#every(NETWORK_TIME_EVERY_MS, () => void this.#askNetworkTime());
    this.#every(BOARD_EVERY_MS, () => void this.#readBoard());
    this.#every(HEALTH_EVERY_MS, () => this.#logHealth());
    await this.#askNetworkTime();
    this.#recordClock();
    void this.#readBoard();
    this.uplink.start();
  }

  #every(ms: number, run: () => void): void {
    this.#timers.push(setInterval(run, ms));
  }

  /**
   * Says in the first seq of history what is missing before it: since the last durable sample of this boot when the
   * agent was killed, since it closed when it was stopped, since the boot when the board restarted. (A file that opens
   * late gives that seq later; the span it names is the same.)
   */
  #beginEpoch(earlier: EarlierEnd | null): void {
    if (earlier === null) return;
    const monoToUs = Math.round(this.#firstSampleUs ?? this.ports.nowUs());
    const sameBoot = earlier.boot === this.boot;
    const lastUs = sameBoot ? (earlier.stoppedMonoUs ?? earlier.lastMonoUs) : 0;
    const reason = earlier.stoppedMonoUs === null ? 'restart' : 'stopped';
    this.outbox.appendGap('history', { reason, samples: 0, monoFromUs: Math.min(lastUs, monoToUs), monoToUs });
  }

  #recordClock(): void {
    const record = this.clock.record(this.ports.nowUs(), this.ports.systemUtcUs());
    if (record) this.#sample(record);
  }

  /** A line a minute, so that the log alone tells afterwards when something began. */
  #logHealth(): void {
    const { outbox, losses, link, uplink, problems } = this.status();
    const { backlogRows, usedBytes, worstNotDurableMs, longestCommitMs, volatileBytes } = outbox;
    const fields = { part: 'health', link: link.open, uplink: uplink.state, backlogRows, usedBytes, volatileBytes };
    this.ports.log.info({ ...fields, worstNotDurableMs, longestCommitMs, ...losses }, problems[0] ?? 'well');
  }

  async #askNetworkTime(): Promise<void> {
    if (await this.ports.isNetworkTimeSet()) this.clock.network(this.ports.systemUtcUs(), this.ports.nowUs());
  }

  async #readBoard(): Promise<void> {
    const reading = await this.ports.readBoard(this.config.dataDir);
    const { usedBytes, oldestNotDurableMs } = this.outbox.status();
    this.#sample({
      kind: 'board',
      monoUs: Math.round(this.ports.nowUs()),
      bootMs: null,
      values: { ...reading, outboxBytes: usedBytes, notDurableMs: Math.round(oldestNotDurableMs) },
    });
  }

  async close(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    this.vehicle.close();
    this.sealer.flush();
    await this.uplink.close();
    await this.link.close();
    await Promise.all([this.outbox.close(), this.recorder?.close()]);
    await this.state.close();
  }

  status(): AgentStatus {
    const { config, link } = this;
    const nowUs = this.ports.nowUs();
    const vehicle = this.vehicle.status();
    const outbox = this.outbox.status();
    const unsealedUs = this.sealer.oldestMonoUs;
    const oldestNotDurableMs = Math.max(
      outbox.oldestNotDurableMs,
      unsealedUs === null ? 0 : (nowUs - unsealedUs) / 1000,
    );
    const recorder = this.recorder?.status() ?? null;
    const uplink = this.uplink.status();
    const { counters } = link;
    const dropped = [...Object.values(counters.droppedFull), ...Object.values(counters.droppedDown)];
    const linkError = link.isOpen ? null : link.lastError;
    const problems = [
      outbox.problem?.message,
      recorder?.problem,
      linkError === null ? null : `${linkError.message}. ${linkError.advice}`,
      vehicle.autopilot.otherAutopilots > 0 ? 'A second autopilot is heard on this link; it is ignored.' : null,
    ].filter((problem): problem is string => typeof problem === 'string');
    const { queueFullSamples, notDurableSamples, thinned, droppedBudget, corruptRows } = outbox.counters;
    return {
      drone: config.drone,
      version: AGENT_VERSION,
      session: this.session,
      epoch: outbox.epoch,
      n: this.state.state.n,
      boot: this.boot,
      uptimeMs: (nowUs - this.#startedUs) / 1000,
      problems,
      losses: {
        queueFullSamples,
        notDurableSamples,
        thinnedBatches: thinned,
        budgetBatches: droppedBudget,
        corruptRows,
        recorderFrames: recorder?.counters.droppedFrames ?? 0,
        linkFramesOut: dropped.reduce((sum, count) => sum + count, counters.droppedNoPeer),
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
      clock: this.clock.read(nowUs),
    };
  }
}

/** An agent, unstarted; usable as a process of its own or many in one process. */
export function createAgent(config: AgentConfig, ports: AgentPorts): Agent {
  let running: RunningAgent | null = null;
  const status = (): AgentStatus => {
    if (running === null) throw new Error('the agent does not run');
    return running.status();
  };
  const server = new StatusServer({
    path: join(config.dataDir, SOCKET_NAME),
    status: () => running?.status() ?? null,
    metrics: async () => (running === null ? null : renderMetrics(metricsOf(running.status()))),
  });
  return {
    async start() {
      try {
        mkdirSync(config.dataDir, { recursive: true });
      } catch (error) {
        const detail = error instanceof Error ? error.message : String(error);
        throw new AgentRefusal('no-data-dir', `dataDir ${config.dataDir} cannot be made: ${detail}`);
      }
      let link: Link;
      try {
        link = ports.createLink(config.link.url, ports.log);
      } catch (error) {
        throw new AgentRefusal('bad-link-url', `link.url: ${error instanceof Error ? error.message : String(error)}`);
      }
      const listening = await server.listen();
      if (!listening.ok && listening.reason === 'already-running') {
        throw new AgentRefusal('already-running', listening.message);
      }
      if (!listening.ok) ports.log.warn({ part: 'status' }, `no status socket: ${listening.message}`);
      const { boot, serial } = await ports.identity();
      const state = new StateFile(join(config.dataDir, 'state.json'), (message) =>
        ports.log.error({ part: 'state' }, message),
      );
      await state.begin();
      const session = ports.randomHex(8);
      running = new RunningAgent(config, ports, { session, state, boot, serial, link });
      await running.start();
      const { drone } = config;
      const { epoch } = running.outbox;
      ports.log.info(
        { session, epoch, boot, n: state.state.n, version: AGENT_VERSION },
        `skein-agent runs for ${drone}`,
      );
      return { drone, session, epoch };
    },
    async close() {
      await running?.close();
      await server.close();
      ports.log.info({}, 'skein-agent closed');
    },
    status,
  };
}
