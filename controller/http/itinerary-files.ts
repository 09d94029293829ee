/** POST /api/v1/itineraries/read and /write: files to itineraries and back, for an editor; nothing is kept. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { ProblemSchema } from './errors.ts';
import { BODY_LIMIT_BYTES, Flavour, Id, problemOf } from './itineraries.ts';
import type { HttpPorts } from './ports.ts';
import { checkOrigin } from './sender.ts';

const ReadQuery = Type.Object({
  id: Type.Optional(Id),
  version: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })),
  name: Type.Optional(Type.String({ minLength: 1, maxLength: 120 })),
  heightReference: Type.Optional(
    Type.String({ maxLength: 32, description: 'GeoJSON: what its heights count from: home, amsl, terrain' }),
  ),
});
const WriteQuery = Type.Object({
  format: Type.Union([Type.Literal('plan'), Type.Literal('wpl'), Type.Literal('geojson')]),
  flavour: Type.Optional(Flavour),
});
const Read = Type.Object({
  itinerary: Type.Unknown({ description: 'docs/itineraries.md; not judged' }),
  source: Type.String({ description: 'what it was: skein, plan, wpl, geojson' }),
  notes: Type.Array(Type.String(), { description: 'what was put in when it was read' }),
});
const Written = Type.Object({
  text: Type.String({ description: 'the file' }),
  leftOut: Type.Array(Type.String(), { description: 'what the format has no place for' }),
});

export function itineraryFileRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const { files } = ports.itineraries;
  const shared = {
    preValidation: async (request: FastifyRequest) => checkOrigin(request, ports),
    bodyLimit: BODY_LIMIT_BYTES,
  };
  const tags = ['itineraries'];
  const failures = { '4xx': ProblemSchema, '5xx': ProblemSchema };

  app.post<{ Querystring: Static<typeof ReadQuery> }>(
    '/api/v1/itineraries/read',
    {
      ...shared,
      schema: {
        tags,
        summary: 'What a file says, neither judged nor kept: the formats that are given, each also as text/plain',
        querystring: ReadQuery,
        response: { 200: Read, ...failures },
      },
    },
    async (request) => {
      const answer = files.read(request.body, request.query);
      if (!answer.ok) throw problemOf(answer);
      const { itinerary, source, notes } = answer;
      return { itinerary, source, notes };
    },
  );

  app.post<{ Querystring: Static<typeof WriteQuery> }>(
    '/api/v1/itineraries/write',
    {
      ...shared,
      schema: {
        tags,
        summary: 'Skein JSON as a file of another format; it may break rules, and is not kept',
        querystring: WriteQuery,
        response: { 200: Written, ...failures },
      },
    },
    async (request) => {
      const { format, flavour = 'ardupilot' } = request.query;
      const answer = files.write(request.body, format, flavour);
      if (!answer.ok) throw problemOf(answer);
      return { text: answer.text, leftOut: answer.leftOut };
    },
  );
}
