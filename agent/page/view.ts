/** Facts → what the page shows, in words: the script only writes it down. Pure. */
import type { Check, Facts, Status } from './facts.ts';

export type Level = 'ok' | 'plain' | 'attention' | 'danger';

export interface Row {
  readonly name: string;
  readonly value: string;
  readonly level: Level;
}

export interface PageView {
  readonly drone: string;
  readonly headline: { readonly words: string; readonly level: Level };
  readonly vehicle: { readonly words: string; readonly level: Level };
  readonly approach: {
    readonly safe: boolean;
    /** What is missing, in words; empty when safe. */
    readonly missing: readonly string[];
    /** How long from now this may be believed, ms: nothing newer may come. */
    readonly holdsMs: number;
  };
  /** What is wrong, the worst first, each with what to do. */
  readonly problems: readonly { readonly words: string; readonly advice: string }[];
  readonly lock: Facts['lock'];
  readonly preflight: { readonly words: string; readonly level: Level; readonly items: readonly PreflightRow[] };
  readonly parts: readonly { readonly title: string; readonly rows: readonly Row[] }[];
  readonly texts: readonly { readonly ageMs: number; readonly level: Level; readonly words: string }[];
  readonly log: Facts['log'];
}

export interface PreflightRow {
  readonly item: string;
  readonly verdict: Check['verdict'];
  readonly words: string;
  /** What was seen, against what. */
  readonly seen: string;
}

/** Older is no answer to "may I touch it?" (docs/flight-rules.md §9). */
const NOW_MS = 2_000;
/** EXTENDED_SYS_STATE may be asked for less often than heartbeats come. */
const LANDED_MS = 5_000;
const MAX_TEXTS = 12;
/** An age that says something. */
const WORTH_SAYING_MS = 5_000;
/** MAV_SEVERITY_CRITICAL, MAV_SEVERITY_WARNING. */
const [CRITICAL, WARNING] = [2, 4];

const row = (name: string, value: string, level: Level = 'plain'): Row => ({ name, value, level });
const megabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
export function span(ms: number): string {
  const s = ms / 1000;
  if (s < 10) return `${s.toFixed(1)} s`;
  if (s < 120) return `${Math.round(s)} s`;
  return s < 7_200 ? `${Math.round(s / 60)} min` : `${(s / 3600).toFixed(1)} h`;
}

export function approachOf({ status, lock, landed, landedAgeMs }: Facts): PageView['approach'] {
  const { alive, armed, lastHeartbeatAgeMs } = status.vehicle.autopilot;
  const ageMs = lastHeartbeatAgeMs ?? Number.POSITIVE_INFINITY;
  const landedMs = landedAgeMs ?? Number.POSITIVE_INFINITY;
  const missing: string[] = [];
  if (!alive || ageMs >= NOW_MS) missing.push('the autopilot was not heard within 2 s');
  if (armed !== false) missing.push(armed === true ? 'it is ARMED' : 'not known to be disarmed');
  if (landed !== 'on-ground' || landedMs >= LANDED_MS) missing.push('not known to be on the ground');
  if (lock === null) missing.push('not locked');
  const holdsMs = missing.length === 0 ? Math.max(0, Math.min(NOW_MS - ageMs, LANDED_MS - landedMs)) : 0;
  return { safe: missing.length === 0, missing, holdsMs: Math.round(holdsMs) };
}

const LANDED_WORDS: Readonly<Record<string, string>> = {
  'on-ground': 'on the ground',
  'in-air': 'IN THE AIR',
  'taking-off': 'TAKING OFF',
  landing: 'LANDING',
  unknown: 'landed or not is unknown',
};

function vehicleOf({ status, landed }: Facts): PageView['vehicle'] {
  const { autopilot, mode } = status.vehicle;
  if (autopilot.sysid === null) return { words: 'No autopilot heard yet.', level: 'danger' };
  if (!autopilot.alive) {
    return { words: `The autopilot is silent for ${span(autopilot.lastHeartbeatAgeMs ?? 0)}.`, level: 'danger' };
  }
  const armed = autopilot.armed === null ? 'armed or not is unknown' : autopilot.armed ? 'ARMED' : 'disarmed';
  const words = [armed, LANDED_WORDS[landed] ?? landed, mode ?? 'mode unknown'].join(', ');
  return { words, level: autopilot.armed === false ? 'plain' : 'danger' };
}

/** A problem says what is wrong, then what to do. */
function problemOf(text: string): PageView['problems'][number] {
  const end = /[.!]\s/.exec(text);
  if (end === null) return { words: text, advice: '' };
  return { words: text.slice(0, end.index + 1), advice: text.slice(end.index + 2) };
}

const ORDER: readonly Check['verdict'][] = ['stop', 'warn', 'ok'];
const counted = (items: readonly Check[], verdict: Check['verdict']): number =>
  items.filter((each) => each.verdict === verdict).length;

function preflightOf({ items }: Facts['preflight']): PageView['preflight'] {
  const stops = counted(items, 'stop');
  const warnings = counted(items, 'warn');
  const warned = warnings === 0 ? '' : `, ${warnings} to look at`;
  return {
    words: stops === 0 ? `nothing stops it${warned}` : `${stops} ${stops === 1 ? 'stop' : 'stops'}${warned}`,
    level: stops > 0 ? 'danger' : warnings > 0 ? 'attention' : 'ok',
    items: items
      .toSorted((a, b) => ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict))
      .map(({ item, verdict, words, value, limit, ageMs }) => ({
        ...{ item, verdict, words },
        seen: [
          value,
          limit === null || verdict === 'ok' ? null : `wanted: ${limit}`,
          ageMs === null || ageMs < WORTH_SAYING_MS ? null : `${span(ageMs)} ago`,
        ]
          .filter((each) => each !== null)
          .join(' · '),
      })),
  };
}

/** A pre-flight item as a row: what it measures is what people look for here. */
function checked({ preflight }: Facts, item: string, name: string): Row[] {
  const found = preflight.items.find((each) => each.item === item);
  if (found === undefined) return [];
  const level = ({ ok: 'plain', warn: 'attention', stop: 'danger' } as const)[found.verdict];
  return [row(name, [found.value, found.verdict === 'ok' ? null : found.words].filter(Boolean).join(': '), level)];
}

const withoutPassword = (url: string): string => url.replace(/\/\/[^@/]*@/, '//');

function linkRows({ link, vehicle, uplink, commanding }: Status): Row[] {
  const { autopilot } = vehicle;
  const heard = autopilot.alive ? 'heard' : 'NOT heard';
  const down = uplink.state !== 'up';
  const ladder = commanding.ladder.rung === 'none' ? [] : [row('link loss', commanding.ladder.words, 'attention')];
  const control = uplink.leaseLeftMs > 0 ? 'answers' : 'does not answer';
  return [
    row('autopilot', `${heard}, ${Math.round(link.inBytesPerS)} B/s`, autopilot.alive ? 'plain' : 'danger'),
    row('port', `${link.url}${link.open ? '' : ' NOT OPEN'}`, link.open ? 'plain' : 'danger'),
    row(
      'broker',
      uplink.url === ''
        ? 'none set'
        : `${withoutPassword(uplink.url)}: ${down ? (uplink.lastError ?? uplink.state) : 'connected'}`,
      down && uplink.url !== '' ? 'attention' : 'plain',
    ),
    row('controller', control, uplink.leaseLeftMs > 0 || uplink.url === '' ? 'plain' : 'attention'),
    row('ack in', uplink.smoothedAckMs === null ? '—' : span(uplink.smoothedAckMs)),
    row('ground link', commanding.groundLink.sending ? `up for ${span(commanding.groundLink.upMs)}` : 'not sent'),
    ...ladder,
  ];
}

function keepingRows({ outbox, recorder, losses }: Status): Row[] {
  const lost = Object.entries(losses).filter(([, count]) => count > 0);
  return [
    row('waiting', `${outbox.backlogRows} batches`, outbox.backlogRows > 100 ? 'attention' : 'plain'),
    row('outbox', `${megabytes(outbox.usedBytes)} of ${megabytes(outbox.budgetBytes)}`),
    ...(outbox.volatileBytes > 0
      ? [row('only in memory', `${megabytes(outbox.volatileBytes)}: do not cut the power`, 'danger')]
      : []),
    row('on disk within', `${span(outbox.worstNotDurableMs)} at worst`),
    row(
      'recording',
      recorder === null ? 'off' : `${recorder.state}, ${megabytes(recorder.bytes)} in ${recorder.files} files`,
      recorder === null || recorder.state === 'recording' ? 'plain' : 'attention',
    ),
    row(
      'lost',
      lost.length === 0 ? 'nothing' : lost.map(([name, count]) => `${name} ${count}`).join(', '),
      lost.length === 0 ? 'plain' : 'attention',
    ),
  ];
}

function clockRows({ clock }: Status): Row[] {
  if (clock === null) return [row('clock', 'nobody has told the time yet', 'attention')];
  const { utcUs, errUs, source, boardUs } = clock;
  const off = Math.abs(boardUs) > Math.max(errUs, 1e6);
  return [
    row('UTC', `${new Date(utcUs / 1000).toISOString().slice(0, 19)}Z ± ${span(errUs / 1000)}`),
    row('told by', source),
    row('this board', off ? `wrong by ${span(Math.abs(boardUs) / 1000)}` : 'right', off ? 'attention' : 'plain'),
  ];
}

export function viewOf(facts: Facts): PageView {
  const { status, headline } = facts;
  const { control } = status.commanding;
  const by = control.commander === null ? '' : `, in command: ${control.commander}`;
  const sends = headline.startsWith('Sending');
  return {
    drone: status.drone,
    headline: { words: headline, level: sends ? (status.problems.length === 0 ? 'ok' : 'plain') : 'attention' },
    vehicle: vehicleOf(facts),
    approach: approachOf(facts),
    problems: status.problems.map(problemOf),
    lock: facts.lock,
    preflight: preflightOf(facts.preflight),
    parts: [
      { title: 'Battery', rows: checked(facts, 'battery', 'pack') },
      {
        title: 'Position',
        rows: [
          ...checked(facts, 'gps', 'GPS'),
          ...checked(facts, 'position', 'position'),
          ...checked(facts, 'home', 'home'),
          ...checked(facts, 'compass', 'compass'),
        ],
      },
      {
        title: 'Control',
        rows: [
          row('control', `${control.state} (${control.why})${by}`, control.state === 'skein' ? 'plain' : 'attention'),
          ...checked(facts, 'rc', 'transmitter'),
        ],
      },
      { title: 'Links', rows: linkRows(status) },
      { title: 'Keeping', rows: keepingRows(status) },
      { title: 'Clock', rows: clockRows(status) },
      {
        title: 'Versions',
        rows: [
          row('agent', `${status.version}, start ${status.n}, up ${span(status.uptimeMs)}`),
          row('autopilot', status.vehicle.version ?? 'not said'),
          row('profile', status.safety.profile.name),
        ],
      },
    ],
    texts: facts.texts
      .slice(-MAX_TEXTS)
      .toReversed()
      .map(({ ageMs, severity, text }) => ({
        ...{ ageMs: Math.round(ageMs), words: text },
        level: severity <= CRITICAL ? 'danger' : severity <= WARNING ? 'attention' : 'plain',
      })),
    log: facts.log,
  };
}
