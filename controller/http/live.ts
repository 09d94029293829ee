/** `WS /api/v1/live`: a page joins the live view, and one that is not there any more is found out. */
import type { FastifyInstance } from 'fastify';
import { Type } from 'typebox';
import { Problem } from './errors.ts';
import { originAllowed } from './origin.ts';
import type { HttpPorts } from './ports.ts';

/**
 * A page whose machine sleeps or whose network is gone says no good-bye; TCP notices in a quarter of an hour, and so long its
 * drone would be asked for more than anybody looks at. Browsers answer pings by themselves. A slow line that is still
 * carrying a snapshot answers late: one ping may stay unanswered for as long as the next is.
 */
const PING_EVERY_MS = 30_000;
const MOST_UNANSWERED = 2;

export function liveRoute(
  app: FastifyInstance,
  ports: Pick<HttpPorts, 'joinLive' | 'count'>,
  pingEveryMs = PING_EVERY_MS,
): void {
  app.route({
    method: 'GET',
    url: '/api/v1/live',
    schema: {
      tags: ['live'],
      summary: 'WebSocket: a snapshot, then deltas (docs/live.md)',
      querystring: Type.Object({
        pieces: Type.Optional(Type.Boolean({ description: 'a snapshot of many drones comes in several messages' })),
      }),
    },
    preValidation: async (request) => {
      if (originAllowed(request.headers.origin, request.headers.host)) return;
      ports.count('foreign');
      throw new Problem('foreign-origin', request.headers.origin);
    },
    handler: async (_request, reply) => {
      reply.header('upgrade', 'websocket');
      throw new Problem('upgrade-required');
    },
    wsHandler: (socket, request) => {
      socket.on('error', () => socket.terminate());
      const { pieces = false } = request.query as { readonly pieces?: boolean };
      const client = ports.joinLive(socket, pieces);
      if (client === null) return;
      let unanswered = 0;
      const pings = setInterval(() => {
        unanswered += 1;
        if (unanswered <= MOST_UNANSWERED) return socket.ping();
        ports.count('pagesSilent');
        socket.terminate();
      }, pingEveryMs);
      socket.on('pong', () => {
        unanswered = 0;
      });
      socket.on('message', (data) => client.message(data.toString()));
      socket.once('close', () => {
        clearInterval(pings);
        client.gone();
      });
    },
  });
}
