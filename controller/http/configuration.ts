/** /api/v1/groups, /:name; /api/v1/drones/:id/settings (docs/fleet-configuration.md) */
import { DesiredSettings, DroneId, Group, GroupName, Inspected } from '@skein/protocol/fleet/configuration';
import { formatUtc } from '@skein/protocol/time';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { ConfigurationAnswer, GroupView } from './configuration-port.ts';
import { Problem, ProblemSchema } from './errors.ts';
import type { HttpPorts } from './ports.ts';
import { checkOrigin, senderOf } from './sender.ts';

const Any = Type.Object({}, { additionalProperties: true });
const Name = Type.Object({ name: GroupName });
const Drone = Type.Object({ id: DroneId });
const ByQuery = Type.Object({ issuedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) });
const SettingsQuery = Type.Object({
  issuedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })),
  version: Type.Optional(
    Type.Integer({ minimum: 0, description: 'that they were made from: 409 when somebody was faster' }),
  ),
});
/** A group of 2000 drones. */
const BODY_LIMIT_BYTES = 256 << 10;

export function valueIn<T>(answer: ConfigurationAnswer<T>): T {
  if (!answer.ok) throw new Problem(answer.code, answer.detail);
  return answer.value;
}

export function configurationRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const failures = { '4xx': ProblemSchema, '5xx': ProblemSchema };
  const preValidation = async (request: FastifyRequest) => checkOrigin(request, ports);
  const who = (request: FastifyRequest, issuedBy: string | undefined) => senderOf(request, issuedBy).name;
  const groups = ['groups'];
  const settings = ['settings'];
  const port = ports.configuration;
  const groupView = ({ id, atUtcUs, doc }: GroupView) => ({
    ...{ name: id, ...doc, changedAt: formatUtc(atUtcUs) },
    drones: port.members(id),
  });

  app.get(
    '/api/v1/groups',
    { schema: { tags: groups, summary: 'Groups that people made', response: { 200: Any } } },
    async () => ({ groups: port.groups().map(groupView) }),
  );
  app.get<{ Params: Static<typeof Name> }>(
    '/api/v1/groups/:name',
    {
      schema: {
        ...{ tags: groups, params: Name, response: { 200: Any, ...failures } },
        summary: 'One group; `drones`: who is in it now, those too that say so themselves',
      },
    },
    async ({ params: { name } }) => {
      const held = port.group(name);
      if (held !== null) return groupView(held);
      const drones = port.members(name);
      if (drones.length === 0) throw new Problem('unknown-group', `"${name}"`);
      return { name, members: [], drones };
    },
  );
  app.put<{ Params: Static<typeof Name>; Body: Static<typeof Group>; Querystring: Static<typeof ByQuery> }>(
    '/api/v1/groups/:name',
    {
      preValidation,
      bodyLimit: BODY_LIMIT_BYTES,
      schema: {
        ...{ tags: groups, summary: 'A group, the whole of it', params: Name, body: Group, querystring: ByQuery },
        response: { 200: Any, 201: Any, ...failures },
      },
    },
    async (request, reply) => {
      const answer = await port.putGroup(request.params.name, request.body, who(request, request.query.issuedBy));
      const held = valueIn(answer);
      if (answer.ok && answer.fresh === true) reply.code(201);
      return groupView(held);
    },
  );
  app.delete<{ Params: Static<typeof Name>; Querystring: Static<typeof ByQuery> }>(
    '/api/v1/groups/:name',
    {
      preValidation,
      schema: {
        ...{ tags: groups, summary: 'Takes it away; who says that it is in it stays so', params: Name },
        ...{ querystring: ByQuery, response: { 204: Type.Null(), ...failures } },
      },
    },
    async (request, reply) => {
      valueIn(await port.removeGroup(request.params.name, who(request, request.query.issuedBy)));
      return reply.code(204).send();
    },
  );

  app.get<{ Params: Static<typeof Drone> }>(
    '/api/v1/drones/:id/settings',
    {
      schema: {
        ...{ tags: settings, params: Drone, response: { 200: Any, ...failures } },
        summary: 'What is wanted of a drone, what was read back of it, and where these differ',
      },
    },
    async ({ params: { id } }) => {
      const view = port.settings(id);
      if (view === null) throw new Problem('unknown-drone', `"${id}"`);
      return view;
    },
  );
  app.put<{
    Params: Static<typeof Drone>;
    Body: Static<typeof DesiredSettings>;
    Querystring: Static<typeof SettingsQuery>;
  }>(
    '/api/v1/drones/:id/settings',
    {
      preValidation,
      schema: {
        ...{ tags: settings, params: Drone, body: DesiredSettings, querystring: SettingsQuery },
        summary: 'What is wanted, the whole of it; parameters go to the drone by a roll-out only',
        response: { 200: Any, 201: Any, ...failures },
      },
    },
    async (request, reply) => {
      const { version, issuedBy } = request.query;
      const o = { version, by: who(request, issuedBy) };
      const answer = await port.putSettings(request.params.id, request.body, o);
      const view = valueIn(answer);
      if (answer.ok && answer.fresh === true) reply.code(201);
      return view;
    },
  );

  const maintenance = ['maintenance'];
  app.get<{ Params: Static<typeof Drone> }>(
    '/api/v1/drones/:id/upkeep',
    {
      schema: {
        ...{ tags: maintenance, params: Drone, response: { 200: Any, ...failures } },
        summary: 'Hours, flights and hard landings, in all and since its inspection; what holds it on the ground',
      },
    },
    async ({ params: { id } }) => {
      const view = port.upkeep(id);
      if (view === null) throw new Problem('unknown-drone', `"${id}"`);
      return view;
    },
  );
  app.get<{ Params: Static<typeof Drone> }>(
    '/api/v1/drones/:id/calibration',
    {
      schema: {
        ...{ tags: maintenance, params: Drone, response: { 200: Any, ...failures } },
        summary: 'What it draws and how long it takes against the model, and from which flights that was learnt',
      },
    },
    async ({ params: { id } }) => {
      const view = port.calibration(id);
      if (view === null) throw new Problem('unknown-drone', `"${id}"`);
      return view;
    },
  );
  app.post<{ Params: Static<typeof Drone>; Body: Static<typeof Inspected> }>(
    '/api/v1/drones/:id/inspected',
    {
      preValidation,
      schema: {
        ...{ tags: maintenance, params: Drone, body: Inspected, response: { 200: Any, ...failures } },
        summary: 'It was inspected: what limits count begins anew',
      },
    },
    async (request) => {
      const { note, issuedBy } = request.body;
      return valueIn(await port.inspected(request.params.id, note, who(request, issuedBy)));
    },
  );
}
