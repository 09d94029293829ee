/** GET /api/v1/drones, /:id, /:id/telemetry, /:id/track.geojson */
import { columnsOf, KIND_NAMES } from '@skein/protocol/telemetry';
import { formatUtc } from '@skein/protocol/time';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { askedTime } from './asked-time.ts';
import { Problem, ProblemSchema } from './errors.ts';
import type { HttpPorts, SeriesRequest } from './ports.ts';
import { present } from './present.ts';
import { trackFeature } from './track.ts';

const DEFAULT_SPAN_US = 3600e6;
const MAX_POINTS = 20_000;

const DroneParams = Type.Object({ id: Type.String({ minLength: 1, maxLength: 32, description: 'drone id' }) });
const Time = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }));
const Range = {
  from: Time('first instant, inclusive: RFC 3339 or epoch ms; an hour before `to` when left out'),
  to: Time('last instant, exclusive; now when left out'),
  maxPoints: Type.Optional(
    Type.Integer({ minimum: 10, maximum: MAX_POINTS, default: 1000, description: 'rows answered at most' }),
  ),
};
const TelemetryQuery = Type.Object({
  kind: Type.String({ maxLength: 32, description: `one of ${KIND_NAMES.join(', ')}` }),
  ...Range,
  columns: Type.Optional(
    Type.String({ maxLength: 400, description: 'columns wanted, separated by commas; fewer columns, finer time' }),
  ),
  instance: Type.Optional(Type.Integer({ minimum: 0, maximum: 255, description: 'of battery, gps: only this one' })),
});
const TrackQuery = Type.Object(Range);
const Open = { additionalProperties: true } as const;
const Times = Type.Array(Type.String({ format: 'date-time' }));
const Span = { from: Type.String({ format: 'date-time' }), to: Type.String({ format: 'date-time' }) };

const Drone = Type.Object(
  {
    id: Type.String(),
    online: Type.Boolean(),
    session: Type.Union([Type.String(), Type.Null()]),
    freshness: Type.Object({ state: Type.String({ description: 'fresh, stale, lost, never' }) }, Open),
    trust: Type.Object(
      {
        state: Type.String({ description: 'trusted, suspect, rejected' }),
        reason: Type.Union([Type.String(), Type.Null()]),
        words: Type.Union([Type.String(), Type.Null()]),
        by: Type.String({ description: 'who says so: drone, or controller where the drone does not' }),
        last: Type.Union([Type.Object({}, Open), Type.Null()], { description: 'last trusted position, `at`' }),
        estimate: Type.Union([Type.Object({}, Open), Type.Null()], {
          description:
            'while not trusted: {latDeg, lonDeg, radiusM (95 %), sinceMs} by dead reckoning, for display only',
        }),
      },
      Open,
    ),
    kinds: Type.Object({}, { ...Open, description: 'newest live values by kind, each with `at` and `ageMs`' }),
    backlog: Type.Object({}, { ...Open, description: 'batches the drone still holds, by lane' }),
  },
  { ...Open, description: 'the same entry as in the live stream, times as RFC 3339' },
);
const Preflight = Type.Object(
  {
    drone: Type.String(),
    verdict: Type.Union([Type.String(), Type.Null()], { description: 'ok, warn, stop; null: it has not said yet' }),
    at: Type.Union([Type.String({ format: 'date-time' }), Type.Null()]),
    ageMs: Type.Union([Type.Number(), Type.Null()]),
    stale: Type.Boolean({ description: 'older than the drone says it every so often: do not go by it' }),
    items: Type.Array(Type.Object({ item: Type.String(), verdict: Type.String(), words: Type.String() }, Open)),
    safety: Type.Union([Type.Object({}, Open), Type.Null()]),
  },
  Open,
);
const Telemetry = Type.Object(
  {
    drone: Type.String(),
    kind: Type.String(),
    ...Span,
    rows: Type.Integer({ description: 'samples in the range before down-sampling' }),
    times: Times,
    columns: Type.Record(Type.String(), Type.Array(Type.Unknown()), { description: 'as long as `times`' }),
    units: Type.Record(Type.String(), Type.String()),
    boots: Type.Array(
      Type.Object({
        boot: Type.String(),
        ...Span,
        clock: Type.String(),
        errUs: Type.Union([Type.Number(), Type.Null()]),
      }),
      { description: 'whose clock the times came from; `unset`: estimated from when the data arrived' },
    ),
    gaps: Type.Array(Type.Object({ ...Span, reason: Type.String(), lane: Type.String(), samples: Type.Integer() }), {
      description: 'what will never come',
    }),
    filledLater: Type.Array(Type.Object(Span), { description: 'what arrived more than 10 s after it was sampled' }),
    unreadable: Type.Integer({ description: 'batches that could not be read' }),
  },
  Open,
);

function range(query: Static<typeof TrackQuery>, nowUtcUs: number): { fromUtcUs: number; toUtcUs: number } {
  const toUtcUs = query.to === undefined ? nowUtcUs : askedTime(query.to);
  const fromUtcUs = query.from === undefined ? toUtcUs - DEFAULT_SPAN_US : askedTime(query.from);
  if (fromUtcUs >= toUtcUs) throw new Problem('bad-range');
  return { fromUtcUs, toUtcUs };
}

function seriesRequest(drone: string, query: Static<typeof TelemetryQuery>, nowUtcUs: number): SeriesRequest {
  const kind = KIND_NAMES.find((name) => name === query.kind);
  if (kind === undefined) throw new Problem('unknown-kind', `"${query.kind}"; there are ${KIND_NAMES.join(', ')}`);
  const columns = query.columns?.split(',').map((name) => name.trim());
  const known = columnsOf(kind).map(([name]) => name);
  const stranger = columns?.find((name) => !known.includes(name));
  if (stranger !== undefined) throw new Problem('unknown-column', `"${stranger}"; ${kind} has ${known.join(', ')}`);
  return {
    ...{ drone, kind, ...range(query, nowUtcUs), maxPoints: query.maxPoints ?? 1000 },
    ...(columns === undefined ? {} : { columns }),
    ...(query.instance === undefined ? {} : { instance: query.instance }),
  };
}

function unitsOf(kind: string, columns: readonly string[]): Record<string, string> {
  const name = KIND_NAMES.find((one) => one === kind);
  const all = name === undefined ? [] : columnsOf(name);
  return Object.fromEntries(
    all.flatMap(([column, about]) => (columns.includes(column) && 'unit' in about ? [[column, about.unit]] : [])),
  );
}

export function droneRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const known = (id: string) => {
    const drone = ports.drone(id);
    if (drone === null) throw new Problem('unknown-drone', `"${id}"`);
    return drone;
  };
  const tags = ['drones'];
  const failures = { '4xx': ProblemSchema, '5xx': ProblemSchema };

  app.get(
    '/api/v1/drones',
    {
      schema: {
        tags,
        summary: 'All drones, newest live values',
        response: { 200: Type.Object({ time: Type.String(), drones: Type.Array(Drone) }), ...failures },
      },
    },
    () => ({ time: formatUtc(ports.utcUs()), drones: ports.drones().map(present) }),
  );

  app.get<{ Params: Static<typeof DroneParams> }>(
    '/api/v1/drones/:id',
    { schema: { tags, summary: 'One drone', params: DroneParams, response: { 200: Drone, ...failures } } },
    ({ params }) => present(known(params.id)),
  );

  app.get<{ Params: Static<typeof DroneParams> }>(
    '/api/v1/drones/:id/preflight',
    {
      schema: {
        tags,
        summary: 'Is it fit to fly: the pre-flight list and the lock, as the drone last said, with their age',
        params: DroneParams,
        response: { 200: Preflight, ...failures },
      },
    },
    ({ params }) => {
      known(params.id);
      return present(ports.preflight(params.id));
    },
  );

  app.get<{ Params: Static<typeof DroneParams>; Querystring: Static<typeof TelemetryQuery> }>(
    '/api/v1/drones/:id/telemetry',
    {
      schema: {
        tags,
        summary: 'History of one kind of telemetry, down-sampled to real rows that keep every extreme',
        params: DroneParams,
        querystring: TelemetryQuery,
        response: { 200: Telemetry, ...failures },
      },
    },
    async ({ params, query }) => {
      known(params.id);
      const request = seriesRequest(params.id, query, ports.utcUs());
      const { timesUtcUs, columns, boots, gaps, filledLater, rows, unreadable } = await ports.series(request);
      const { drone, kind, fromUtcUs, toUtcUs } = request;
      return {
        ...{ drone, kind, from: formatUtc(fromUtcUs), to: formatUtc(toUtcUs), rows },
        ...{ times: timesUtcUs.map(formatUtc), columns, units: unitsOf(kind, Object.keys(columns)) },
        ...{ boots: present(boots), gaps: present(gaps), filledLater: present(filledLater), unreadable },
      };
    },
  );

  app.get<{ Params: Static<typeof DroneParams>; Querystring: Static<typeof TrackQuery> }>(
    '/api/v1/drones/:id/track.geojson',
    {
      schema: {
        tags,
        summary: 'Where it flew: a GeoJSON feature, broken where something is missing',
        params: DroneParams,
        querystring: TrackQuery,
        response: { 200: Type.Object({ type: Type.Literal('Feature') }, Open), ...failures },
      },
    },
    async ({ params, query }, reply) => {
      known(params.id);
      const span = range(query, ports.utcUs());
      const maxPoints = query.maxPoints ?? 1000;
      const columns = ['latDeg', 'lonDeg', 'altAmslM'];
      const series = await ports.series({ drone: params.id, kind: 'position', ...span, maxPoints, columns });
      const first = series.timesUtcUs[0] ?? 0;
      const bucketUs = series.rows > maxPoints ? (((series.timesUtcUs.at(-1) ?? 0) - first) * 7) / maxPoints : 0;
      reply.type('application/geo+json');
      return trackFeature(params.id, series, bucketUs);
    },
  );
}
