/** /api/v1/packs, /:id and its words; /api/v1/drones/:id/pack (docs/fleet-configuration.md) */
import { DroneId, NewPack, PackId, PackSettings, PackWord } from '@skein/protocol/fleet/configuration';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import { valueIn } from './configuration.ts';
import { Problem, ProblemSchema } from './errors.ts';
import type { HttpPorts } from './ports.ts';
import { checkOrigin, senderOf } from './sender.ts';

const Any = Type.Object({}, { additionalProperties: true });
const Pack = Type.Object({ id: PackId });
const Drone = Type.Object({ id: DroneId });
const ByQuery = Type.Object({ issuedBy: Type.Optional(Type.String({ minLength: 1, maxLength: 64 })) });

export function packRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const tags = ['maintenance'];
  const response = { '4xx': ProblemSchema, '5xx': ProblemSchema };
  const answers = { 200: Any, ...response };
  const preValidation = async (request: FastifyRequest) => checkOrigin(request, ports);
  const port = ports.configuration;

  app.get(
    '/api/v1/packs',
    { schema: { tags, summary: 'Packs that are not retired: where they are, cycles, limits', response: answers } },
    async () => ({ packs: port.packs() }),
  );
  app.get<{ Params: Static<typeof Pack> }>(
    '/api/v1/packs/:id',
    { schema: { tags, params: Pack, summary: 'One pack: what its flights took of it', response: answers } },
    async ({ params: { id } }) => {
      const view = port.pack(id);
      if (view === null) throw new Problem('unknown-pack', `"${id}"`);
      return view;
    },
  );
  app.put<{ Params: Static<typeof Pack>; Body: Static<typeof PackSettings>; Querystring: Static<typeof ByQuery> }>(
    '/api/v1/packs/:id',
    {
      preValidation,
      schema: {
        ...{ tags, params: Pack, body: PackSettings, querystring: ByQuery, response: { 201: Any, ...answers } },
        summary: 'What people know of a pack, the whole of it: capacity, cells, limits',
      },
    },
    async (request, reply) => {
      const { name } = senderOf(request, request.query.issuedBy);
      const answer = await port.putPack(request.params.id, request.body, name);
      const view = valueIn(answer);
      if (answer.ok && answer.fresh === true) reply.code(201);
      return view;
    },
  );
  const words = [
    ['inspected', 'It was inspected: what limits count begins anew', port.packInspected],
    ['retired', 'It is not to be used any more', port.retirePack],
  ] as const;
  for (const [word, summary, take] of words) {
    app.post<{ Params: Static<typeof Pack>; Body: Static<typeof PackWord> }>(
      `/api/v1/packs/:id/${word}`,
      { preValidation, schema: { tags, params: Pack, body: PackWord, summary, response: answers } },
      async (request) => {
        const { note, issuedBy } = request.body;
        return valueIn(await take(request.params.id, note, senderOf(request, issuedBy).name));
      },
    );
  }
  app.post<{ Params: Static<typeof Drone>; Body: Static<typeof NewPack> }>(
    '/api/v1/drones/:id/pack',
    {
      preValidation,
      schema: {
        ...{ tags, params: Drone, body: NewPack, response: answers },
        summary: 'This pack was put in: it is counted there, and the charge that its autopilot reports counts again',
      },
    },
    async (request) => {
      const { pack, instance = 0, issuedBy } = request.body;
      return valueIn(await port.fitPack(request.params.id, pack, instance, senderOf(request, issuedBy)));
    },
  );
}
