/** What we want to hear, kept coming: the plan for this line (streams.ts) and the questions for it (intervals.ts). */
import { messageByName } from '@skein/protocol/mavlink';
import type { CommandRequest } from './command.ts';
import { IntervalKeeper } from './intervals.ts';
import { type ExtraStream, planStreams, WANTED_ONCE, wantedStreams } from './streams.ts';

export interface StreamKeeperOptions {
  /** Of the line, for everything asked for. */
  readonly sharePct: number;
  readonly ask: (request: CommandRequest, confirmation: number) => void;
  readonly isTaken: (command: number) => boolean;
}

export class StreamKeeper {
  readonly #o: StreamKeeperOptions;
  readonly #intervals = new IntervalKeeper();
  #extra: readonly ExtraStream[] = [];
  #asking = false;
  #changed = false;

  constructor(o: StreamKeeperOptions) {
    this.#o = o;
  }

  get counters(): IntervalKeeper['counters'] {
    return this.#intervals.counters;
  }

  get streams(): IntervalKeeper['streams'] {
    return this.#intervals.streams;
  }

  get outstanding(): number | null {
    return this.#intervals.outstanding;
  }

  /** What others want besides: the faster of both is asked for. */
  setExtra(extra: readonly ExtraStream[]): void {
    this.#extra = extra;
    this.#changed = true;
  }

  /** It has forgotten: a reboot, or a reopened link. All is asked for again. */
  forgotten(): void {
    this.#asking = false;
  }

  seen(msgid: number, nowMs: number): void {
    this.#intervals.seen(msgid, nowMs);
  }

  acknowledged(command: number, result: number, nowMs: number, armed: boolean): void {
    this.#intervals.acknowledged(command, result, nowMs);
    this.#next(nowMs, armed);
  }

  /** Call every 100 ms while there is somebody to ask. */
  tick(o: { readonly nowMs: number; readonly lineBytesPerS: number; readonly armed: boolean }): void {
    if (!this.#asking || this.#changed) {
      const { lineBytesPerS } = o;
      const plan = planStreams({ lineBytesPerS, sharePct: this.#o.sharePct, wanted: wantedStreams(this.#extra) });
      if (this.#asking) this.#intervals.change(plan);
      else this.#intervals.start(plan, ONCE);
      this.#asking = true;
      this.#changed = false;
    }
    this.#next(o.nowMs, o.armed);
  }

  #next(nowMs: number, armed: boolean): void {
    if (!this.#asking) return;
    const ask = this.#intervals.tick(nowMs, armed, this.#o.isTaken);
    if (ask === null) return;
    const { command, confirmation, param1, param2 } = ask;
    this.#o.ask({ command, params: [param1, param2], klass: 'repeatable' }, confirmation);
  }
}

const ONCE = WANTED_ONCE.map((name) => ({ name, msgid: messageByName(name).id }));
