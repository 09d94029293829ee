/**
 * From the bytes of the link to samples, and our few frames back.
 *
 *   link ─chunks─▶ FrameParser ─frames─▶ tap (recorder)
 *                       └─▶ decode ─▶ AutopilotClient (latch, heartbeat, streams)
 *                                └──▶ Sampler, StatusTexts ─▶ samples
 */
import type { AutopilotPriority, AutopilotStatus } from '@skein/hardware/autopilot';
import { AutopilotClient } from '@skein/hardware/autopilot';
import { decode, type Frame, FrameParser, type Message, type ParserCounters } from '@skein/protocol/mavlink';
import { type Sample, Sampler, StatusTexts } from '@skein/protocol/telemetry';
import { FlightHours, type FlightTotals } from './flight.ts';
import { TextFold } from './fold.ts';
import { type Line, LineWatch } from './line.ts';

const TICK_MS = 100;
/** With nothing more coming for so long, what is pending is complete or damaged (protocol/mavlink parser). */
const IDLE_FLUSH_MS = 250;
const LINK_SAMPLE_MS = 5_000;
const FLIGHT_SAMPLE_MS = 30_000;
/** No nominal rate (TCP, UDP): taken as a fast local network. */
const FAST_LINE_BYTES_PER_S = 1_000_000;
/** A message cannot come before it was sent; TIMESYNC may be out by half of a slow round trip. */
const SYNC_ERR_US = 100_000;
const LONGEST_WAY_US = 10_000_000;
const RADIO_STATUS = 109;
const AUTOPILOT_COMPONENT = 1;
/** Messages kept until the first heartbeat (1 Hz) says whose they are: two seconds of a busy line. */
const MAX_EARLY = 512;

/** What the vehicle needs of its link; hardware/link fits. */
export interface VehicleLink extends Line {
  readonly nominalBytesPerS: number | null;
  read(reader: (chunk: Uint8Array) => void): () => void;
  write(frame: Uint8Array, priority: AutopilotPriority | 'bulk'): boolean;
}

export interface VehicleOptions {
  readonly link: VehicleLink;
  readonly nowUs: () => number;
  readonly sharePct: number;
  /** A random name for a boot of the autopilot. */
  readonly drawId: () => string;
  readonly flight: FlightTotals;
  readonly onSample: (sample: Sample) => void;
  /** Every raw frame, both directions; the bytes must be copied if kept. */
  readonly onFrame?: (frame: { readonly bytes: Uint8Array; readonly msgid: number }, monoUs: number) => void;
  /** Every frame that came, whoever's it is, before anything is done with it. */
  readonly onHeard?: (frame: Frame) => void;
  /** UTC as the autopilot has it, from SYSTEM_TIME; `wayUs`: how long the message took, null: not measured. */
  readonly onGpsTime?: (utcUs: number, monoUs: number, wayUs: number | null) => void;
  readonly onFlightTotals?: (totals: FlightTotals) => void;
  readonly onEvent?: (event: 'latched' | 'rebooted' | 'swapped' | 'armed' | 'disarmed', detail: string) => void;
}

export interface VehicleStatus {
  readonly autopilot: AutopilotStatus;
  readonly parser: ParserCounters;
  readonly flight: FlightTotals;
  readonly samples: number;
  readonly mode: string | null;
  readonly version: string | null;
  readonly noFramesHints: number;
  /** Messages that came before the first heartbeat and did not fit the memory for them. */
  readonly earlyDropped: number;
  /** Frames of MAVLink 1: a line set to it lacks much. */
  readonly mavlink1: number;
}

interface EarlyMessage {
  readonly message: Message;
  readonly sysid: number;
  readonly compid: number;
  readonly monoUs: number;
}

export class Vehicle {
  readonly #o: VehicleOptions;
  readonly #parser = new FrameParser();
  /** To command it, and to look at it. */
  readonly autopilot: AutopilotClient;
  readonly #sampler = new Sampler();
  readonly #texts = new StatusTexts();
  readonly #fold = new TextFold();
  readonly #flight: FlightHours;
  readonly #line: LineWatch;
  #unread: (() => void) | null = null;
  #ticker: NodeJS.Timeout | null = null;
  #loopTurnedMs: number;
  #chunkMs: number;
  #chunkUs = 0;
  #flushed = true;
  #linkSampleMs = 0;
  #flightSampleMs = 0;
  #samples = 0;
  #armed: boolean | null = null;
  #mode: string | null = null;
  #version: string | null = null;
  /** Null once an autopilot has been latched. */
  #early: EarlyMessage[] | null = [];
  #earlyDropped = 0;
  #mavlink1 = 0;

  constructor(o: VehicleOptions) {
    this.#o = o;
    this.#flight = new FlightHours(o.flight);
    const nowMs = o.nowUs() / 1000;
    this.#loopTurnedMs = nowMs;
    this.#chunkMs = nowMs;
    this.#line = new LineWatch(o.link, nowMs);
    this.autopilot = new AutopilotClient({
      sharePct: o.sharePct,
      nowMs: () => o.nowUs() / 1000,
      drawId: o.drawId,
      send: (frame, priority) => this.#send(frame, priority),
      onLatched: (sysid) => o.onEvent?.('latched', `system ${sysid}`),
      onRebooted: () => {
        this.#sampler.reset();
        o.onEvent?.('rebooted', 'proved by its time since boot');
      },
      onSwapped: (before, now) => o.onEvent?.('swapped', `${before} → ${now}`),
    });
  }

  start(): void {
    this.#unread = this.#o.link.read((chunk) => this.#chunk(chunk));
    this.#ticker = setInterval(() => this.#tick(), TICK_MS);
  }

  #send(frame: Uint8Array, priority: AutopilotPriority): boolean {
    const taken = this.#o.link.write(frame, priority);
    // Ours are MAVLink 2 frames: the id stands in bytes 7–9.
    const msgid = (frame[7] ?? 0) | ((frame[8] ?? 0) << 8) | ((frame[9] ?? 0) << 16);
    if (taken) this.#o.onFrame?.({ bytes: frame, msgid }, this.#o.nowUs());
    return taken;
  }

  /** Passes another's frame on as it is; it waits behind ours. */
  relay(frame: Uint8Array, msgid: number): boolean {
    const taken = this.#o.link.write(frame, 'bulk');
    if (taken) this.#o.onFrame?.({ bytes: frame, msgid }, this.#o.nowUs());
    return taken;
  }

  #chunk(chunk: Uint8Array): void {
    this.#chunkUs = Math.round(this.#o.nowUs());
    this.#chunkMs = this.#chunkUs / 1000;
    this.#flushed = false;
    this.#parser.push(chunk, (frame) => this.#frame(frame));
  }

  #frame(frame: Frame): void {
    this.#line.frame(this.#chunkMs);
    if (frame.version === 1) this.#mavlink1++;
    this.#o.onFrame?.(frame, this.#chunkUs);
    this.#o.onHeard?.(frame);
    const { sysid, compid, msgid } = frame;
    const ours = this.autopilot.isOurs(sysid, compid);
    if (!this.autopilot.wants(sysid, compid, msgid) && msgid !== RADIO_STATUS) {
      this.#keepEarly(frame);
      return;
    }
    const message = decode(frame);
    if (message === null) return;
    this.autopilot.take(message, sysid, compid, this.#chunkMs);
    if (!ours && this.autopilot.isOurs(sysid, compid)) this.#takeEarly();
    if (this.autopilot.isOurs(sysid, compid) || msgid === RADIO_STATUS) this.#message(message, sysid, this.#chunkUs);
  }

  /** An agent that starts in flight hears telemetry at once, but whose it is only with the next heartbeat. */
  #keepEarly(frame: Frame): void {
    if (this.#early === null || frame.compid !== AUTOPILOT_COMPONENT) return;
    if (this.#early.length >= MAX_EARLY) {
      this.#earlyDropped++;
      return;
    }
    const message = decode(frame);
    const { sysid, compid } = frame;
    if (message !== null) this.#early.push({ message, sysid, compid, monoUs: this.#chunkUs });
  }

  #takeEarly(): void {
    for (const { message, sysid, compid, monoUs } of this.#early ?? []) {
      if (this.autopilot.isOurs(sysid, compid)) this.#message(message, sysid, monoUs);
    }
    this.#early = null;
  }

  #message(message: Message, sysid: number, monoUs: number): void {
    if (message.name === 'STATUSTEXT') {
      for (const text of this.#texts.take(message.fields, monoUs)) this.#text(text);
      return;
    }
    if (message.name === 'SYSTEM_TIME') {
      const { time_unix_usec: utcUs, time_boot_ms: bootMs } = message.fields;
      this.#o.onGpsTime?.(Number(utcUs), monoUs, this.#wayUs(bootMs, monoUs));
      return;
    }
    for (const sample of this.#sampler.take(message, monoUs, sysid)) this.#sample(sample);
  }

  /** How long ago the autopilot stamped this, by its answers to TIMESYNC; null: it has not answered, or it makes no sense. */
  #wayUs(bootMs: number, monoUs: number): number | null {
    const offsetMs = this.autopilot.status(this.#chunkMs).clockOffsetMs;
    if (offsetMs === null || bootMs === 0) return null;
    const wayUs = monoUs - (bootMs - offsetMs) * 1000;
    return wayUs > -SYNC_ERR_US && wayUs < LONGEST_WAY_US ? Math.max(0, Math.round(wayUs)) : null;
  }

  #text(sample: Sample): void {
    if (sample.kind !== 'text') return;
    for (const text of this.#fold.take(sample)) this.#give(text);
  }

  #sample(sample: Sample): void {
    if (sample.kind === 'status') {
      const { armed, mode } = sample.values;
      this.#mode = mode;
      if (this.#flight.status(sample.values, sample.monoUs)) {
        this.#o.onFlightTotals?.(this.#flight.totals);
        this.#flightSampleMs = 0;
      }
      if (this.#armed !== armed && armed !== null) this.#o.onEvent?.(armed ? 'armed' : 'disarmed', `mode ${mode}`);
      this.#armed = armed;
    }
    if (sample.kind === 'autopilot') this.#version = sample.values.version;
    this.#give(sample);
  }

  #give(sample: Sample): void {
    this.#samples++;
    this.#o.onSample(sample);
  }

  #tick(): void {
    const { link, nowUs } = this.#o;
    const nowMs = nowUs() / 1000;
    if (!this.#flushed && nowMs - this.#chunkMs >= IDLE_FLUSH_MS) {
      this.#flushed = true;
      this.#parser.flush((frame) => this.#frame(frame));
    }
    for (const text of this.#texts.expire(nowMs * 1000)) this.#text(text);
    for (const text of this.#fold.expire(nowMs * 1000)) this.#give(text);
    const lineBytesPerS = link.nominalBytesPerS ?? FAST_LINE_BYTES_PER_S;
    this.autopilot.tick({ nowMs, loopTurnedMs: this.#loopTurnedMs, linkOpen: link.isOpen, lineBytesPerS });
    this.#loopTurnedMs = nowMs;
    this.#line.tick(nowMs);
    if (nowMs - this.#linkSampleMs >= LINK_SAMPLE_MS) {
      this.#linkSampleMs = nowMs;
      this.#give(this.#line.sample(nowMs, this.#parser.counters));
    }
    if (nowMs - this.#flightSampleMs >= FLIGHT_SAMPLE_MS) this.#flightSample(nowMs);
  }

  #flightSample(nowMs: number): void {
    this.#flightSampleMs = nowMs;
    const { flights, airS, armedS } = this.#flight.totals;
    if (this.#armed === true) this.#o.onFlightTotals?.(this.#flight.totals);
    this.#give({
      kind: 'flight',
      monoUs: Math.round(nowMs * 1000),
      bootMs: null,
      values: { flights, airS: Math.round(airS), armedS: Math.round(armedS) },
    });
  }

  status(): VehicleStatus {
    return {
      autopilot: this.autopilot.status(this.#o.nowUs() / 1000),
      parser: this.#parser.counters,
      flight: this.#flight.totals,
      samples: this.#samples,
      mode: this.#mode,
      version: this.#version,
      noFramesHints: this.#line.hints,
      earlyDropped: this.#earlyDropped,
      mavlink1: this.#mavlink1,
    };
  }

  close(): void {
    if (this.#ticker) clearInterval(this.#ticker);
    this.#unread?.();
    this.autopilot.close();
    this.#o.onFlightTotals?.(this.#flight.totals);
  }
}
