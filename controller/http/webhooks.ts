/** GET /api/v1/webhooks, /:name, /:name/dead-letters; POST /:name/dead-letters/resend, /discard, /:name/enable */
import { formatUtc } from '@skein/protocol/time';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { fromCursor, toCursor } from './cursor.ts';
import { Problem, ProblemSchema } from './errors.ts';
import type { HttpPorts } from './ports.ts';
import { checkOrigin, senderOf } from './sender.ts';
import type { WebhookView } from './webhook-port.ts';

const Closed = { additionalProperties: false } as const;
const Params = Type.Object({ name: Type.String({ pattern: '^[a-z0-9-]{1,32}$' }) });
const Cursor = Type.String({ maxLength: 64, description: 'cursor of an event, as in the feed' });
const Name = Type.Optional(Type.String({ minLength: 1, maxLength: 64 }));
const At = Type.String({ format: 'date-time' });

const Webhook = Type.Object({
  name: Type.String(),
  origin: Type.String({ description: 'scheme, host and port of the receiver; its path is not shown' }),
  kinds: Type.Array(Type.String(), { description: 'kinds of entities whose events are sent; none: all' }),
  state: Type.Union(
    ['ok', 'trying', 'left-alone', 'disabled'].map((one) => Type.Literal(one)),
    {
      description: 'trying: the last try failed; left-alone: the circuit breaker is open; disabled: it answered 410',
    },
  ),
  position: Type.String({ description: 'cursor up to which every event is taken, given up, or none of its kinds' }),
  behind: Type.Integer({ description: 'events after it, wanted or not' }),
  delivered: Type.Integer(),
  dead: Type.Integer({ description: 'dead letters now' }),
  dropped: Type.Integer({ description: 'dead letters thrown away because there were too many' }),
  trouble: Type.Union([Type.Object({ words: Type.String(), tries: Type.Integer(), at: At }), Type.Null()], {
    description: 'why the next event is not taken yet; of one that is disabled, that it is and since when',
  }),
});
const Letters = Type.Object({
  deadLetters: Type.Array(
    Type.Object({
      cursor: Type.String({ description: 'of its event; `GET /api/v1/events` has it' }),
      at: At,
      tries: Type.Integer(),
      reason: Type.String(),
      resend: Type.Boolean({ description: 'asked to be sent once more, and not sent yet' }),
    }),
  ),
  next: Type.Union([Type.String(), Type.Null()], { description: 'for `after`; null: there are no more' }),
});
const LettersQuery = Type.Object({
  after: Type.Optional(Cursor),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
});
const Resend = Type.Union([
  Type.Object(
    {
      cursors: Type.Optional(Type.Array(Cursor, { minItems: 1, maxItems: 1000, description: 'left out: all' })),
      issuedBy: Name,
    },
    Closed,
  ),
  Type.Null(),
]);
const Cursors = Type.Array(Cursor, { minItems: 1, maxItems: 1000 });
const Discard = Type.Object(
  { cursors: Type.Optional(Cursors), all: Type.Optional(Type.Literal(true)), issuedBy: Name },
  { ...Closed, description: 'those named by `cursors`, or `all: true`' },
);
const By = Type.Union([Type.Object({ issuedBy: Name }, Closed), Type.Null()]);

function show({ position, trouble, ...rest }: WebhookView): object {
  const at = trouble && { words: trouble.words, tries: trouble.tries, at: formatUtc(trouble.atUtcUs) };
  return { ...rest, position: toCursor(position), trouble: at };
}

function idOf(cursor: string): number {
  const id = fromCursor(cursor);
  if (id === null) throw new Problem('bad-cursor', cursor);
  return id;
}

export function webhookRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const tags = ['webhooks'];
  const failures = { '4xx': ProblemSchema, '5xx': ProblemSchema };
  const preValidation = async (request: FastifyRequest) => checkOrigin(request, ports);
  const known = <T>(found: T | null, name: string): T => {
    if (found === null) throw new Problem('unknown-webhook', `"${name}"`);
    return found;
  };

  app.get(
    '/api/v1/webhooks',
    {
      schema: {
        ...{ tags, summary: 'Webhooks and how they stand; they are set in the configuration file (docs/events.md)' },
        response: { 200: Type.Object({ webhooks: Type.Array(Webhook) }), ...failures },
      },
    },
    async () => ({ webhooks: ports.webhooks.list().map(show) }),
  );
  app.get<{ Params: Static<typeof Params> }>(
    '/api/v1/webhooks/:name',
    { schema: { tags, summary: 'One webhook', params: Params, response: { 200: Webhook, ...failures } } },
    async ({ params: { name } }) => show(known(ports.webhooks.get(name), name)),
  );
  app.get<{ Params: Static<typeof Params>; Querystring: Static<typeof LettersQuery> }>(
    '/api/v1/webhooks/:name/dead-letters',
    {
      schema: {
        ...{ tags, summary: 'Events that it did not take, in their order', params: Params, querystring: LettersQuery },
        response: { 200: Letters, ...failures },
      },
    },
    async ({ params: { name }, query: { after, limit = 100 } }) => {
      const afterEvent = after === undefined ? 0 : idOf(after);
      const letters = known(await ports.webhooks.letters(name, { afterEvent, limit }), name);
      const shown = letters.map(({ event, atUtcUs, ...rest }) => ({
        ...{ cursor: toCursor(event), at: formatUtc(atUtcUs), ...rest },
      }));
      return { deadLetters: shown, next: letters.length < limit ? null : (shown.at(-1)?.cursor ?? null) };
    },
  );
  app.post<{ Params: Static<typeof Params>; Body: Static<typeof Resend> | undefined }>(
    '/api/v1/webhooks/:name/dead-letters/resend',
    {
      preValidation,
      schema: {
        ...{
          tags,
          summary: 'Sends dead letters once more, all or those named; asked again it is the same',
          params: Params,
        },
        body: Resend,
        response: { 202: Type.Object({ marked: Type.Integer() }), ...failures },
      },
    },
    async (request, reply) => {
      const { cursors, issuedBy } = request.body ?? {};
      const { name } = request.params;
      const by = senderOf(request, issuedBy).name;
      reply.code(202);
      return { marked: known(await ports.webhooks.resend(name, cursors?.map(idOf) ?? null, by), name) };
    },
  );
  app.post<{ Params: Static<typeof Params>; Body: Static<typeof Discard> }>(
    '/api/v1/webhooks/:name/dead-letters/discard',
    {
      preValidation,
      schema: {
        ...{ tags, summary: 'Throws dead letters away; their events stay in the feed', params: Params, body: Discard },
        response: { 200: Type.Object({ discarded: Type.Integer() }), ...failures },
      },
    },
    async (request) => {
      const { cursors, all, issuedBy } = request.body;
      const { name } = request.params;
      if ((cursors === undefined) === (all === undefined))
        throw new Problem('bad-request', 'write cursors, or all: true');
      const by = senderOf(request, issuedBy).name;
      const discarded = known(await ports.webhooks.discard(name, cursors?.map(idOf) ?? null, by), name);
      return { discarded };
    },
  );
  app.post<{ Params: Static<typeof Params>; Body: Static<typeof By> | undefined }>(
    '/api/v1/webhooks/:name/enable',
    {
      preValidation,
      schema: {
        ...{ tags, summary: 'Sends again to a receiver that had answered 410, from where it stood', params: Params },
        body: By,
        response: { 200: Webhook, ...failures },
      },
    },
    async (request) => {
      const { name } = request.params;
      const by = senderOf(request, request.body?.issuedBy).name;
      return show(known(await ports.webhooks.enable(name, by), name));
    },
  );
}
