/** POST and GET /api/v1/rollouts, /:id, /:id/cancel (docs/fleet-configuration.md) */
import { RolloutWish } from '@skein/protocol/fleet/configuration';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { valueIn } from './configuration.ts';
import { Problem, ProblemSchema } from './errors.ts';
import type { HttpPorts } from './ports.ts';
import { checkOrigin, keyOf, senderOf } from './sender.ts';

const Open = { additionalProperties: true } as const;
const Id = Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{26}$', description: 'id of the roll-out, a ULID' });
const Params = Type.Object({ id: Id });
const ListQuery = Type.Object({
  before: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
const Rollout = Type.Object(
  {
    id: Type.String(),
    state: Type.String({ description: 'running, stopped, cancelled, done' }),
    open: Type.Boolean({ description: 'a drone is not through with it' }),
    counts: Type.Record(Type.String(), Type.Integer(), { description: 'drones by state' }),
  },
  Open,
);
const By = Type.Union([
  Type.Object(
    { issuedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) },
    { additionalProperties: false },
  ),
  Type.Null(),
]);

export function rolloutRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const tags = ['roll-outs'];
  const failures = { '4xx': ProblemSchema, '5xx': ProblemSchema };
  const preValidation = async (request: FastifyRequest) => checkOrigin(request, ports);

  app.post<{ Body: Static<typeof RolloutWish> }>(
    '/api/v1/rollouts',
    {
      preValidation,
      bodyLimit: 256 << 10,
      schema: {
        ...{ tags, body: RolloutWish, response: { 200: Rollout, 201: Rollout, ...failures } },
        summary: 'Sets parameters on drones in stages: armed ones are skipped, failures stop it. Takes Idempotency-Key',
      },
    },
    async (request, reply) => {
      const { issuedBy, ...wish } = request.body;
      const answer = await ports.configuration.beginRollout(wish, senderOf(request, issuedBy), keyOf(request));
      const view = valueIn(answer);
      if (answer.ok) reply.code(answer.fresh === true ? 201 : 200);
      return view;
    },
  );
  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/api/v1/rollouts',
    {
      schema: {
        ...{ tags, summary: 'Roll-outs, newest first, without their drones', querystring: ListQuery },
        response: { 200: Type.Object({ rollouts: Type.Array(Rollout) }), ...failures },
      },
    },
    async ({ query: { limit = 50, ...rest } }) => ({
      rollouts: await ports.configuration.rollouts({ ...rest, limit }),
    }),
  );
  app.get<{ Params: Static<typeof Params> }>(
    '/api/v1/rollouts/:id',
    { schema: { tags, summary: 'One, with each drone', params: Params, response: { 200: Rollout, ...failures } } },
    async ({ params: { id } }) => {
      const view = await ports.configuration.rollout(id);
      if (view === null) throw new Problem('unknown-rollout', `"${id}"`);
      return view;
    },
  );
  app.post<{ Params: Static<typeof Params>; Body: Static<typeof By> | undefined }>(
    '/api/v1/rollouts/:id/cancel',
    {
      preValidation,
      schema: {
        ...{ tags, params: Params, body: By, response: { 200: Rollout, ...failures } },
        summary: 'Nothing more is begun; a parameter that is being set ends by itself',
      },
    },
    async (request) => {
      const sender = senderOf(request, request.body?.issuedBy);
      return valueIn(await ports.configuration.cancelRollout(request.params.id, sender));
    },
  );
}
