/** What happened in a span, as marks on its timeline: modes, arming, who had control, texts, commands, itineraries. Pure. */
import { isFinal } from '@skein/protocol/fleet';
import { type Command, deliveryTo } from '../commands/answers.ts';
import { textsOf } from '../detail/said.ts';
import type { Span } from './span.ts';
import type { Table } from './table.ts';

export type MarkKind = 'mode' | 'armed' | 'control' | 'text' | 'command' | 'itinerary';

export interface Mark {
  readonly atMs: number;
  readonly kind: MarkKind;
  readonly words: string;
  readonly level: 'plain' | 'attention' | 'danger';
}

export interface Happened {
  readonly status: Table | null;
  readonly control: Table | null;
  readonly texts: Table | null;
  readonly itinerary: Table | null;
  readonly commands: readonly Asked[];
}

export interface Asked {
  readonly command: Command;
  readonly drone: string;
}

const DANGER: readonly string[] = ['emergency', 'alert', 'critical'];
const ATTENTION: readonly string[] = ['error', 'warning'];
const CONTROL_WORDS: Readonly<Record<string, string>> = {
  skein: 'Skein has control',
  pilot: 'a pilot has control',
  'other-station': 'another station has control',
  'autopilot-failsafe': 'the autopilot flies a failsafe',
  unknown: 'who has control is not known',
};
const BAD_STANDS: readonly string[] = ['refused', 'failed', 'void', 'interrupted', 'aborted'];
const BAD_ENDS: readonly string[] = ['failed', 'rejected', 'expired', 'unknown'];

/** By time; what a kind said of several columns at once is as many marks. */
export function marksOf(happened: Happened, span: Span): Mark[] {
  const { status, control, texts, itinerary, commands } = happened;
  const marks = [
    ...changesOf(status, 'mode').map(({ atMs, to }) => plain(atMs, 'mode', `mode ${String(to)}`)),
    ...changesOf(status, 'armed').map(({ atMs, to }) => plain(atMs, 'armed', to === true ? 'armed' : 'disarmed')),
    ...changesOf(control, 'state').map(({ atMs, to }): Mark => {
      const words = CONTROL_WORDS[String(to)] ?? String(to);
      return { atMs, kind: 'control', words, level: to === 'autopilot-failsafe' ? 'danger' : 'plain' };
    }),
    ...textMarks(texts),
    ...standMarks(itinerary),
    ...commands.flatMap(commandMarks),
  ];
  return marks.filter(({ atMs }) => atMs >= span.fromMs && atMs <= span.toMs).sort((a, b) => a.atMs - b.atMs);
}

const plain = (atMs: number, kind: MarkKind, words: string): Mark => ({ atMs, kind, words, level: 'plain' });

/** Where a column says something else than before; the first value of a span is no change. */
function changesOf(table: Table | null, column: string): { readonly atMs: number; readonly to: unknown }[] {
  const changes: { atMs: number; to: unknown }[] = [];
  let before: unknown;
  (table?.answer.columns[column] ?? []).forEach((value, i) => {
    if (value === null || value === undefined) return;
    if (before !== undefined && value !== before) changes.push({ atMs: table?.timesMs[i] ?? 0, to: value });
    before = value;
  });
  return changes;
}

function textMarks(texts: Table | null): Mark[] {
  if (texts === null) return [];
  return textsOf(texts.answer)
    .filter(({ text }) => text !== '')
    .map(({ atMs, severity, text, repeats }) => ({
      atMs,
      kind: 'text',
      words: repeats > 0 ? `“${text}” ×${repeats + 1}` : `“${text}”`,
      level: DANGER.includes(severity) ? 'danger' : ATTENTION.includes(severity) ? 'attention' : 'plain',
    }));
}

function standMarks(table: Table | null): Mark[] {
  if (table === null) return [];
  const { itinerary = [], state = [], item = [] } = table.answer.columns;
  return table.timesMs.flatMap((atMs, i): Mark[] => {
    const [id, to] = [itinerary[i], state[i]];
    if (typeof id !== 'string' || typeof to !== 'string') return [];
    const at = typeof item[i] === 'number' ? `, item ${String(item[i])}` : '';
    return [
      {
        atMs,
        kind: 'itinerary',
        words: `itinerary ${id}: ${to.replaceAll('-', ' ')}${at}`,
        level: BAD_STANDS.includes(to) ? 'attention' : 'plain',
      },
    ];
  });
}

/** When it was asked for, and how it ended. */
function commandMarks({ command, drone }: Asked): Mark[] {
  const marks: Mark[] = [];
  const by = command.issuedBy === '' ? '' : ` by ${command.issuedBy}`;
  if (command.issuedAtMs !== null) marks.push(plain(command.issuedAtMs, 'command', `${command.type} asked${by}`));
  const delivery = deliveryTo(command, drone);
  if (delivery !== null && delivery.atMs !== null && isFinal(delivery.state)) {
    const why = delivery.words ?? delivery.reason;
    marks.push({
      atMs: delivery.atMs,
      kind: 'command',
      words: `${command.type} ${delivery.state}${why === null ? '' : `: ${why}`}`,
      level: BAD_ENDS.includes(delivery.state) ? 'attention' : 'plain',
    });
  }
  return marks;
}

/** The mark before or after an instant. */
export function neighbour(marks: readonly Mark[], atMs: number, way: -1 | 1): Mark | null {
  const beside = marks.filter((mark) => (way > 0 ? mark.atMs > atMs : mark.atMs < atMs));
  return (way > 0 ? beside[0] : beside.at(-1)) ?? null;
}

/** So many around an instant, those before it first: the list beside the slider. */
export function around(marks: readonly Mark[], atMs: number, many: number): readonly Mark[] {
  const after = marks.findIndex((mark) => mark.atMs > atMs);
  const at = after < 0 ? marks.length : after;
  const from = Math.max(0, Math.min(at - Math.ceil(many / 2), marks.length - many));
  return marks.slice(from, from + many);
}

/** What of many is drawn on so many pixels: of those that fall together the most important. */
export function thinned(marks: readonly Mark[], span: Span, pixels: number): Mark[] {
  const perPx = (span.toMs - span.fromMs) / Math.max(1, pixels / 3);
  const kept = new Map<string, Mark>();
  const rank = { plain: 0, attention: 1, danger: 2 };
  for (const mark of marks) {
    const place = `${mark.kind} ${Math.floor((mark.atMs - span.fromMs) / perPx)}`;
    const held = kept.get(place);
    if (held === undefined || rank[mark.level] > rank[held.level]) kept.set(place, mark);
  }
  return [...kept.values()];
}

/** The itinerary a drone was under way with at an instant, by its own word. */
export function planAt(
  table: Table | null,
  atMs: number,
): { readonly id: string; readonly version: number; readonly item: number | null } | null {
  if (table === null) return null;
  const { itinerary = [], version = [], item = [] } = table.answer.columns;
  let found: ReturnType<typeof planAt> = null;
  table.timesMs.forEach((time, i) => {
    const [id, number, under] = [itinerary[i], version[i], item[i]];
    if (time > atMs || typeof id !== 'string' || typeof number !== 'number') return;
    found = { id, version: number, item: typeof under === 'number' ? under : null };
  });
  return found;
}
