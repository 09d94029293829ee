/** `skein-agent logs`: what the agent wrote down, from its own files. */
import { setTimeout as wait } from 'node:timers/promises';
import { type Face, knowsZone, zoned } from '@skein/protocol/time';
import type { CommandLine } from './cli/index.ts';
import { EXIT, type Terminal } from './exit.ts';
import {
  harmless,
  headOf,
  LEVELS,
  LinePage,
  logFilesIn,
  logLines,
  matcher,
  parseSince,
  SINCE_WORDS,
  type Wanted,
} from './log/index.ts';
import { Outlet } from './outlet.ts';
import { AnonymousConfig, logFolder, readSettings } from './settings.ts';

/** How often a followed log is looked at, ms. */
const LOOK_MS = 300;
/** Shown of what was before, when it is followed and nobody says since when. */
const BEFORE = 20;
/** Text gathered before it is written. */
const WRITE_CHARS = 64 << 10;
/** The oldest are taken away so many at once. */
const SLACK = 100;

const newest = <T>(all: readonly T[], count: number): T[] => all.slice(Math.max(0, all.length - count));

export async function logs(line: CommandLine, io: Terminal): Promise<number> {
  const settings = readSettings(AnonymousConfig, line, process.env);
  const problems = settings.ok ? [] : [...settings.problems];
  if (!settings.ok) {
    io.complain(problems);
    return EXIT.usage;
  }
  const { timeZone: zone, timeFormat: hours } = settings.config.display;
  if (!knowsZone(zone)) problems.push(`display.timeZone: this machine knows no zone "${zone}"`);
  const face = { zone: knowsZone(zone) ? zone : 'UTC', hours };
  const since = line.options.get('since');
  const sinceMs = since === undefined ? Number.NEGATIVE_INFINITY : parseSince(since, Date.now(), face);
  if (sinceMs === null) problems.push(`--since ${since}: write ${SINCE_WORDS}`);
  const follow = line.switches.has('follow');
  const last = lastOf(line, follow && since === undefined ? BEFORE : null);
  if (last !== null && !(last >= 0 && Number.isInteger(last))) problems.push('--last wants a number of lines');
  if (problems.length > 0) {
    io.complain(problems);
    return EXIT.usage;
  }
  const dir = logFolder(settings.config);
  const missing = await whyNone(dir);
  if (missing !== null) {
    io.complain(missing);
    return EXIT.failed;
  }
  const level = LEVELS[line.options.get('level') ?? 'trace'] ?? 0;
  const wanted = { level, sinceMs: sinceMs ?? 0, grep: line.options.get('grep') ?? null };
  const page = line.switches.has('json') ? null : new LinePage(face, io.colours);
  try {
    const { strange, found, oldestMs } = await print({ dir, wanted, page, last, follow, io });
    if (found === 0) io.complain([nothing(dir, wanted, line, oldestMs, face)]);
    if (strange > 0) io.complain([`${strange} lines in ${dir} are no log lines: a power cut leaves parts of lines`]);
    return EXIT.ok;
  } catch (error) {
    io.complain([error instanceof Error ? error.message : String(error)]);
    return EXIT.failed;
  }
}

/** An empty answer looks like a command that did nothing. */
function nothing(dir: string, { sinceMs, grep }: Wanted, line: CommandLine, oldestMs: number, face: Face): string {
  const level = line.options.get('level');
  const what = [
    level === undefined ? 'no line' : `nothing of level ${level} or above`,
    grep === null ? '' : ` with "${harmless(grep)}"`,
  ].join('');
  if (!Number.isFinite(oldestMs)) return `${what} is in ${dir}: its files hold no log line yet`;
  const fromMs = Math.max(sinceMs, oldestMs);
  const { date, time, offset } = zoned(fromMs, face);
  return `${what} is in ${dir} since ${date} ${time} ${offset}${fromMs === oldestMs ? ', when it begins' : ''}`;
}

function lastOf(line: CommandLine, otherwise: number | null): number | null {
  const text = line.options.get('last');
  return text === undefined ? otherwise : Number(text);
}

/** Null: there are logs. */
async function whyNone(dir: string): Promise<string[] | null> {
  try {
    if ((await logFilesIn(dir)).length > 0) return null;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'EACCES') return [`${dir} may not be read by this user: try sudo, or the user that the agent runs as`];
    if (code !== 'ENOENT' && code !== 'ENOTDIR') return [message];
  }
  return [
    `there are no log files in ${dir}: no agent has run with this data directory, or it could not write there`,
    'Name its data directory with --config FILE or --dataDir=FOLDER (log.dir, if it logs elsewhere). Under systemd: journalctl -u skein-agent.',
  ];
}

interface Printing {
  readonly dir: string;
  readonly wanted: Wanted;
  /** Null: lines as they stand. */
  readonly page: LinePage | null;
  /** Only so many of what there is at first. */
  readonly last: number | null;
  readonly follow: boolean;
  readonly io: Terminal;
}

interface Printed {
  /** Lines that are none. */
  readonly strange: number;
  /** Lines that were wanted. */
  readonly found: number;
  /** Of the oldest line, ms UTC; infinite: there is none. */
  readonly oldestMs: number;
}

async function print({ dir, wanted, page, last, follow, io }: Printing): Promise<Printed> {
  const outlet = new Outlet(io.stream);
  const isWanted = matcher(wanted);
  let strange = 0;
  let found = 0;
  let oldestMs = Number.POSITIVE_INFINITY;
  let text = '';
  /** What there was, the newest at its end, not yet written out; null: it has been shown, or there is no limit. */
  let kept: (() => string)[] | null = last === null ? null : [];
  const show = async (): Promise<void> => {
    if (kept !== null)
      text = newest(kept, last ?? 0)
        .map((written) => written())
        .join('');
    kept = null;
    const part = text;
    text = '';
    await outlet.put(part);
  };
  const put = (written: () => string): void => {
    found++;
    if (kept === null) text += written();
    else if (kept.push(written) > 2 * (last ?? 0) + SLACK) kept = newest(kept, last ?? 0);
  };
  // Whoever looks at everything sees the rest of it, too.
  const isAll = page !== null && wanted.grep === null && wanted.level <= 10 && wanted.sinceMs < 0;
  const take = (one: string): void => {
    const head = headOf(one);
    if (head === null) {
      strange++;
      if (isAll) put(() => `${harmless(one)}\n`);
      return;
    }
    oldestMs = Math.min(oldestMs, head.timeMs);
    if (isWanted(one, head)) put(() => (page === null ? `${one}\n` : (page.line(one, head) ?? `${harmless(one)}\n`)));
  };
  const following = { pause: () => wait(LOOK_MS), onEnd: show };
  for await (const lines of logLines(dir, follow ? following : null)) {
    for (const one of lines) take(one);
    if (kept === null && text.length > WRITE_CHARS) await show();
    if (outlet.gone) break;
  }
  await show();
  outlet.release();
  return { strange, found, oldestMs };
}
