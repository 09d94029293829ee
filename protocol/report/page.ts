/**
 * A flight as one HTML file that needs nothing else: no network, no script. What is not known is said, not drawn. Its own
 * security policy forbids scripts, whatever text of others stands in it.
 */
import type { Face } from '../time/index.ts';
import { clockOf, lengthOf, marksOf, momentOf, utcClockOf, utcOf } from './axis.ts';
import { axisHtml, chartHtml, laneHtml } from './chart.ts';
import { escapeHtml } from './escape.ts';
import type { Flight, Span } from './flight.ts';
import { mapHtml } from './map.ts';
import { STYLE } from './style.ts';
import type { Place } from './way.ts';

/** What a browser is to allow it, also as a header. */
export const REPORT_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";

export type Flown = Pick<Flight, 'airS' | 'metres' | 'highestM' | 'used'>;

export interface ReportAbout {
  readonly drone: string;
  /** Where it was read: the recordings, or the controller. */
  readonly source: string;
  readonly madeAtUtcUs: number;
  readonly face: Face;
  /** Null: from the first word to the last. */
  readonly span: Span | null;
  /** Between leaving the ground and standing on it again, as the list of flights counts it; null: all that was looked at. */
  readonly flown: Flown | null;
  readonly planned: { readonly name: string; readonly places: readonly Place[] } | null;
  /** Named losses: what will never come. */
  readonly gaps: readonly (Span & { readonly reason: string })[];
  readonly filledLater: readonly Span[];
  /** What else a reader must know to read it right. */
  readonly notes: readonly string[];
}

const MAX_MARKED = 200;
/** They come each second: nearer than this is at the first, or the last. */
const HEARTBEATS_US = 1.5e6;
/** The agent says it each ten seconds at least, or not at all. */
const LINK_APART_US = 25e6;

const CONTROL_LOOKS: Readonly<Record<string, { readonly kind: string; readonly words: string }>> = {
  skein: { kind: 'skein', words: 'Skein' },
  pilot: { kind: 'pilot', words: 'PILOT' },
  'other-station': { kind: 'other', words: 'other station' },
  'autopilot-failsafe': { kind: 'failsafe', words: 'FAILSAFE' },
};
const controlLook = (state: string) => CONTROL_LOOKS[state] ?? { kind: 'unknown', words: 'not known' };

const metres = (m: number): string => (m < 1000 ? `${Math.round(m)} m` : `${(m / 1000).toFixed(2)} km`);
const fact = (name: string, value: string, more = ''): string =>
  `<div><dt>${name}</dt><dd>${escapeHtml(value)}${more === '' ? '' : `<small>${escapeHtml(more)}</small>`}</dd></div>`;

function chargeWords({ curves }: Flight): string {
  const [first, last] = [curves.charge.at(0), curves.charge.at(-1)];
  return first === undefined || last === undefined
    ? 'charge not reported'
    : `${first.value} % → ${last.value} % reported`;
}

/** It is in the air at the first or the last word: when it took off or landed is not known. */
function cutOff({ air, span }: Flight): { readonly begins: boolean; readonly ends: boolean } {
  const [first, last] = [air.at(0), air.at(-1)];
  return {
    begins: span !== null && first !== undefined && first.fromUtcUs - span.fromUtcUs < HEARTBEATS_US,
    ends: span !== null && last !== undefined && span.toUtcUs - last.toUtcUs < HEARTBEATS_US,
  };
}

function summaryHtml(flight: Flight, span: Span, about: ReportAbout): string {
  const { air, fastestMps } = flight;
  const { airS, metres: way, highestM, used } = about.flown ?? flight;
  const counted = `${about.flown === null ? 'in the time looked at' : 'in the air'}; `;
  const when = (utcUs: number): readonly [string, string] => [momentOf(utcUs, about.face), utcOf(utcUs)];
  const [first, last] = [air.at(0), air.at(-1)];
  const cut = cutOff(flight);
  return `<dl>${[
    first === undefined
      ? fact('took off', 'not in this time')
      : fact(cut.begins ? 'seen in the air from' : 'took off', ...when(first.fromUtcUs)),
    last === undefined
      ? fact('landed', 'not in this time')
      : fact(cut.ends ? 'seen in the air until' : 'landed', ...when(last.toUtcUs)),
    fact('in the air', lengthOf(airS), air.length > 1 ? `in ${air.length} parts` : ''),
    fact('distance over ground', way === null ? 'not known' : metres(way)),
    fact('highest above home', highestM === null ? 'not known' : `${highestM.toFixed(1)} m`),
    fact('fastest over ground', fastestMps === null ? 'not known' : `${fastestMps.toFixed(1)} m/s`),
    fact('energy', energyWords(used), `${used === null ? '' : counted}${chargeWords(flight)}`),
    fact(
      'looked at',
      lengthOf((span.toUtcUs - span.fromUtcUs) / 1e6),
      `${momentOf(span.fromUtcUs, about.face)} to ${clockOf(span.toUtcUs, about.face)}`,
    ),
  ].join('')}</dl>`;
}

function energyWords(used: Flight['used']): string {
  if (used === null) return 'not counted';
  return used.wh === null ? `${Math.round(used.mAh)} mAh` : `${used.wh.toFixed(1)} Wh (${Math.round(used.mAh)} mAh)`;
}

const sum = (spans: readonly Span[]): number =>
  spans.reduce((s, { fromUtcUs, toUtcUs }) => s + (toUtcUs - fromUtcUs) / 1e6, 0);

const times = (count: number): string => (count === 1 ? 'once' : `${count} times`);

/** Before the first word and after the last. */
const endsOf = ({ span: heard, apartUs }: Flight, span: Span): readonly Span[] =>
  heard === null
    ? []
    : [
        { fromUtcUs: span.fromUtcUs, toUtcUs: heard.fromUtcUs },
        { fromUtcUs: heard.toUtcUs, toUtcUs: span.toUtcUs },
      ].filter(({ fromUtcUs, toUtcUs }) => toUtcUs - fromUtcUs > apartUs);

/** What a reader must not take for granted. */
function notesOf(flight: Flight, span: Span, about: ReportAbout): string[] {
  const { silences, jumps, leftOut } = flight;
  const cut = cutOff(flight);
  const reasons = [...new Set(about.gaps.map(({ reason }) => reason))].join(', ');
  return [
    cut.begins ? 'It begins in the air: the take-off is not in it.' : '',
    cut.ends ? 'It ends in the air: the landing is not in it.' : '',
    silences.length === 0
      ? ''
      : `Nothing was heard of the autopilot ${times(silences.length)}, ${lengthOf(sum(silences))} in all (hatched). What happened then is not known.`,
    about.gaps.length === 0
      ? ''
      : `${about.gaps.length === 1 ? 'One stretch is' : `${about.gaps.length} stretches are`} lost for good (${reasons}), ${lengthOf(sum(about.gaps))} in all.`,
    about.filledLater.length === 0
      ? ''
      : `${lengthOf(sum(about.filledLater))} of it came later, after the link was back: nobody saw it live.`,
    jumps === 0
      ? ''
      : `The position jumped ${times(jumps)} farther than it can fly; the jumps are not in the distance.`,
    leftOut === 0 ? '' : `${leftOut} events or changes are left out: there were too many.`,
    ...endsOf(flight, span).map(({ fromUtcUs, toUtcUs }) =>
      fromUtcUs === span.fromUtcUs
        ? `Nothing is known before ${clockOf(toUtcUs, about.face)}.`
        : `Nothing is known after ${clockOf(fromUtcUs, about.face)}.`,
    ),
    ...about.notes,
  ].filter((words) => words !== '');
}

function timeHtml(flight: Flight, span: Span, about: ReportAbout): string {
  const { curves, lanes, apartUs } = flight;
  const marks = marksOf(span, about.face);
  const silences = [...endsOf(flight, span), ...flight.silences, ...about.gaps].slice(0, MAX_MARKED);
  const all = { span, apartUs, marks, silences };
  const modes = [...new Set(lanes.mode.map(({ state }) => state))];
  const later = about.filledLater.slice(0, MAX_MARKED).map((each) => ({ ...each, state: 'later' }));
  return [
    lanes.control.length === 0
      ? ''
      : laneHtml({ ...all, title: 'Control', bands: lanes.control, look: controlLook, known: true }),
    laneHtml({
      ...all,
      ...{ title: 'Mode', bands: lanes.mode, known: true },
      look: (state) => ({ kind: `mode${modes.indexOf(state) % 2}`, words: state }),
    }),
    lanes.failsafe.length === 0
      ? ''
      : laneHtml({
          ...all,
          title: 'Failsafe',
          bands: lanes.failsafe,
          look: () => ({ kind: 'failsafe', words: 'FAILSAFE' }),
        }),
    later.length === 0
      ? ''
      : laneHtml({ ...all, title: 'Came later', bands: later, look: () => ({ kind: 'later', words: '' }) }),
    chartHtml({ ...all, title: 'Height above home', unit: 'm', points: curves.height, least: 0, greatest: 10 }),
    chartHtml({ ...all, title: 'Speed over ground', unit: 'm/s', points: curves.speed, least: 0, greatest: 5 }),
    chartHtml({ ...all, title: 'Battery, as reported', unit: '%', points: curves.charge, least: 0, greatest: 100 }),
    chartHtml({ ...all, title: 'Battery', unit: 'V', points: curves.volts, least: 0, greatest: 5 }),
    chartHtml({
      ...{ ...all, apartUs: Math.max(apartUs, LINK_APART_US) },
      title: 'Link to the autopilot',
      unit: 'B/s received',
      points: curves.link,
      least: 0,
      greatest: 100,
    }),
    axisHtml(marks),
  ].join('\n');
}

function eventsHtml({ happenings }: Flight, { face }: ReportAbout): string {
  if (happenings.length === 0) return '<p class="none">Nothing was said.</p>';
  const rows = happenings.map(
    ({ utcUs, importance, who, words }) =>
      `<tr data-importance="${importance}"><td>${escapeHtml(clockOf(utcUs, face))}</td><td class="utc">${utcClockOf(utcUs)}</td><td>${escapeHtml(who)}</td><td>${importance === 'plain' ? '' : importance === 'danger' ? '▲▲ ' : '▲ '}${escapeHtml(words)}</td></tr>`,
  );
  return `<table><thead><tr><th>time</th><th class="utc">UTC</th><th>who</th><th>what</th></tr></thead><tbody>\n${rows.join('\n')}\n</tbody></table>`;
}

export function renderReport(flight: Flight, about: ReportAbout): string {
  const span = about.span ?? flight.span ?? { fromUtcUs: about.madeAtUtcUs, toUtcUs: about.madeAtUtcUs };
  const start = flight.air.at(0)?.fromUtcUs ?? span.fromUtcUs;
  const title = `${about.drone}, ${momentOf(start, about.face)}`;
  const notes = notesOf(flight, span, about).map((words) => `<li>${escapeHtml(words)}</li>`);
  const plan = about.planned;
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${REPORT_POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">
<title>Flight of ${escapeHtml(title)}</title><style>${STYLE}</style></head><body>
<h1>Flight of ${escapeHtml(about.drone)}</h1>
<p>${escapeHtml(momentOf(start, about.face))} <small>${utcOf(start)}</small></p>
${summaryHtml(flight, span, about)}
${notes.length === 0 ? '' : `<ul class="notes" aria-label="Read with care">${notes.join('')}</ul>`}
<section><h2>Where${plan === null ? '' : ` <small>planned: ${escapeHtml(plan.name)}</small>`}</h2>
${mapHtml({ track: flight.track, planned: plan?.places ?? [], home: flight.home })}</section>
<section class="long"><h2>When <small>times in ${escapeHtml(zoneOf(start, about.face))}</small></h2><div class="time">
${timeHtml(flight, span, about)}</div>
<p class="key"><span>▨ nothing known of that time</span></p></section>
<section class="long"><h2>What happened</h2>
${eventsHtml(flight, about)}</section>
<footer>Made ${escapeHtml(momentOf(about.madeAtUtcUs, about.face))} (${utcOf(about.madeAtUtcUs)}) from ${escapeHtml(about.source)}.</footer>
</body></html>
`;
}

const zoneOf = (utcUs: number, face: Face): string => momentOf(utcUs, face).split(' ').at(-1) ?? 'UTC';
