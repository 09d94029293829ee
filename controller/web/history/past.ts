/**
 * What the controller has of the span on screen: each kind asked for at the width of a chart, so that every extreme of it is
 * kept and no more is sent than can be seen. A new span ends the requests of the one before; what was read stays drawn until
 * its better comes.
 */
import { batch, computed, type Signal, signal } from '@preact/signals';
import { fetchTelemetry } from '../charts/telemetry-answer.ts';
import { type Command, readCommands } from '../commands/answers.ts';
import type { Span } from './span.ts';
import { type Ask, pointsFor, type Table, tableOf } from './table.ts';
import { type Track, trackOf } from './track.ts';

const NEVER_SILENT = Number.POSITIVE_INFINITY;

export const ASKS = {
  position: { kind: 'position', columns: ['latDeg', 'lonDeg', 'altRelM', 'headingDeg'], numbers: 4 },
  status: { kind: 'status', columns: ['mode', 'armed', 'landed', 'customMode'], numbers: 1 },
  air: { kind: 'air', columns: ['groundSpeedMps', 'climbMps'], numbers: 2 },
  battery: { kind: 'battery', columns: ['remainingPct', 'voltageV'], numbers: 2, instance: 0 },
  gps: { kind: 'gps', columns: ['satellites', 'hdop'], numbers: 2, instance: 0 },
  link: { kind: 'link', columns: ['inBytesPerS'], numbers: 1 },
  board: { kind: 'board', columns: ['notDurableMs'], numbers: 1 },
  control: { kind: 'control', columns: ['state'], numbers: 0, silenceS: 75 },
  text: { kind: 'text', columns: ['severity', 'text', 'repeats'], numbers: 1, silenceS: NEVER_SILENT },
  itinerary: {
    kind: 'itinerary',
    columns: ['itinerary', 'version', 'state', 'item'],
    numbers: 2,
    silenceS: NEVER_SILENT,
  },
} as const satisfies Readonly<Record<string, Ask>>;
export type PastKind = keyof typeof ASKS;

export interface Past {
  /** The newest that came, perhaps of another span; null: nothing yet. */
  readonly table: Table | null;
  readonly loading: boolean;
  /** Why it could not be read, in words. */
  readonly trouble: string | null;
}

/** What was said before the span may hold in it. */
const LOOK_BACK_MS: Partial<Record<PastKind, number>> = { itinerary: 6 * 3_600_000, status: 60_000, control: 90_000 };
/** Of what is said seldom and is no line: all of it, up to here. */
const WORDS = 3_000;
const COMMAND_PAGE = 200;
const COMMAND_PAGES = 3;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

const NOTHING: Past = { table: null, loading: true, trouble: null };
const KINDS = Object.keys(ASKS) as PastKind[];
export const pasts: Readonly<Record<PastKind, Signal<Past>>> = Object.fromEntries(
  KINDS.map((kind) => [kind, signal(NOTHING)]),
) as Record<PastKind, Signal<Past>>;
export const commands = signal<readonly { readonly command: Command; readonly drone: string }[]>([]);
/** What of them is missing, in words: the rest is shown without them; null: nothing. */
export const commandsMissing = signal<string | null>(null);
/** The controller's time when what is shown was asked for; null: nothing was read yet. */
export const readAtMs = signal<number | null>(null);

export const track = computed<Track | null>(() => {
  const { table } = pasts.position.value;
  return table === null ? null : trackOf(table);
});
export const isLoading = computed(() => KINDS.some((kind) => pasts[kind].value.loading));
/** The first thing that could not be read. */
export const trouble = computed(
  () => KINDS.map((kind) => pasts[kind].value.trouble).find((one) => one !== null) ?? null,
);
/** All was read, and the drone said nothing in this span. */
export const isEmpty = computed(() =>
  (['position', 'air', 'battery', 'gps', 'board'] as const).every((kind) => {
    const { table, loading } = pasts[kind].value;
    return !loading && table !== null && table.answer.rows === 0;
  }),
);

export function forget(): void {
  batch(() => {
    for (const kind of KINDS) pasts[kind].value = NOTHING;
    commands.value = [];
    commandsMissing.value = null;
    readAtMs.value = null;
  });
}

/** Reads all of it; returns what ends the reading. */
export function readPast(drone: string, span: Span, pixels: number, nowMs: number): () => void {
  const stop = new AbortController();
  const tell = (kind: PastKind, next: Partial<Past>): void => {
    if (!stop.signal.aborted) pasts[kind].value = { ...pasts[kind].peek(), ...next };
  };
  batch(() => {
    for (const kind of KINDS) tell(kind, { loading: true });
  });
  let open = KINDS.length;
  const read = async (kind: PastKind): Promise<void> => {
    const ask: Ask = ASKS[kind];
    const maxPoints = ask.silenceS === NEVER_SILENT ? WORDS : pointsFor(ask, pixels);
    const fromMs = span.fromMs - (LOOK_BACK_MS[kind] ?? 0);
    try {
      const answer = await fetchTelemetry({ drone, ...ask, fromMs, toMs: span.toMs, maxPoints }, stop.signal);
      tell(kind, { table: tableOf(ask, answer, maxPoints), loading: false, trouble: null });
    } catch (error) {
      tell(kind, { loading: false, trouble: error instanceof Error ? error.message : String(error) });
    }
    open -= 1;
    if (open === 0 && !stop.signal.aborted && trouble.peek() === null) readAtMs.value = nowMs;
  };
  for (const kind of KINDS) void read(kind);
  void readCommandsOf(drone, span, stop.signal).then(
    (read) => {
      if (stop.signal.aborted) return;
      commands.value = read.map((command) => ({ command, drone }));
      commandsMissing.value = read.length < COMMAND_PAGE * COMMAND_PAGES ? null : 'Its older commands are not shown.';
    },
    () => {
      if (!stop.signal.aborted) commandsMissing.value = 'The commands of this time cannot be read.';
    },
  );
  return () => stop.abort();
}

/** Ids of commands are ULIDs: 48 bits of time in ms, then random ones. The least of those made after this millisecond. */
function firstIdAfter(utcMs: number): string {
  const digits: string[] = [];
  for (let left = utcMs + 1; digits.length < 10; left = Math.floor(left / 32))
    digits.unshift(CROCKFORD[left % 32] ?? '');
  return digits.join('').padEnd(26, '0');
}

/** Those that were asked for in the span, or had not ended when it began. */
async function readCommandsOf(drone: string, span: Span, signal: AbortSignal): Promise<readonly Command[]> {
  const found: Command[] = [];
  let before = firstIdAfter(span.toMs);
  for (let page = 0; page < COMMAND_PAGES; page += 1) {
    const response = await fetch(`/api/v1/commands?drone=${drone}&limit=${COMMAND_PAGE}&before=${before}`, { signal });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const read = readCommands(await response.json());
    found.push(...read);
    const last = read.at(-1);
    if (read.length < COMMAND_PAGE || last === undefined || (last.issuedAtMs ?? 0) < span.fromMs) break;
    before = last.id;
  }
  return found;
}
