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
/** SET_MESSAGE_INTERVAL: stop it. */
const STOP = -1;
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
  /** 0: to be stopped. */
  hz: number;
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

  /** Other rates wanted: what stays as it is, is not asked again; what is wanted no more is stopped. */
  change(plan: readonly PlannedStream[]): void {
    const wanted = new Map(plan.map((stream) => [stream.msgid, stream]));
    for (const item of this.#items) {
      if (item.command !== MavCmd.SET_MESSAGE_INTERVAL) continue;
      const hz = wanted.get(item.msgid)?.hz ?? 0;
      wanted.delete(item.msgid);
      if (hz === item.hz) continue;
      item.hz = hz;
      if (item.state === 'denied') continue;
      item.state = hz > 0 || item.state === 'granted' || item.state === 'asked' ? 'wanted' : 'left-out';
      item.notBeforeMs = 0;
      item.missed = 0;
      item.attempts = 0;
      // Its answer was to another question; a late one to this id is harmless.
      if (this.#outstanding?.item === item) this.#outstanding = null;
    }
    const fresh = { attempts: 0, notBeforeMs: 0, grantedMs: 0, lastSeenMs: Number.NEGATIVE_INFINITY, missed: 0 };
    for (const { name, msgid, hz } of wanted.values()) {
      if (hz > 0) {
        this.#items.push({ ...fresh, command: MavCmd.SET_MESSAGE_INTERVAL, msgid, name, hz, state: 'wanted' });
      }
    }
  }

  /** The command that waits for an answer; null: none. */
  get outstanding(): number | null {
    return this.#outstanding?.item.command ?? null;
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
      item.state = item.command === MavCmd.SET_MESSAGE_INTERVAL && item.hz === 0 ? 'left-out' : 'granted';
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
   * intervals are asked for: an agent that starts beside a flying one does no more than it must. `isTaken`: somebody
   * else has a question of that command outstanding, or waits to; its turn comes first.
   */
  tick(nowMs: number, armed: boolean, isTaken: (command: number) => boolean = () => false): AskOutput | null {
    const waiting = this.#outstanding;
    if (waiting !== null) {
      if (nowMs < waiting.deadlineMs) return null;
      const { item } = waiting;
      if (item.attempts < MAX_ATTEMPTS && !isTaken(item.command)) return this.#ask(item, nowMs);
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
        (!armed || item.command === MavCmd.SET_MESSAGE_INTERVAL) &&
        !isTaken(item.command),
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
      param2: !interval ? 0 : item.hz === 0 ? STOP : Math.round(1e6 / item.hz),
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
