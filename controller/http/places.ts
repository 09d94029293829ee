/** GET, PUT, DELETE /api/v1/bases, /zones, /weather; zones as GeoJSON in and out; /api/v1/ground-stops */
import { Base, GroundStop, PlaceId, Weather, Zone } from '@skein/protocol/fleet/places';
import { formatUtc } from '@skein/protocol/time';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, type TObject, Type } from 'typebox';
import { Problem, ProblemSchema } from './errors.ts';
import type { HttpPorts, PlaceAnswer, PlaceHeld, PlaceKind, StopView } from './ports.ts';
import { checkOrigin, keyOf, senderOf } from './sender.ts';

const Open = { additionalProperties: true } as const;
const Params = Type.Object({ id: PlaceId });
const StopParams = Type.Object({ id: Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{26}$' }) });
const Any = Type.Object({}, Open);
const ZonesQuery = Type.Object({ format: Type.Optional(Type.Literal('geojson')) });
const ByQuery = Type.Object({ issuedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) });
/** Zones of a city. */
const BODY_LIMIT_BYTES = 4 << 20;

function valueIn<T>(answer: PlaceAnswer<T>): T {
  if (!answer.ok) throw new Problem(answer.code, answer.detail);
  return answer.value;
}

function placeView({ id, atUtcUs, doc }: PlaceHeld): object {
  return { id, ...doc, changedAt: formatUtc(atUtcUs) };
}

function stopView({ fromUtcUs, untilUtcUs, ...stop }: StopView): object {
  return { ...stop, from: formatUtc(fromUtcUs), until: untilUtcUs === null ? null : formatUtc(untilUtcUs) };
}

export function placeRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const failures = { '4xx': ProblemSchema, '5xx': ProblemSchema };
  const preValidation = async (request: FastifyRequest) => checkOrigin(request, ports);
  const who = (request: FastifyRequest, issuedBy?: string) => senderOf(request, issuedBy).name;

  const kind = (name: PlaceKind, schema: TObject, what: string) => {
    const tags = [name];
    app.get(
      `/api/v1/${name}`,
      { schema: { tags, summary: `All ${name}`, response: { 200: Type.Object({ [name]: Type.Array(Any) }) } } },
      async () => ({ [name]: ports.places.list(name).map(placeView) }),
    );
    one(name, tags);
    app.put<{ Params: Static<typeof Params>; Body: Record<string, unknown>; Querystring: Static<typeof ByQuery> }>(
      `/api/v1/${name}/:id`,
      {
        preValidation,
        bodyLimit: BODY_LIMIT_BYTES,
        schema: {
          ...{ tags, summary: `${what}, the whole of it: what is left out is gone`, params: Params, body: schema },
          ...{ querystring: ByQuery, response: { 200: Any, 201: Any, ...failures } },
        },
      },
      async (request, reply) => {
        const { id } = request.params;
        const answer = await ports.places.put(name, id, request.body, who(request, request.query.issuedBy));
        const held = valueIn(answer);
        if (answer.ok && answer.fresh === true) reply.code(201);
        return placeView(held);
      },
    );
  };
  const one = (name: PlaceKind, tags: string[]) => {
    app.get<{ Params: Static<typeof Params> }>(
      `/api/v1/${name}/:id`,
      { schema: { tags, summary: `One of the ${name}`, params: Params, response: { 200: Any, ...failures } } },
      async ({ params: { id } }) => {
        const held = ports.places.get(name, id);
        if (held === null) throw new Problem('unknown-place', `"${id}"`);
        return placeView(held);
      },
    );
    app.delete<{ Params: Static<typeof Params>; Querystring: Static<typeof ByQuery> }>(
      `/api/v1/${name}/:id`,
      {
        preValidation,
        schema: {
          tags,
          summary: 'Takes it away',
          params: Params,
          querystring: ByQuery,
          response: { 204: Type.Null(), ...failures },
        },
      },
      async (request, reply) => {
        valueIn(await ports.places.remove(name, request.params.id, who(request, request.query.issuedBy)));
        return reply.code(204).send();
      },
    );
  };
  kind('bases', Base, 'A base and its pads');
  kind('weather', Weather, 'The weather at the base of this id');
  zoneRoutes();
  stopRoutes();

  function zoneRoutes(): void {
    const tags = ['zones'];
    app.get<{ Querystring: Static<typeof ZonesQuery> }>(
      '/api/v1/zones',
      {
        schema: {
          tags,
          summary: 'All zones; format=geojson as a FeatureCollection',
          querystring: ZonesQuery,
          response: { 200: Any },
        },
      },
      async ({ query: { format } }, reply) => {
        const zones = ports.places.list('zones');
        if (format === undefined) return { zones: zones.map(placeView) };
        reply.type('application/geo+json');
        return ports.places.zonesAsGeojson();
      },
    );
    app.post<{ Body: unknown; Querystring: Static<typeof ByQuery> }>(
      '/api/v1/zones',
      {
        preValidation,
        bodyLimit: BODY_LIMIT_BYTES,
        schema: {
          tags,
          summary: 'Zones of a GeoJSON FeatureCollection: each put under its id, or one made of its name; all or none',
          querystring: ByQuery,
          response: { 200: Any, ...failures },
        },
      },
      async (request) => {
        const by = who(request, request.query.issuedBy);
        const put = valueIn(await ports.places.putZones(request.body, by));
        return { zones: put.map(placeView) };
      },
    );
    one('zones', tags);
    app.put<{ Params: Static<typeof Params>; Body: Static<typeof Zone>; Querystring: Static<typeof ByQuery> }>(
      '/api/v1/zones/:id',
      {
        preValidation,
        schema: {
          ...{ tags, summary: 'A zone, the whole of it: what is left out is gone', params: Params, body: Zone },
          ...{ querystring: ByQuery, response: { 200: Any, 201: Any, ...failures } },
        },
      },
      async (request, reply) => {
        const answer = await ports.places.put(
          'zones',
          request.params.id,
          request.body,
          who(request, request.query.issuedBy),
        );
        const held = valueIn(answer);
        if (answer.ok && answer.fresh === true) reply.code(201);
        return placeView(held);
      },
    );
  }

  function stopRoutes(): void {
    const tags = ['ground stops'];
    app.get(
      '/api/v1/ground-stops',
      { schema: { tags, summary: 'Those in force', response: { 200: Type.Object({ groundStops: Type.Array(Any) }) } } },
      async () => ({ groundStops: ports.places.stops().map(stopView) }),
    );
    app.post<{ Body: Static<typeof GroundStop> }>(
      '/api/v1/ground-stops',
      {
        preValidation,
        schema: {
          tags,
          summary:
            'No new arm or start of the fleet, a group or a base, until it is lifted; what flies goes on. Takes Idempotency-Key',
          body: GroundStop,
          response: { 201: Any, 200: Any, ...failures },
        },
      },
      async (request, reply) => {
        const answer = await ports.places.stop(request.body, who(request, request.body.issuedBy), keyOf(request));
        const stop = valueIn(answer);
        reply.code(answer.ok && answer.fresh === true ? 201 : 200);
        return stopView(stop);
      },
    );
    app.post<{ Params: Static<typeof StopParams>; Body: { issuedBy?: string } | undefined }>(
      '/api/v1/ground-stops/:id/lift',
      {
        preValidation,
        schema: {
          ...{ tags, summary: 'Lifts it', params: StopParams },
          body: Type.Union([
            Type.Object({ issuedBy: Type.Optional(Type.String({ maxLength: 64 })) }, { additionalProperties: false }),
            Type.Null(),
          ]),
          response: { 204: Type.Null(), ...failures },
        },
      },
      async (request, reply) => {
        valueIn(await ports.places.lift(request.params.id, who(request, request.body?.issuedBy)));
        return reply.code(204).send();
      },
    );
  }
}
