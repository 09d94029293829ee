/** /api/v1/drones/:id/parameters, /parameters/diff, /baseline; /api/v1/groups/:name/baseline (docs/fleet-configuration.md) */
import { Baseline, DroneId, GroupName } from '@skein/protocol/fleet/configuration';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { valueIn } from './configuration.ts';
import { Problem, ProblemSchema } from './errors.ts';
import type { HttpPorts } from './ports.ts';
import { checkOrigin, senderOf } from './sender.ts';

const Any = Type.Object({}, { additionalProperties: true });
const Drone = Type.Object({ id: DroneId });
const Group = Type.Object({ id: GroupName });
const ByQuery = Type.Object({ issuedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) });

export function baselineRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const tags = ['settings'];
  const failures = { '4xx': ProblemSchema, '5xx': ProblemSchema };
  const response = { 200: Any, ...failures };
  const preValidation = async (request: FastifyRequest) => checkOrigin(request, ports);
  const port = ports.configuration;

  app.get<{ Params: Static<typeof Drone> }>(
    '/api/v1/drones/:id/parameters',
    { schema: { tags, params: Drone, summary: 'Hash of its parameters and firmware at its last armings', response } },
    async ({ params: { id } }) => {
      const view = port.parameters(id);
      if (view === null) throw new Problem('unknown-drone', `"${id}"`);
      return view;
    },
  );
  app.get<{ Params: Static<typeof Drone> }>(
    '/api/v1/drones/:id/parameters/diff',
    { schema: { tags, params: Drone, summary: 'How they differ from the baseline, in words', response } },
    async ({ params: { id } }) => valueIn(await port.parameterDiff(id)),
  );
  const targets = [
    ['/api/v1/drones/:id/baseline', Drone, (id: string) => id],
    ['/api/v1/groups/:id/baseline', Group, (id: string) => `group-${id}`],
  ] as const;
  for (const [url, params, nameOf] of targets) {
    app.put<{ Params: { id: string }; Body: Static<typeof Baseline>; Querystring: Static<typeof ByQuery> }>(
      url,
      {
        preValidation,
        schema: {
          ...{ tags, params, body: Baseline, querystring: ByQuery, response: { 201: Any, ...response } },
          summary: 'What its parameters are to be: a list that a drone has had. Nothing is set by it',
        },
      },
      async (request, reply) => {
        const { name } = senderOf(request, request.query.issuedBy);
        const answer = await port.putBaseline(nameOf(request.params.id), request.body, name);
        const view = valueIn(answer);
        if (answer.ok && answer.fresh === true) reply.code(201);
        return view;
      },
    );
    app.delete<{ Params: { id: string }; Querystring: Static<typeof ByQuery> }>(
      url,
      {
        preValidation,
        schema: {
          ...{ tags, params, querystring: ByQuery, response: { 204: Type.Null(), ...failures } },
          summary: 'No baseline any more',
        },
      },
      async (request, reply) => {
        valueIn(await port.removeBaseline(nameOf(request.params.id), senderOf(request, request.query.issuedBy).name));
        return reply.code(204).send();
      },
    );
  }
}
