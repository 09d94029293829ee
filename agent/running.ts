/**
 * The one place where the parts of an agent meet.
 *
 *   link ─▶ vehicle ─samples─▶ sealer ─batches─▶ outbox ─rows─▶ uplink ⇄ controller
 *              │ └─ raw frames ─▶ recorder           ▲ acks ──────┘
 *   board ─────┴─ clock ─ flight hours ─▶ samples    └ live ◀─ samples
 */
import { join } from 'node:path';
import type { ExtraStream } from '@skein/hardware/autopilot';
import type { Link } from '@skein/hardware/link';
import type { KindName, Sample } from '@skein/protocol/telemetry';
import type { Clock } from './clock/index.ts';
import { Timekeeper } from './clock-wiring.ts';
import { Commanding } from './commanding.ts';
import type { AgentConfig } from './config.ts';
import { splitDisk } from './disk.ts';
import { ExtraStreams } from './extra-streams.ts';
import type { Itineraries } from './itinerary/index.ts';
import { wireItineraries } from './itinerary-wiring.ts';
import { LoopDelay } from './loop-delay.ts';
import { type EarlierEnd, Outbox, Sealer } from './outbox/index.ts';
import { wireParameters } from './parameters-wiring.ts';
import type { AgentPorts } from './ports.ts';
import { RECORDINGS_FOLDER, Recorder } from './recorder/index.ts';
import { type AgentParts, type PartsStatus, reportOf } from './report.ts';
import type { Safety } from './safety.ts';
import { wireSafety } from './safety-wiring.ts';
import type { StateFile } from './state/index.ts';
import type { Stations } from './stations/index.ts';
import { wireStations } from './stations-wiring.ts';
import { systemTimers } from './timers.ts';
import { TrustWatch } from './trust/index.ts';
import type { Uplink } from './uplink/index.ts';
import { wireUplink } from './uplink-wiring.ts';
import { Vehicle } from './vehicle/index.ts';

const SEAL_TICK_MS = 50;
/** The controller is told how often this agent has started; a slow card may still be writing that down. */
const COUNTED_WITHIN_MS = 2_000;
const COMMAND_TICK_MS = 100;
const SAFETY_TICK_MS = 1_000;
const STATION_TICK_MS = 100;
const TRUST_TICK_MS = 250;
const BOARD_EVERY_MS = 5_000;
const CLOCK_EVERY_MS = 1_000;
const HEALTH_EVERY_MS = 60_000;
const URGENT: readonly KindName[] = ['text', 'clock', 'answer', 'itinerary', 'delivery', 'pack'];
/** No states of the vehicle: the newest would hide the others. */
const NOT_LIVE: readonly KindName[] = ['answer', 'itinerary', 'delivery', 'parameters'];

export class RunningAgent implements AgentParts {
  readonly config: AgentConfig;
  readonly ports: AgentPorts;
  readonly session: string;
  readonly clock: Clock;
  readonly timekeeper: Timekeeper;
  readonly state: StateFile;
  readonly boot: string;
  readonly link: Link;
  readonly outbox: Outbox;
  readonly sealer: Sealer;
  readonly vehicle: Vehicle;
  readonly uplink: Uplink;
  readonly trust: TrustWatch;
  readonly safety: Safety;
  readonly commanding: Commanding;
  readonly itineraries: Itineraries;
  readonly extraStreams: ExtraStreams;
  readonly stations: Stations;
  readonly parameters: ReturnType<typeof wireParameters>;
  readonly recorder: Recorder | null;
  readonly startedUs: number;
  readonly loopDelay = new LoopDelay();
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #evidence: () => readonly ExtraStream[];
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
    const { nowUs, log } = ports;
    this.startedUs = nowUs();
    const { n, flights, airS, armedS, clock: kept } = o.state.state;
    this.timekeeper = new Timekeeper({
      ...{ ports, boot: o.boot, kept },
      armed: () => this.vehicle.autopilot.state.armed,
      keep: (clock) => o.state.update({ clock }),
      onRecord: (sample) => this.#sample(sample),
    });
    this.clock = this.timekeeper.clock;

    const { outboxBytes, recorderBytes } = splitDisk(config);
    this.recorder = config.recorder.enabled
      ? new Recorder({
          folder: join(config.dataDir, RECORDINGS_FOLDER),
          budgetBytes: recorderBytes,
          segmentBytes: Math.min(config.recorder.segmentMB * 1e6, recorderBytes / 4),
          nowUs,
          utcUs: (monoUs) => this.timekeeper.stampUs(monoUs),
          onProblem: (message) => this.#problem('recorder', message),
        })
      : null;
    this.outbox = new Outbox({
      path: join(config.dataDir, 'outbox.db'),
      budgetBytes: outboxBytes,
      keepAckedHours: config.outbox.keepAckedHours,
      boot: o.boot,
      drawEpoch: () => ports.randomHex(8),
      nowUs,
      timers: systemTimers,
      codec: () => this.uplink.codec,
      onOpened: (earlier) => this.#beginEpoch(earlier),
      onReadable: () => this.uplink.wake(),
      onEpochs: () => this.uplink.refreshPresence(),
      ...(this.recorder === null ? {} : { onDiskFull: () => this.recorder?.giveBack() }),
      onProblem: (problem) =>
        this.#problem('outbox', problem === null ? null : `${problem.message} (${problem.detail})`),
    });
    this.sealer = new Sealer({ nowUs, append: (lane, samples, how) => this.outbox.append(lane, samples, how) });
    this.vehicle = new Vehicle({
      link: o.link,
      nowUs,
      sharePct: config.stream.sharePct,
      drawId: () => ports.randomHex(8),
      flight: { flights, airS, armedS },
      onSample: (sample) => this.#sample(sample),
      onFrame: (frame, monoUs) => this.recorder?.frame(frame, monoUs),
      onHeard: (frame) => {
        this.stations.heard(frame);
        this.safety.frame(frame);
      },
      onGpsTime: (utcUs, monoUs, wayUs) => this.clock.gps(utcUs, monoUs, wayUs),
      onFlightTotals: (totals) => o.state.update(totals),
      onEvent: (event, detail) => log.info({ part: 'vehicle', event }, `autopilot ${event}: ${detail}`),
    });
    this.trust = new TrustWatch({
      nowUs,
      onSample: (sample, urgent) => this.#sample(sample, urgent),
      onEvent: (words) => log.info({ part: 'trust' }, words),
      askClock: () => this.vehicle.autopilot.bootAge(),
    });
    this.extraStreams = new ExtraStreams((wanted) => this.vehicle.autopilot.setExtraStreams(wanted));
    const { itineraries, streams } = wireItineraries(this, (sample) => this.#sample(sample));
    this.itineraries = itineraries;
    this.#evidence = streams;
    this.safety = wireSafety(this, (sample) => this.#sample(sample));
    this.commanding = new Commanding({
      config,
      ports,
      session: o.session,
      boot: o.boot,
      link: o.link,
      vehicle: this.vehicle,
      clock: this.clock,
      safety: this.safety,
      positionTrusted: () => this.trust.positionTrusted(),
      leaseLeftMs: () => this.uplink.status().leaseLeftMs,
      itinerary: itineraries.orders,
      payload: {
        releasing: () => itineraries.isReleasing,
        returning: () => itineraries.isReturning,
        secure: (signal) => itineraries.orders.secure(signal),
        left: () => itineraries.orders.left('no-controller'),
      },
      outboxFull: () => this.outbox.status().problem?.code === 'budget',
      onSample: (sample) => this.#sample(sample),
      onCrash: (words) => void this.safety.lockAfterCrash(words),
      onArming: () => this.parameters.watch.stop(),
      onPresence: () => this.uplink.refreshPresence(),
      onProblem: (part, message) => this.#problem(part, message),
    });
    this.parameters = wireParameters(this, (sample, urgent) => this.#sample(sample, urgent));
    this.stations = wireStations(this);
    this.uplink = wireUplink(this, { n, serial: o.serial });
  }

  #problem(part: string, message: string | null): void {
    if (message === null) this.ports.log.info({ part }, `${part} is well again`);
    else this.ports.log.error({ part }, message);
  }

  #sample(sample: Sample, urgent = URGENT.includes(sample.kind)): void {
    this.#firstSampleUs ??= sample.monoUs;
    if (sample.kind === 'gps') this.clock.fix(sample.values.fix, sample.monoUs);
    if (urgent) this.sealer.urgent(sample);
    else this.sealer.history(sample);
    this.trust.take(sample);
    this.safety.take(sample);
    this.itineraries.take(sample);
    this.commanding.measured(sample);
    this.parameters.take(sample);
    if (!NOT_LIVE.includes(sample.kind)) this.uplink.noteLive(sample);
  }

  async start(): Promise<void> {
    this.loopDelay.start();
    this.recorder?.start();
    this.link.start();
    this.vehicle.start();
    const counted = this.state.counted(COUNTED_WITHIN_MS);
    // What was done before comes first: a command that is repeated must find its outcome. They only read, and are bounded by 2 s.
    await Promise.all([this.commanding.start(), this.safety.start(), this.itineraries.start()]);
    // The heartbeats wait for no disk to take anything: a card of 5 s would bring a flying vehicle home.
    this.#every(COMMAND_TICK_MS, () => {
      this.commanding.tick();
      this.itineraries.tick();
      this.extraStreams.want('itinerary', this.#evidence());
    });
    this.stations.start();
    this.#every(STATION_TICK_MS, () => this.stations.tick());
    this.#every(SAFETY_TICK_MS, () => {
      this.safety.tick();
      this.parameters.watch.tick(this.ports.nowUs() / 1000);
    });
    this.#every(TRUST_TICK_MS, () => this.trust.tick());
    await counted;
    // Live needs no disk: it is up while the outbox still opens. Presence follows when its epochs are known.
    this.uplink.start();
    this.#every(SEAL_TICK_MS, () => this.sealer.tick());
    this.#every(CLOCK_EVERY_MS, () => this.timekeeper.tick());
    this.#every(BOARD_EVERY_MS, () => void this.#readBoard());
    this.#every(HEALTH_EVERY_MS, () => this.#logHealth());
    await Promise.all([this.outbox.start(), this.timekeeper.look()]);
    this.sealer.release();
    this.timekeeper.tick();
    void this.#readBoard();
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

  /** A line a minute, so that the log alone tells afterwards when something began. */
  #logHealth(): void {
    const { outbox, losses, link, uplink, problems } = this.status();
    const { backlogRows, usedBytes, worstNotDurableMs, longestCommitMs, volatileBytes } = outbox;
    const fields = { part: 'health', link: link.open, uplink: uplink.state, backlogRows, usedBytes, volatileBytes };
    this.ports.log.info({ ...fields, worstNotDurableMs, longestCommitMs, ...losses }, problems[0] ?? 'well');
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
    this.loopDelay.close();
    await this.stations.close();
    await this.parameters.watch.close();
    await this.commanding.close();
    await this.itineraries.close();
    await this.safety.close();
    this.vehicle.close();
    this.sealer.flush();
    await this.uplink.close();
    await this.link.close();
    await Promise.all([this.outbox.close(), this.recorder?.close()]);
    this.timekeeper.close();
    await this.state.close();
  }

  status(): PartsStatus {
    return reportOf(this);
  }
}
