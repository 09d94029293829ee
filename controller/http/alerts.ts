/** GET /api/v1/alerts, /:id; POST /:id/acknowledge, /silence, /accept, /dismiss */
import { formatUtc } from '@skein/protocol/time';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { AlertDeed, AlertView } from './alert-port.ts';
import { Problem, ProblemSchema } from './errors.ts';
import type { HttpPorts } from './ports.ts';
import { checkOrigin, senderOf } from './sender.ts';

const Open = { additionalProperties: true } as const;
const Closed = { additionalProperties: false } as const;
const Id = Type.String({ pattern: '^[0-9A-HJKMNP-TV-Z]{26}$', description: 'id of the alert, a ULID' });
const Params = Type.Object({ id: Id });
const Name = Type.Optional(Type.String({ minLength: 1, maxLength: 64 }));
const By = Type.Union([Type.Object({ issuedBy: Name }, Closed), Type.Null()]);
const Silence = Type.Object(
  {
    forS: Type.Number({ minimum: 1, maximum: 86_400, description: 'not counted as open for so long, s' }),
    issuedBy: Name,
  },
  Closed,
);
const ListQuery = Type.Object({
  open: Type.Optional(Type.Boolean({ default: false, description: 'only those that are not over' })),
  before: Type.Optional(Id),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 50 })),
});
const Alert = Type.Object(
  {
    id: Type.String(),
    class: Type.String({ description: 'docs/alerts.md has them all' }),
    severity: Type.String({ description: 'info, warning, critical' }),
    state: Type.String({ description: 'raised, acknowledged, silenced, cleared' }),
    words: Type.String(),
    whatToDo: Type.String(),
    evidence: Type.Object({}, Open),
    drones: Type.Array(Type.String(), { description: 'it tells of these at once; empty: of one, or of none' }),
    staysDown: Type.Boolean({ description: 'while it is open no order is given to its drone' }),
  },
  Open,
);

function timesOf({ raisedUtcUs, changedUtcUs, acknowledged, silenced, cleared, ...rest }: AlertView): object {
  const at = <T extends { readonly atUtcUs: number }>(one: T | undefined) => {
    if (one === undefined) return null;
    const { atUtcUs, ...more } = one;
    return { ...more, at: formatUtc(atUtcUs) };
  };
  return {
    ...{ ...rest, raisedAt: formatUtc(raisedUtcUs), changedAt: formatUtc(changedUtcUs) },
    ...{ acknowledged: at(acknowledged), cleared: at(cleared) },
    silenced: silenced === undefined ? null : { by: silenced.by, until: formatUtc(silenced.untilUtcUs) },
  };
}

export function alertRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const tags = ['alerts'];
  const failures = { '4xx': ProblemSchema, '5xx': ProblemSchema };
  const preValidation = async (request: FastifyRequest) => checkOrigin(request, ports);

  app.get<{ Querystring: Static<typeof ListQuery> }>(
    '/api/v1/alerts',
    {
      schema: {
        ...{ tags, summary: 'Alerts, newest first', querystring: ListQuery },
        response: { 200: Type.Object({ alerts: Type.Array(Alert) }), ...failures },
      },
    },
    async ({ query: { open = false, limit = 50, ...rest } }) => ({
      alerts: (await ports.alerts.list({ ...rest, open, limit })).map(timesOf),
    }),
  );
  app.get<{ Params: Static<typeof Params> }>(
    '/api/v1/alerts/:id',
    { schema: { tags, summary: 'One alert', params: Params, response: { 200: Alert, ...failures } } },
    async ({ params: { id } }) => {
      const view = await ports.alerts.get(id);
      if (view === null) throw new Problem('unknown-alert', `"${id}"`);
      return timesOf(view);
    },
  );

  const deed = async (request: FastifyRequest<{ Params: { id: string } }>, one: AlertDeed, issuedBy?: string) => {
    const { name } = senderOf(request, issuedBy);
    const answer = await ports.alerts.deed(request.params.id, one, name);
    if (!answer.ok) throw new Problem(answer.code, answer.detail);
    return timesOf(answer.alert);
  };
  const about = (summary: string) => ({ tags, summary, params: Params, response: { 200: Alert, ...failures } });

  app.post<{ Params: Static<typeof Params>; Body: Static<typeof Silence> }>(
    '/api/v1/alerts/:id/silence',
    {
      preValidation,
      schema: {
        ...about('Not to be counted for a while; it stays open, and is heard again when it worsens'),
        body: Silence,
      },
    },
    async (request) => deed(request, { do: 'silence', forS: request.body.forS }, request.body.issuedBy),
  );
  for (const [name, summary] of [
    ['acknowledge', 'Somebody looks after it'],
    ['accept', 'Issues what is proposed, in the name of who accepts it; asked again it is the same command'],
    ['dismiss', 'It is over, says an operator; not raised again before it was well'],
  ] as const) {
    app.post<{ Params: Static<typeof Params>; Body: Static<typeof By> | undefined }>(
      `/api/v1/alerts/:id/${name}`,
      { preValidation, schema: { ...about(summary), body: By } },
      async (request) => deed(request, { do: name }, request.body?.issuedBy),
    );
  }
}
