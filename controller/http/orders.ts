/** POST and GET /api/v1/orders, /:id, /:id/cancel, /loaded, /unloaded, /settle */
import { DeliveryMethod } from '@skein/protocol/fleet';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { askedTime } from './asked-time.ts';
import { Problem, ProblemSchema } from './errors.ts';
import type { OrderAnswer, OrderDeed } from './order-port.ts';
import type { HttpPorts } from './ports.ts';
import { checkOrigin, keyOf, senderOf } from './sender.ts';

const Open = { additionalProperties: true } as const;
const Closed = { additionalProperties: false } as const;
const Name = Type.String({ minLength: 1, maxLength: 64 });
const Id = Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{26}$', description: 'id of the order, a ULID' });
const Params = Type.Object({ id: Id });
const Place = Type.Object(
  { latDeg: Type.Number({ minimum: -90, maximum: 90 }), lonDeg: Type.Number({ minimum: -180, maximum: 180 }) },
  Closed,
);
const Time = Type.String({ maxLength: 40, description: 'RFC 3339, UTC' });
const Post = Type.Object(
  {
    pickup: Place,
    dropOff: Place,
    payloadKg: Type.Number({ exclusiveMinimum: 0, maximum: 100, description: 'mass of the parcel, kg' }),
    priority: Type.Optional(Type.Integer({ minimum: 0, maximum: 9, default: 5, description: '9 goes first' })),
    notBefore: Type.Optional(Time),
    notAfter: Type.Optional(Type.String({ maxLength: 40, description: 'RFC 3339: not delivered later' })),
    how: Type.Optional(DeliveryMethod),
    contact: Type.Optional(Type.String({ minLength: 1, maxLength: 200, description: 'for people' })),
    issuedBy: Type.Optional(Name),
  },
  Closed,
);
const OnDrone = Type.Union([
  Type.Object(
    {
      issuedBy: Type.Optional(Name),
      drone: Type.Optional(Type.String({ maxLength: 64, description: 'it hangs on, or hung on' })),
    },
    Closed,
  ),
  Type.Null(),
]);
const Cancel = Type.Union([
  Type.Object({ issuedBy: Type.Optional(Name), why: Type.Optional(Type.String({ maxLength: 200 })) }, Closed),
  Type.Null(),
]);
const Settle = Type.Object(
  {
    word: Type.Union([Type.Literal('delivered'), Type.Literal('lost'), Type.Literal('relaunch')]),
    issuedBy: Type.Optional(Name),
  },
  Closed,
);
const ListQuery = Type.Object({
  open: Type.Optional(Type.Boolean({ description: 'only those that are not over, or only those that are' })),
  before: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
const Order = Type.Object(
  {
    id: Type.String(),
    state: Type.String({ description: 'docs/orders.md has them all' }),
    outcome: Type.Union([Type.String(), Type.Null()]),
    words: Type.Union([Type.String(), Type.Null()], { description: 'why it is so, for people' }),
    drone: Type.Union([Type.String(), Type.Null()]),
    parcel: Type.Union([Type.String(), Type.Null()], { description: 'none, aboard, released, unproved, off' }),
    leftOn: Type.Union([Type.String(), Type.Null()], {
      description: 'given up, and may have the parcel still: take it off',
    }),
    asked: Type.Union([Type.Object({ what: Type.String(), drone: Type.String(), at: Type.String() }), Type.Null()], {
      description: 'people were called: to load, or to take-off what is left on a drone',
    }),
    attempts: Type.Array(Type.Object({}, Open)),
  },
  Open,
);

function timeOf(text: string | undefined): number | null {
  return text === undefined ? null : askedTime(text);
}

function viewOf(answer: OrderAnswer): object {
  if (!answer.ok) throw new Problem(answer.code, answer.detail);
  return answer.order;
}

export function orderRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const tags = ['orders'];
  const failures = { '4xx': ProblemSchema, '5xx': ProblemSchema };
  const preValidation = async (request: FastifyRequest) => checkOrigin(request, ports);
  const who = (request: FastifyRequest, issuedBy: string | undefined) => senderOf(request, issuedBy).name;

  app.post<{ Body: Static<typeof Post> }>(
    '/api/v1/orders',
    {
      preValidation,
      schema: {
        tags,
        summary: 'A parcel from a base to somewhere; `infeasible` where it can never be flown. Takes Idempotency-Key',
        body: Post,
        response: { 200: Order, 201: Order, ...failures },
      },
    },
    async (request, reply) => {
      const { issuedBy, notBefore, notAfter, priority = 5, how = 'winch', contact = null, ...rest } = request.body;
      const times = { notBeforeUtcUs: timeOf(notBefore), notAfterUtcUs: timeOf(notAfter) };
      if (
        times.notBeforeUtcUs !== null &&
        times.notAfterUtcUs !== null &&
        times.notAfterUtcUs <= times.notBeforeUtcUs
      ) {
        throw new Problem('bad-range', 'notAfter lies before notBefore');
      }
      const wish = { ...rest, ...times, priority, how, contact };
      const answer = await ports.orders.place(wish, who(request, issuedBy), keyOf(request));
      const view = viewOf(answer);
      if (answer.ok)
        reply.code(answer.fresh === true ? 201 : 200).header('location', `/api/v1/orders/${answer.order.id}`);
      return view;
    },
  );

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/api/v1/orders',
    {
      schema: {
        tags,
        summary: 'Orders, newest first',
        querystring: ListQuery,
        response: { 200: Type.Object({ orders: Type.Array(Order) }), ...failures },
      },
    },
    async ({ query: { limit = 50, ...rest } }) => ({ orders: await ports.orders.list({ ...rest, limit }) }),
  );

  app.get<{ Params: Static<typeof Params> }>(
    '/api/v1/orders/:id',
    {
      schema: { tags, summary: 'One order, with each attempt', params: Params, response: { 200: Order, ...failures } },
    },
    async ({ params: { id } }) => {
      const view = await ports.orders.get(id);
      if (view === null) throw new Problem('unknown-order', `"${id}"`);
      return view;
    },
  );

  const deed = (request: FastifyRequest<{ Params: Static<typeof Params> }>, one: OrderDeed, issuedBy?: string) =>
    ports.orders.deed(request.params.id, one, who(request, issuedBy), keyOf(request)).then(viewOf);
  const about = (summary: string) => ({ tags, summary, params: Params, response: { 200: Order, ...failures } });

  app.post<{ Params: Static<typeof Params>; Body: Static<typeof Cancel> | undefined }>(
    '/api/v1/orders/:id/cancel',
    {
      preValidation,
      schema: { ...about('Not wanted any more: what flies comes back; 409 once it is released'), body: Cancel },
    },
    async (request) => deed(request, { do: 'cancel', why: request.body?.why ?? null }, request.body?.issuedBy),
  );
  app.post<{ Params: Static<typeof Params>; Body: Static<typeof OnDrone> | undefined }>(
    '/api/v1/orders/:id/loaded',
    { preValidation, schema: { ...about('The parcel is on the drone, people are clear: it may fly'), body: OnDrone } },
    async (request) => deed(request, { do: 'loaded', drone: request.body?.drone ?? null }, request.body?.issuedBy),
  );
  app.post<{ Params: Static<typeof Params>; Body: Static<typeof OnDrone> | undefined }>(
    '/api/v1/orders/:id/unloaded',
    { preValidation, schema: { ...about('The parcel was taken off the drone'), body: OnDrone } },
    async (request) => deed(request, { do: 'unloaded', drone: request.body?.drone ?? null }, request.body?.issuedBy),
  );
  app.post<{ Params: Static<typeof Params>; Body: Static<typeof Settle> }>(
    '/api/v1/orders/:id/settle',
    {
      preValidation,
      schema: {
        ...about('What became of a parcel whose drone cannot say; relaunch: another parcel goes by another drone'),
        body: Settle,
      },
    },
    async (request) => deed(request, { do: 'settle', word: request.body.word }, request.body.issuedBy),
  );
}
