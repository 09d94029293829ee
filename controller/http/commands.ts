/** POST and GET /api/v1/commands, /:id, /:id/cancel */
import { COMMAND_TYPES, DELIVERY_STATES } from '@skein/protocol/fleet';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { Problem, ProblemSchema } from './errors.ts';
import type { CommandRequest, HttpPorts } from './ports.ts';
import { checkOrigin, keyOf, senderOf } from './sender.ts';

const Open = { additionalProperties: true } as const;
const Name = Type.String({ minLength: 1, maxLength: 64 });
const DroneId = Type.String({ minLength: 1, maxLength: 32 });
const MAX_TARGETS = 2000;

const Post = Type.Object(
  {
    targets: Type.Union([
      Type.Array(DroneId, { minItems: 1, maxItems: MAX_TARGETS }),
      Type.Literal('all'),
      Type.Object({ group: Type.String({ pattern: '^[a-z0-9-]{1,26}$' }) }, { additionalProperties: false }),
    ]),
    type: Type.String({
      maxLength: 32,
      description: `one of ${COMMAND_TYPES.filter((one) => one !== 'cancel' && one !== 'settle').join(', ')}`,
    }),
    params: Type.Optional(Type.Object({}, Open)),
    expiresInS: Type.Optional(Type.Number({ description: 'lifetime; by type when left out' })),
    staggerMs: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 3_600_000, description: 'pause between two drones, ms' }),
    ),
    maxFailures: Type.Optional(
      Type.Integer({ minimum: 0, maximum: 100_000, description: 'more failures than this, and the rest is cancelled' }),
    ),
    session: Type.Optional(
      Type.String({
        pattern: '^[0-9a-f]{8,32}$',
        description: 'hold, return, land in an identity conflict: this session',
      }),
    ),
    issuedBy: Type.Optional(Name),
  },
  { additionalProperties: false },
);
const Cancel = Type.Union([
  Type.Object({ issuedBy: Type.Optional(Name) }, { additionalProperties: false }),
  Type.Null(),
]);
const CommandParams = Type.Object({
  id: Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{26}$', description: 'id of the command, a ULID' }),
});
const ListQuery = Type.Object({
  drone: Type.Optional(Type.String({ minLength: 1, maxLength: 32, description: 'only with a delivery to this drone' })),
  before: Type.Optional(
    Type.String({
      pattern: '^[0-9A-HJKMNP-TV-Z]{26}$',
      description: 'only older than this id: the last one of an earlier answer',
    }),
  ),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
const Step = {
  state: Type.String({ description: DELIVERY_STATES.join(', ') }),
  reason: Type.Union([Type.String(), Type.Null()], { description: '`code` or `code: detail`' }),
  words: Type.Union([Type.String(), Type.Null()], { description: 'the reason for people' }),
  at: Type.String({ format: 'date-time' }),
  detail: Type.Union([Type.Object({}, Open), Type.Null()], { description: 'proof and particulars' }),
};
const Command = Type.Object(
  {
    id: Type.String(),
    type: Type.String(),
    params: Type.Object({}, Open),
    issuedAt: Type.String({ format: 'date-time' }),
    expiresAt: Type.String({ format: 'date-time' }),
    issuedBy: Type.String(),
    targets: Type.Unknown({ description: 'as asked' }),
    state: Type.String({ description: 'open, done' }),
    counts: Type.Record(Type.String(), Type.Integer(), { description: 'deliveries by state' }),
    deliveries: Type.Array(
      Type.Object({ drone: Type.String(), ...Step, steps: Type.Array(Type.Object(Step, Open)) }, Open),
    ),
  },
  Open,
);

export function commandRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const tags = ['commands'];
  const failures = { '4xx': ProblemSchema, '5xx': ProblemSchema };
  const preValidation = async (request: FastifyRequest) => checkOrigin(request, ports);

  app.post<{ Body: Static<typeof Post> }>(
    '/api/v1/commands',
    {
      preValidation,
      schema: {
        tags,
        summary: 'Command drones: one delivery each (docs/commands.md); takes Idempotency-Key',
        body: Post,
        response: { 200: Command, 201: Command, ...failures },
      },
    },
    async (request, reply) => {
      const { issuedBy, ...body } = request.body;
      const answer = await ports.commands.post(body as CommandRequest, senderOf(request, issuedBy), keyOf(request));
      if (!answer.ok) throw new Problem(answer.code, answer.detail);
      reply.code(answer.fresh ? 201 : 200).header('location', `/api/v1/commands/${answer.command.id}`);
      return answer.command;
    },
  );

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/api/v1/commands',
    {
      schema: {
        tags,
        summary: 'Commands, newest first',
        querystring: ListQuery,
        response: { 200: Type.Object({ commands: Type.Array(Command) }), ...failures },
      },
    },
    async ({ query: { limit = 50, ...rest } }) => ({ commands: await ports.commands.list({ ...rest, limit }) }),
  );

  app.get<{ Params: Static<typeof CommandParams> }>(
    '/api/v1/commands/:id',
    { schema: { tags, summary: 'One command', params: CommandParams, response: { 200: Command, ...failures } } },
    async ({ params }) => {
      const command = await ports.commands.get(params.id);
      if (command === null) throw new Problem('unknown-command', `"${params.id}"`);
      return command;
    },
  );

  app.post<{ Params: Static<typeof CommandParams>; Body: Static<typeof Cancel> | undefined }>(
    '/api/v1/commands/:id/cancel',
    {
      preValidation,
      schema: {
        tags,
        summary:
          'Take it back: what was not sent ends at once, of the rest the drones are asked; takes Idempotency-Key',
        params: CommandParams,
        body: Cancel,
        response: { 200: Command, ...failures },
      },
    },
    async (request) => {
      const { id } = request.params;
      const answer = await ports.commands.cancel(id, senderOf(request, request.body?.issuedBy), keyOf(request));
      if (answer === null) throw new Problem('unknown-command', `"${id}"`);
      if (!answer.ok) throw new Problem(answer.code, answer.detail);
      return { ...answer.command, cancel: answer.cancel };
    },
  );
}
