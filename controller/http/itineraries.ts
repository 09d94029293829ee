/** POST and GET /api/v1/itineraries, /:id, /:id/assign, /:id/cancel, /:id/deliveries/:drone/:item/settle */
import { ITINERARY_STATES, RELEASE_STATES } from '@skein/protocol/telemetry';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { Problem, ProblemSchema } from './errors.ts';
import type { HttpPorts, ItineraryAnswer, ItineraryRefusal } from './ports.ts';
import { checkOrigin, keyOf, senderOf } from './sender.ts';

const Open = { additionalProperties: true } as const;
const Closed = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 64 });
const DroneId = Type.String({ minLength: 1, maxLength: 32 });
export const Id = Type.String({ pattern: '^[A-Za-z0-9._-]{1,64}$' });
export const Flavour = Type.Union([Type.Literal('ardupilot'), Type.Literal('px4')]);
const MAX_TARGETS = 2000;
/** A plan travels to its drones in one MQTT message of at most 1 MiB. */
export const BODY_LIMIT_BYTES = 524_288;

const GiveQuery = Type.Object({
  dryRun: Type.Optional(Type.Boolean({ description: 'only say what is wrong with it' })),
  id: Type.Optional(Id),
  version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  heightReference: Type.Optional(
    Type.String({ maxLength: 32, description: 'GeoJSON: what its heights count from: home, amsl, terrain' }),
  ),
  flavour: Type.Optional(Flavour),
  issuedBy: Type.Optional(Name),
});
const GetQuery = Type.Object({
  format: Type.Optional(Type.Union([Type.Literal('plan'), Type.Literal('wpl'), Type.Literal('geojson')])),
  flavour: Type.Optional(Flavour),
});
const ListQuery = Type.Object({
  before: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
const Params = Type.Object({ id: Id });
const Assign = Type.Object(
  { targets: Type.Array(DroneId, { minItems: 1, maxItems: MAX_TARGETS }), issuedBy: Type.Optional(Name) },
  Closed,
);
const Cancel = Type.Union([
  Type.Object(
    {
      targets: Type.Optional(Type.Array(DroneId, { minItems: 1, maxItems: MAX_TARGETS })),
      issuedBy: Type.Optional(Name),
    },
    Closed,
  ),
  Type.Null(),
]);
const SettleParams = Type.Object({ id: Id, drone: DroneId, item: Type.Integer({ minimum: 0, maximum: 299 }) });
const Settle = Type.Object(
  { word: Type.Union([Type.Literal('released'), Type.Literal('aboard')]), issuedBy: Type.Optional(Name) },
  Closed,
);
const Finding = Type.Object(
  {
    item: Type.Union([Type.Integer(), Type.Null()]),
    rule: Type.String(),
    value: Type.Unknown(),
    limit: Type.Unknown(),
    words: Type.String(),
  },
  Open,
);
const Reason = {
  reason: Type.Union([Type.String(), Type.Null()], { description: '`code` or `code: detail`' }),
  words: Type.Union([Type.String(), Type.Null()], { description: 'the reason for people' }),
  at: Type.String({ format: 'date-time' }),
};
const Parcel = Type.Object(
  {
    item: Type.Integer(),
    parcel: Type.Union([Type.String(), Type.Null()]),
    state: Type.String({ description: RELEASE_STATES.join(', ') }),
    ...Reason,
    evidence: Type.Unknown(),
    settled: Type.Unknown({
      description: 'an operator’s word on it: {word, by, command}, `refused` if its drone did not agree',
    }),
    settling: Type.Boolean({ description: 'its drone has not agreed yet' }),
    steps: Type.Array(Type.Object({}, Open)),
  },
  Open,
);
const Stand = Type.Object(
  {
    drone: Type.String(),
    version: Type.Integer(),
    state: Type.String({ description: `assigned, or as the drone says: ${ITINERARY_STATES.join(', ')}` }),
    ...Reason,
    item: Type.Union([Type.Integer(), Type.Null()], { description: 'item under way, counted from 0' }),
    items: Type.Union([Type.Integer(), Type.Null()]),
    refusals: Type.Array(Finding),
    warnings: Type.Array(Finding),
    deliveries: Type.Array(Parcel),
    steps: Type.Array(Type.Object({}, Open)),
  },
  Open,
);
const Itinerary = Type.Object(
  {
    id: Type.String(),
    version: Type.Integer({ description: 'the newest' }),
    itinerary: Type.Unknown({ description: 'docs/itineraries.md; null: only a drone knows it' }),
    warnings: Type.Array(Finding),
    notes: Type.Array(Type.String(), { description: 'what was put in when a file was read' }),
    givenAt: Type.String({ format: 'date-time' }),
    drones: Type.Array(Stand, { description: 'how it stands on each drone, by version' }),
  },
  Open,
);
const DryRun = Type.Object({ itinerary: Type.Unknown(), warnings: Type.Array(Finding), energy: Type.Unknown() }, Open);
const CONTENT_TYPES = { plan: 'application/json', wpl: 'text/plain; charset=utf-8', geojson: 'application/geo+json' };
const FILE_NAMES = { plan: 'plan', wpl: 'waypoints', geojson: 'geojson' };

export function problemOf({ code, detail, refusals, warnings }: ItineraryRefusal): Problem {
  return new Problem(code, detail, { ...(refusals ? { refusals } : {}), ...(warnings ? { warnings } : {}) });
}

function viewOf(answer: ItineraryAnswer): object {
  if (!answer.ok) throw problemOf(answer);
  return answer.underWay === undefined ? answer.itinerary : { ...answer.itinerary, underWay: answer.underWay };
}

export function itineraryRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const tags = ['itineraries'];
  const failures = { '4xx': ProblemSchema, '5xx': ProblemSchema };
  const preValidation = async (request: FastifyRequest) => checkOrigin(request, ports);
  const who = (request: FastifyRequest, issuedBy: string | undefined) => senderOf(request, issuedBy).name;
  app.addContentTypeParser('application/geo+json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'));

  app.post<{ Querystring: Static<typeof GiveQuery> }>(
    '/api/v1/itineraries',
    {
      preValidation,
      bodyLimit: BODY_LIMIT_BYTES,
      schema: {
        tags,
        summary: 'Give an itinerary: Skein JSON, a .plan, GeoJSON, or QGC WPL 110 as text/plain; takes Idempotency-Key',
        querystring: GiveQuery,
        response: { 200: Type.Union([Itinerary, DryRun]), 201: Itinerary, ...failures },
      },
    },
    async (request, reply) => {
      const { issuedBy, ...query } = request.query;
      const answer = await ports.itineraries.give(
        request.body,
        { ...query, by: who(request, issuedBy) },
        keyOf(request),
      );
      if (!answer.ok) throw problemOf(answer);
      if ('dryRun' in answer) return answer.dryRun;
      reply.code(answer.fresh ? 201 : 200).header('location', `/api/v1/itineraries/${answer.itinerary.id}`);
      return answer.itinerary;
    },
  );

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/api/v1/itineraries',
    {
      schema: {
        tags,
        summary: 'Itineraries, those given last first',
        querystring: ListQuery,
        response: { 200: Type.Object({ itineraries: Type.Array(Itinerary) }), ...failures },
      },
    },
    async ({ query: { limit = 50, ...rest } }) => ({ itineraries: await ports.itineraries.list({ ...rest, limit }) }),
  );

  app.get<{ Params: Static<typeof Params>; Querystring: Static<typeof GetQuery> }>(
    '/api/v1/itineraries/:id',
    {
      schema: {
        tags,
        summary: 'One itinerary and how it stands on each drone; with format, its newest version as a file',
        params: Params,
        querystring: GetQuery,
        response: { 200: Itinerary, ...failures },
      },
    },
    async ({ params: { id }, query: { format, flavour = 'ardupilot' } }, reply) => {
      if (format === undefined) {
        const view = await ports.itineraries.get(id);
        if (view === null) throw new Problem('unknown-itinerary', `"${id}"`);
        return view;
      }
      const file = await ports.itineraries.write(id, format, flavour);
      if (file === null) throw new Problem('unknown-itinerary', `"${id}"`);
      reply
        .type(CONTENT_TYPES[format])
        .header('content-disposition', `attachment; filename="${id}.${FILE_NAMES[format]}"`)
        .serializer((text: string) => text);
      if (file.leftOut.length > 0) reply.header('x-skein-left-out', encodeURIComponent(file.leftOut.join('; ')));
      return file.text;
    },
  );

  app.post<{ Params: Static<typeof Params>; Body: Static<typeof Assign> }>(
    '/api/v1/itineraries/:id/assign',
    {
      preValidation,
      schema: {
        tags,
        summary: 'To these drones: judged again for each, one stand each; takes Idempotency-Key',
        params: Params,
        body: Assign,
        response: { 200: Itinerary, ...failures },
      },
    },
    async (request) => {
      const { targets, issuedBy } = request.body;
      return viewOf(await ports.itineraries.assign(request.params.id, targets, who(request, issuedBy), keyOf(request)));
    },
  );

  app.post<{ Params: Static<typeof Params>; Body: Static<typeof Cancel> | undefined }>(
    '/api/v1/itineraries/:id/cancel',
    {
      preValidation,
      schema: {
        tags,
        summary: 'Take it back, from these drones or all; not from those under way (`underWay`); takes Idempotency-Key',
        params: Params,
        body: Cancel,
        response: { 200: Itinerary, ...failures },
      },
    },
    async (request) => {
      const { targets = null, issuedBy } = request.body ?? {};
      return viewOf(await ports.itineraries.cancel(request.params.id, targets, who(request, issuedBy), keyOf(request)));
    },
  );

  app.post<{ Params: Static<typeof SettleParams>; Body: Static<typeof Settle> }>(
    '/api/v1/itineraries/:id/deliveries/:drone/:item/settle',
    {
      preValidation,
      schema: {
        tags,
        summary: 'An operator’s word on a parcel that nothing proves; the drone is told; takes Idempotency-Key',
        params: SettleParams,
        body: Settle,
        response: { 200: Itinerary, ...failures },
      },
    },
    async (request) => {
      const { word, issuedBy } = request.body;
      const order = { ...request.params, word, by: who(request, issuedBy) };
      return viewOf(await ports.itineraries.settle(order, keyOf(request)));
    },
  );
}
