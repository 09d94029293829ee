/**
 * Gets the planned streams from the autopilot and keeps them coming.
 *
 *   wanted ──ask──▶ asked ──ACCEPTED──▶ granted ──missing for 5 intervals──▶ wanted
 *                     │ DENIED, FAILED, UNSUPPORTED ──▶ denied (until the next reboot)
 *                     └ no answer, three times ──▶ silent (asked again after 10 s)
 *
 * One question is outstanding at a time, so its COMMAND_ACK can be told apart. Pure: inputs with their time go in, the
 * commands to send come out. SET_MESSAGE_INTERVAL is exact, belongs to the link and is lost at a reboot (observed).
 */
import { MavCmd, MavResult } from '@skein/protocol/mavlink';
import type { PlannedStream } from './streams.ts';

const ANSWER_WAIT_MS = 700;
const MAX_ATTEMPTS = 3;
const RETRY_SILENT_MS = 10_000;
const RETRY_BUSY_MS = 3_000;
const MISSING_INTERVALS = 5;
const MISSING_MIN_MS = 4_000;
/** A stream that is granted and never comes (no such sensor) is asked for again this seldom. */
const RETRY_MUTE_MS = 60_000;

export interface AskOutput {
  readonly command: number;
  readonly confirmation: number;
  readonly param1: number;
  readonly param2: number;
}

export type StreamState = 'wanted' | 'asked' | 'granted' | 'denied' | 'silent' | 'left-out';

interface Item {
  readonly command: number;
  readonly msgid: number;
  readonly name: string;
  readonly hz: number;
  state: StreamState;
  attempts: number;
  /** Not before this time. */
  notBeforeMs: number;
  grantedMs: number;
  lastSeenMs: number;
  /** Times it was granted and did not come. */
  missed: number;
}

export interface IntervalCounters {
  asked: number;
  granted: number;
  denied: number;
  unanswered: number;
  askedAgain: number;
}

export class IntervalKeeper {
  readonly counters: IntervalCounters = { asked: 0, granted: 0, denied: 0, unanswered: 0, askedAgain: 0 };
  #items: Item[] = [];
  #outstanding: { item: Item; deadlineMs: number } | null = null;

  /** Begins anew: a first latch, a reboot, a reopened link, another plan. */
  start(plan: readonly PlannedStream[], once: readonly { readonly name: string; readonly msgid: number }[]): void {
    const fresh = { attempts: 0, notBeforeMs: 0, grantedMs: 0, lastSeenMs: Number.NEGATIVE_INFINITY, missed: 0 };
    this.#outstanding = null;
    this.#items = [
      ...plan.map(({ name, msgid, hz }) => ({
        ...fresh,
        command: MavCmd.SET_MESSAGE_INTERVAL,
        msgid,
        name,
        hz,
        state: hz > 0 ? ('wanted' as const) : ('left-out' as const),
      })),
      ...once.map(({ name, msgid }) => ({
        ...fresh,
        command: MavCmd.REQUEST_MESSAGE,
        msgid,
        name,
        hz: 0,
        state: 'wanted' as const,
      })),
    ];
  }

  stop(): void {
    this.#items = [];
    this.#outstanding = null;
  }

  /** A message of this id came from our autopilot. */
  seen(msgid: number, nowMs: number): void {
    for (const item of this.#items) {
      if (item.msgid !== msgid) continue;
      item.lastSeenMs = nowMs;
      item.missed = 0;
    }
  }

  /** A COMMAND_ACK from our autopilot that is meant for us or for nobody in particular. */
  acknowledged(command: number, result: number, nowMs: number): void {
    const waiting = this.#outstanding;
    if (waiting === null || waiting.item.command !== command) return;
    const { item } = waiting;
    if (result === MavResult.IN_PROGRESS) {
      waiting.deadlineMs = nowMs + ANSWER_WAIT_MS * 4;
      return;
    }
    this.#outstanding = null;
    item.attempts = 0;
    if (result === MavResult.ACCEPTED) {
      item.state = 'granted';
      item.grantedMs = nowMs;
      this.counters.granted++;
    } else if (result === MavResult.TEMPORARILY_REJECTED) {
      item.state = 'wanted';
      item.notBeforeMs = nowMs + RETRY_BUSY_MS;
    } else {
      item.state = 'denied';
      this.counters.denied++;
    }
  }

  /**
   * Call every 100 ms or so, and after each answer: the command to send now, or null. While the vehicle is armed only
   * intervals are asked for: an agent that starts beside a flying one does no more than it must.
   */
  tick(nowMs: number, armed: boolean): AskOutput | null {
    const waiting = this.#outstanding;
    if (waiting !== null) {
      if (nowMs < waiting.deadlineMs) return null;
      const { item } = waiting;
      if (item.attempts < MAX_ATTEMPTS) return this.#ask(item, nowMs);
      this.counters.unanswered++;
      item.state = 'silent';
      item.attempts = 0;
      item.notBeforeMs = nowMs + RETRY_SILENT_MS;
      this.#outstanding = null;
    }
    this.#lookForMissing(nowMs);
    const next = this.#items.find(
      (item) =>
        (item.state === 'wanted' || item.state === 'silent') &&
        nowMs >= item.notBeforeMs &&
        (!armed || item.command === MavCmd.SET_MESSAGE_INTERVAL),
    );
    return next ? this.#ask(next, nowMs) : null;
  }

  #ask(item: Item, nowMs: number): AskOutput {
    const confirmation = item.attempts;
    item.state = 'asked';
    item.attempts++;
    this.counters.asked++;
    this.#outstanding = { item, deadlineMs: nowMs + ANSWER_WAIT_MS };
    const interval = item.command === MavCmd.SET_MESSAGE_INTERVAL;
    return {
      command: item.command,
      confirmation,
      param1: item.msgid,
      param2: interval ? Math.round(1e6 / item.hz) : 0,
    };
  }

  #lookForMissing(nowMs: number): void {
    for (const item of this.#items) {
      if (item.state !== 'granted' || item.command !== MavCmd.SET_MESSAGE_INTERVAL) continue;
      const patienceMs = Math.max(MISSING_MIN_MS, (MISSING_INTERVALS * 1000) / item.hz);
      if (nowMs - Math.max(item.lastSeenMs, item.grantedMs) < patienceMs) continue;
      item.missed++;
      item.state = 'wanted';
      // Twice quickly (somebody else stopped it), then seldom (it has no such sensor).
      item.notBeforeMs = item.missed <= 2 ? nowMs : nowMs + RETRY_MUTE_MS;
      this.counters.askedAgain++;
    }
  }

  /** For status: each stream, its rate and how it stands. */
  get streams(): readonly { readonly name: string; readonly hz: number; readonly state: StreamState }[] {
    return this.#items
      .filter((item) => item.command === MavCmd.SET_MESSAGE_INTERVAL)
      .map(({ name, hz, state }) => ({ name, hz, state }));
  }
}
