/** GET /api/v1/drones/:id/report: a flight as one HTML file, made of what is stored (protocol/report). */
import {
  FlightRecord,
  isPlace,
  ONE_FLIGHT_US,
  type Place,
  REPORT_COLUMNS,
  REPORT_KINDS,
  REPORT_POLICY,
  type ReportKind,
  renderReport,
  type Seen,
  SILENCE_US,
  type Span,
} from '@skein/protocol/report';
import { HOUR_STYLES, knowsZone } from '@skein/protocol/time';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { askedTime } from './asked-time.ts';
import { Problem, ProblemSchema } from './errors.ts';
import type { HttpPorts, SeriesAnswer } from './ports.ts';

/** The last flight is looked for so far back, and no report spans more. */
const DAY_US = 86_400e6;
const MAX_ROWS = 20_000;
/** Shown before take-off and after landing, unless a time is asked for. */
const AROUND_US = 60e6;

const Params = Type.Object({ id: Type.String({ minLength: 1, maxLength: 32, description: 'drone id' }) });
const Time = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }));
const Query = Type.Object({
  from: Time('first instant: RFC 3339 or epoch ms; without from and to the last flight of the day that ends now'),
  to: Time('last instant; now when left out; at most a day after `from`'),
  zone: Type.Optional(
    Type.String({
      maxLength: 64,
      pattern: '^[A-Za-z_]+(/[A-Za-z0-9_+-]+){0,2}$',
      description: 'times are shown in it; UTC',
    }),
  ),
  hours: Type.Optional(Type.Union(HOUR_STYLES.map((style) => Type.Literal(style)))),
});

/** Rows of one kind become samples; what the store answers is what its kind says. */
function* samplesOf(kind: ReportKind, { timesUtcUs, columns }: SeriesAnswer): Generator<Seen> {
  const names = REPORT_COLUMNS[kind];
  for (const [i, utcUs] of timesUtcUs.entries()) {
    const values = Object.fromEntries(names.map((name) => [name, columns[name]?.[i] ?? null]));
    yield { kind, utcUs, values } as Seen;
  }
}

interface Read {
  readonly drone: string;
  readonly span: Span;
  readonly ports: HttpPorts;
}

function series({ drone, span, ports }: Read, kind: ReportKind): Promise<SeriesAnswer> {
  return ports.series({ drone, kind, ...span, maxPoints: MAX_ROWS, columns: REPORT_COLUMNS[kind] });
}

/** What is shown, and the flight in it; null: whatever happened in that time. */
interface Asked {
  readonly span: Span;
  readonly flight: Span | null;
}

/** As the drone's own list has them (agent/flights): a short silence ends none. */
async function flightsIn(read: Read): Promise<readonly Span[]> {
  const record = new FlightRecord({ silenceUs: Math.max(ONE_FLIGHT_US, thinnedUs(read.span)) });
  for (const sample of samplesOf('status', await series(read, 'status'))) record.take(sample);
  return record.finish().air;
}

/** The last time in the air of the day before `toUtcUs`, with a little around it, but nothing of another flight. */
async function lastFlight(ports: HttpPorts, drone: string, toUtcUs: number): Promise<Asked> {
  const day = { fromUtcUs: toUtcUs - DAY_US, toUtcUs };
  const roughly = (await flightsIn({ drone, span: day, ports })).at(-1);
  if (roughly === undefined) throw new Problem('no-flight');
  const around = (one: Span, before?: Span): Span => ({
    fromUtcUs: Math.max(one.fromUtcUs - AROUND_US, before?.toUtcUs ?? 0),
    toUtcUs: Math.min(one.toUtcUs + AROUND_US, toUtcUs),
  });
  // Of a whole day not every word was read.
  const near = await flightsIn({ drone, span: around(roughly), ports });
  const flight = near.at(-1) ?? roughly;
  return { span: around(flight, near.at(-2)), flight };
}

/** Rows of a long time are thinned out: what lies apart by that is not missing. */
const thinnedUs = ({ fromUtcUs, toUtcUs }: Span): number =>
  Math.max(SILENCE_US, (3 * (toUtcUs - fromUtcUs)) / MAX_ROWS);

async function spanOf({ from, to }: Static<typeof Query>, ports: HttpPorts, drone: string): Promise<Asked> {
  const toUtcUs = to === undefined ? ports.utcUs() : askedTime(to);
  if (from === undefined) return lastFlight(ports, drone, toUtcUs);
  const fromUtcUs = askedTime(from);
  if (fromUtcUs >= toUtcUs) throw new Problem('bad-range');
  if (toUtcUs - fromUtcUs > DAY_US) throw new Problem('too-long', 'a report spans at most a day');
  return { span: { fromUtcUs, toUtcUs }, flight: null };
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The way of the itinerary that was flown last; null where the controller has not that version. */
async function plannedOf(
  ports: HttpPorts,
  { columns, timesUtcUs }: SeriesAnswer,
): Promise<{ readonly name: string; readonly places: readonly Place[] } | null> {
  const { itinerary = [], version = [], state = [] } = columns;
  const at = timesUtcUs.findLastIndex((_, i) => state[i] === 'starting' || state[i] === 'flying');
  const id = itinerary[at];
  if (typeof id !== 'string') return null;
  const view: unknown = await ports.itineraries.get(id);
  if (!isObject(view) || view.version !== version[at] || !isObject(view.itinerary)) return null;
  const { base, items, name } = view.itinerary;
  const all = [base, ...(Array.isArray(items) ? items : [])];
  const places = all.flatMap((one) => {
    if (!isObject(one)) return [];
    const place = one.do === 'return' && isObject(base) ? base : one;
    return isPlace(place) ? [{ latDeg: Number(place.latDeg), lonDeg: Number(place.lonDeg) }] : [];
  });
  return { name: typeof name === 'string' ? `${name} (${id})` : id, places };
}

function notesOf(answers: ReadonlyMap<ReportKind, SeriesAnswer>): string[] {
  const position = answers.get('position');
  const all = [...answers.values()];
  const unreadable = Math.max(0, ...all.map((one) => one.unreadable));
  const shown = position?.timesUtcUs.length ?? 0;
  return [
    position !== undefined && position.rows > shown
      ? `The distance is from ${shown} of ${position.rows} positions: the way was a little longer.`
      : '',
    all.some(({ boots }) => boots.some(({ clock }) => clock === 'unset'))
      ? 'For a part of it nobody had told the drone the time: those times are estimated from when the data came.'
      : '',
    unreadable > 0 ? `${unreadable} stored batches could not be read.` : '',
  ].filter((words) => words !== '');
}

const safe = (text: string): string => text.replaceAll(/[^A-Za-z0-9._-]/g, '_');

export function reportRoutes(app: FastifyInstance, ports: HttpPorts): void {
  app.get<{ Params: Static<typeof Params>; Querystring: Static<typeof Query> }>(
    '/api/v1/drones/:id/report',
    {
      schema: {
        tags: ['drones'],
        summary: 'A flight as one HTML file that needs nothing else: map, curves, control, events',
        params: Params,
        querystring: Query,
        response: { 200: Type.String({ description: 'HTML' }), '4xx': ProblemSchema, '5xx': ProblemSchema },
      },
    },
    async ({ params: { id: drone }, query }, reply) => {
      if (ports.drone(drone) === null) throw new Problem('unknown-drone', `"${drone}"`);
      const { zone = 'UTC', hours = '24h' } = query;
      if (!knowsZone(zone)) throw new Problem('bad-request', `there is no time zone "${zone}"`);
      const { span, flight } = await spanOf(query, ports, drone);
      const read = { drone, span, ports };
      const answers = new Map<ReportKind, SeriesAnswer>();
      const statusUs = thinnedUs(span);
      // One after the other: other readers have their turn between them.
      for (const kind of REPORT_KINDS) answers.set(kind, await series(read, kind));
      const position = answers.get('position');
      const thinned = position !== undefined && position.rows > position.timesUtcUs.length;
      const trackUs = thinned ? statusUs * (2 * REPORT_COLUMNS.position.length + 1) : statusUs;
      const record = new FlightRecord({ silenceUs: statusUs, trackUs, flight });
      for (const [kind, answer] of answers) for (const sample of samplesOf(kind, answer)) record.take(sample);
      const status = answers.get('status');
      const itinerary = answers.get('itinerary');
      const made = record.finish();
      const airS = flight === null ? 0 : (flight.toUtcUs - flight.fromUtcUs) / 1e6;
      const html = renderReport(made, {
        ...{ drone, span, source: 'what the controller has stored', madeAtUtcUs: ports.utcUs(), face: { zone, hours } },
        flown: flight === null ? null : { ...made, airS },
        planned: itinerary === undefined ? null : await plannedOf(ports, itinerary),
        gaps: status?.gaps ?? [],
        filledLater: status?.filledLater ?? [],
        notes: notesOf(answers),
      });
      reply
        .type('text/html; charset=utf-8')
        .header('content-security-policy', `${REPORT_POLICY}; frame-ancestors 'none'; sandbox`)
        .header('content-disposition', `inline; filename="${safe(drone)}-${fileTime((flight ?? span).fromUtcUs)}.html"`)
        .serializer((text: string) => text);
      return html;
    },
  );
}

const fileTime = (utcUs: number): string => new Date(utcUs / 1000).toISOString().slice(0, 16).replaceAll(/[-:]/g, '');
