/** One line of a log file: which ones are wanted, and how a person reads it. */
import { type Face, zoned } from '@skein/protocol/time';

/** pino's numbers. */
export const LEVELS: Readonly<Record<string, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
};
const NAMES = new Map(Object.entries(LEVELS).map(([name, level]) => [level, name.toUpperCase().padEnd(5)]));
const PART_WIDTH = 9;

export interface LineHead {
  readonly level: number;
  readonly timeMs: number;
}

/** As pino begins every line; half a million of them are not all parsed to leave most out. */
const HEAD = /^\{"level":(\d+),"time":(\d+),/;

/** Null: it is no log line; a power cut leaves parts of lines. */
export function headOf(line: string): LineHead | null {
  const match = HEAD.exec(line);
  // A line that was cut does not end.
  if (match !== null && line.endsWith('}')) return { level: Number(match[1]), timeMs: Number(match[2]) };
  const parsed = parse(line);
  return typeof parsed?.level === 'number' && typeof parsed.time === 'number'
    ? { level: parsed.level, timeMs: parsed.time }
    : null;
}

export function parse(line: string): Readonly<Record<string, unknown>> | null {
  try {
    const parsed: unknown = JSON.parse(line);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export interface Wanted {
  /** Least level. */
  readonly level: number;
  readonly sinceMs: number;
  /** In words or fields, whatever its letters' case; null: all. */
  readonly grep: string | null;
}

export function matcher({ level, sinceMs, grep }: Wanted): (line: string, head: LineHead) => boolean {
  // As it stands within the JSON of a line.
  const needle = grep === null ? null : JSON.stringify(grep).slice(1, -1).toLowerCase();
  return (line, head) =>
    head.level >= level && head.timeMs >= sinceMs && (needle === null || line.toLowerCase().includes(needle));
}

/** What others wrote (an autopilot, a station) must not steer the terminal. */
const CONTROL = /\p{Cc}/gu;
export const harmless = (text: string): string =>
  text.replace(CONTROL, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`);

function shown(value: unknown): string {
  if (typeof value === 'string') return /^[^\s"=]+$/.test(value) ? harmless(value) : harmless(JSON.stringify(value));
  return harmless(JSON.stringify(value) ?? '');
}

const COLOURS: Readonly<Record<number, string>> = { 40: '33', 50: '31', 60: '35' };
const LEFT_OUT = ['level', 'time', 'drone', 'part', 'msg', 'pid', 'hostname', 'err'];

/** `2026-11-21 21:14:07.123 UTC+1  WARN  link       nothing listens there  tries=3`, and where an error was thrown below it. */
export class LinePage {
  readonly #face: Face;
  readonly #colours: boolean;
  /** Lines come many a second, and a date is slow to write. */
  #second: { readonly s: number; readonly date: string; readonly offset: string } | null = null;

  constructor(face: Face, colours: boolean) {
    this.#face = face;
    this.#colours = colours;
  }

  #time(timeMs: number): string {
    const s = Math.floor(timeMs / 1000);
    if (this.#second?.s !== s) {
      const { date, time, offset } = zoned(s * 1000, this.#face);
      this.#second = { s, date: `${date} ${time}`, offset };
    }
    const { date, offset } = this.#second;
    const [clock = '', half] = date.split(/ (?=[ap]m$)/);
    const ms = String(Math.floor(timeMs - s * 1000)).padStart(3, '0');
    return `${clock}.${ms}${half === undefined ? '' : ` ${half}`} ${offset}`;
  }

  line(text: string, { level, timeMs }: LineHead): string | null {
    const fields = parse(text);
    if (fields === null) return null;
    const { part, msg, err } = fields;
    const name = NAMES.get(level) ?? String(level).padEnd(5);
    const colour = this.#colours ? COLOURS[level] : undefined;
    const words = typeof msg === 'string' ? harmless(msg) : '';
    const more = Object.entries(fields)
      .filter(([key]) => !LEFT_OUT.includes(key))
      .map(([key, value]) => `${harmless(key)}=${shown(value)}`);
    const { message, stack } = typeof err === 'object' && err !== null ? (err as Record<string, unknown>) : {};
    if (err !== undefined && message !== msg) more.push(`err=${shown(message ?? err)}`);
    const trace = typeof stack === 'string' ? stack.split('\n').slice(1) : [];
    return [
      `${this.#time(timeMs)}  ${colour === undefined ? name : `\x1b[${colour}m${name}\x1b[0m`} `,
      `${(typeof part === 'string' ? harmless(part) : '').padEnd(PART_WIDTH)}  `,
      [words, more.join(' ')].filter((each) => each !== '').join('  '),
      '\n',
      ...trace.map((line) => `    ${harmless(line.trim())}\n`),
    ].join('');
  }
}
