/** The newest lines of the log, for the page; the log itself goes on as it does. */

const KEPT = 40;
const MAX_CHARACTERS = 300;

export interface RecentLine {
  /** By the board's clock, ms of UTC. */
  readonly timeMs: number;
  readonly level: 'info' | 'warn' | 'error';
  readonly part: string;
  readonly words: string;
}

type Say = (fields: object, message: string) => void;
export interface Speaker {
  info: Say;
  warn: Say;
  error: Say;
}

export class RecentLines {
  readonly #utcUs: () => number;
  readonly #lines: RecentLine[] = [];

  constructor(utcUs: () => number) {
    this.#utcUs = utcUs;
  }

  /** The same log, overheard. */
  over(log: Speaker): Speaker {
    const overhear =
      (level: RecentLine['level']): Say =>
      (fields, message) => {
        this.#keep(level, fields, message);
        log[level](fields, message);
      };
    return { info: overhear('info'), warn: overhear('warn'), error: overhear('error') };
  }

  #keep(level: RecentLine['level'], fields: object, message: string): void {
    const part = 'part' in fields && typeof fields.part === 'string' ? fields.part : '';
    // Once a minute the same: it would push out what happened.
    if (part === 'health') return;
    const words = message.length > MAX_CHARACTERS ? `${message.slice(0, MAX_CHARACTERS)}…` : message;
    this.#lines.push({ timeMs: Math.round(this.#utcUs() / 1000), level, part, words });
    if (this.#lines.length > KEPT) this.#lines.shift();
  }

  /** The newest first. */
  lines(): readonly RecentLine[] {
    return this.#lines.toReversed();
  }
}
