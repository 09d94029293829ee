/** GET /api/v1/map and /api/v1/map/streets.pmtiles: the ground of the page's map, where one is configured */
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Problem, ProblemSchema } from './errors.ts';
import type { HttpPorts } from './ports.ts';

const TILES_URL = '/api/v1/map/streets.pmtiles';
const tags = ['map'];
const failures = { '4xx': ProblemSchema, '5xx': ProblemSchema };
const Words = Type.Union([Type.String(), Type.Null()]);
const MapView = Type.Object({
  tiles: Type.Union([Type.Object({ url: Words, words: Words }), Type.Null()]),
  style: Type.Union([Type.Object({ style: Type.Unknown(), words: Words }), Type.Null()]),
});

export async function mapRoutes(app: FastifyInstance, { map }: HttpPorts): Promise<void> {
  app.get(
    '/api/v1/map',
    {
      schema: { tags, summary: 'Streets and style of the map, or what is wrong with them', response: { 200: MapView } },
    },
    async (_, reply) => {
      reply.header('cache-control', 'no-store');
      const { tiles, style } = await map.view();
      // The version makes it another address: ranges of two files must never be mixed in a cache.
      const url = tiles?.version == null ? null : `${TILES_URL}?v=${tiles.version}`;
      return { tiles: tiles && { url, words: tiles.words }, style };
    },
  );
  const file = map.tilesPath;
  if (file !== null)
    await app.register(fastifyStatic, { root: path.dirname(file), serve: false, suppressWarning: true });
  app.get(
    TILES_URL,
    { schema: { tags, summary: 'The PMTiles file of map.tiles; ranges are served', response: failures } },
    async (_, reply) => {
      if (file === null) throw new Problem('not-found');
      reply.type('application/octet-stream');
      return reply.sendFile(path.basename(file), { maxAge: '1d', immutable: true });
    },
  );
}
