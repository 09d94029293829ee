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
  /** In what a person reads of it, whatever its letters' case: part, words, values, or `field=value`; null: all. */
  readonly grep: string | null;
}

/** A name of a field alone is nothing that was said: the line of health names every part each minute. */
export function matcher({ level, sinceMs, grep }: Wanted): (line: string, head: LineHead) => boolean {
  const says = grep === null ? () => true : saying(grep);
  return (line, head) => head.level >= level && head.timeMs >= sinceMs && says(line);
}

function saying(grep: string): (line: string) => boolean {
  const needle = grep.toLowerCase();
  const isIn = (text: string): boolean => text.toLowerCase().includes(needle);
  // As a value stands within the JSON of a line: what has it nowhere need not be parsed. A field has no "=" there.
  const written = needle.includes('=') ? null : JSON.stringify(needle).slice(1, -1);
  return (line) => {
    if (written !== null && !line.toLowerCase().includes(written)) return false;
    const fields = parse(line);
    if (fields === null) return isIn(line);
    const { part, msg, err } = fields;
    const more = moreOf(fields);
    if ([part, msg, err, ...more.map(([, value]) => value)].some((value) => leaves(value).some(isIn))) return true;
    return written === null && isIn(more.map(([key, value]) => `${key}=${shown(value)}`).join(' '));
  };
}

/** Bounded by the line it was parsed from. */
function leaves(value: unknown): readonly string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leaves);
  return value === undefined ? [] : [String(value)];
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

/** What is shown behind the words; of an error, what is not said by them. */
function moreOf(fields: Readonly<Record<string, unknown>>): readonly (readonly [string, unknown])[] {
  const { msg, err } = fields;
  const { message } = typeof err === 'object' && err !== null ? (err as Record<string, unknown>) : {};
  const more = Object.entries(fields).filter(([key]) => !LEFT_OUT.includes(key));
  return err === undefined || message === msg ? more : [...more, ['err', message ?? err]];
}

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
    const more = moreOf(fields).map(([key, value]) => `${harmless(key)}=${shown(value)}`);
    const { stack } = typeof err === 'object' && err !== null ? (err as Record<string, unknown>) : {};
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
