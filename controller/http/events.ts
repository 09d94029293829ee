/** GET /api/v1/events: the feed, as JSON or as a stream (text/event-stream). */
import type { ServerResponse } from 'node:http';
import { formatUtc } from '@skein/protocol/time';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { fromCursor, toCursor } from './cursor.ts';
import { Problem, ProblemSchema } from './errors.ts';
import type { FeedEvent, HttpPorts } from './ports.ts';

const EventsQuery = Type.Object({
  after: Type.Optional(Type.String({ maxLength: 64, description: 'cursor: `next` of an earlier answer' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  entity: Type.Optional(Type.String({ maxLength: 64, description: 'only of this entity, e.g. drone:d1' })),
});

const Event = Type.Object({
  cursor: Type.String(),
  entity: Type.String(),
  version: Type.Integer({ description: 'number of the event in its entity' }),
  type: Type.String(),
  at: Type.String({ format: 'date-time' }),
  by: Type.Union([Type.Object({ kind: Type.String(), name: Type.String() }), Type.Null()], {
    description: 'who did it: operator, integrator, drone or controller, and their name; null: not known',
  }),
  cause: Type.Union([Type.String(), Type.Null()], {
    description: 'why: the event it follows from, as <entity>@<version>, or words',
  }),
  stamp: Type.Union([Type.String(), Type.Null()], {
    description: 'hybrid logical clock: µs UTC and a count; rises from event to event though a wall clock steps back',
  }),
  data: Type.Object({}, { additionalProperties: true }),
  hash: Type.String({ description: 'SHA-256 chain over the events of the entity' }),
});

const POLL_MS = 1000;
const HEARTBEAT_MS = 15_000;
const MAX_STREAMS = 64;
const MAX_UNSENT_BYTES = 1 << 20;

function show({ id, atUtcUs, ...rest }: FeedEvent) {
  return { cursor: toCursor(id), at: formatUtc(atUtcUs), ...rest };
}

export function eventRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const streams = new Set<ServerResponse>();
  app.addHook('preClose', (done) => {
    for (const stream of streams) stream.end();
    done();
  });

  app.get<{ Querystring: Static<typeof EventsQuery> }>(
    '/api/v1/events',
    {
      schema: {
        tags: ['events'],
        summary: 'What happened, in the order it was committed; with Accept: text/event-stream as a stream',
        querystring: EventsQuery,
        response: {
          200: Type.Object({ events: Type.Array(Event), next: Type.Union([Type.String(), Type.Null()]) }),
          '4xx': ProblemSchema,
          '5xx': ProblemSchema,
        },
      },
    },
    async (request, reply) => {
      const { limit = 100, entity } = request.query;
      const after = request.headers['last-event-id']?.toString() ?? request.query.after;
      const afterId = after === undefined ? 0 : fromCursor(after);
      if (afterId === null) throw new Problem('bad-cursor');
      const read = (from: number) =>
        ports.events({ afterId: from, limit, ...(entity === undefined ? {} : { entity }) });
      if (!request.headers.accept?.includes('text/event-stream')) {
        const events = await read(afterId);
        const last = events.at(-1);
        return { events: events.map(show), next: last ? toCursor(last.id) : (after ?? null) };
      }
      if (streams.size >= MAX_STREAMS) throw new Problem('busy');
      reply.hijack();
      streams.add(reply.raw);
      reply.raw.once('close', () => streams.delete(reply.raw));
      await stream(reply.raw, afterId, read).catch((error) => {
        ports.onError(error, request.id);
        reply.raw.destroy();
      });
      return reply;
    },
  );
}

/** Until the caller goes away. One that does not read is dropped; it comes back with Last-Event-ID. */
async function stream(
  out: ServerResponse,
  afterId: number,
  read: (afterId: number) => Promise<readonly FeedEvent[]>,
): Promise<void> {
  out.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  out.write(': skein\n\n');
  let from = afterId;
  let quietMs = 0;
  while (!out.destroyed && !out.writableEnded) {
    const events = await read(from);
    for (const event of events) {
      out.write(`id: ${toCursor(event.id)}\nevent: ${event.type}\ndata: ${JSON.stringify(show(event))}\n\n`);
      from = event.id;
    }
    if (out.writableLength > MAX_UNSENT_BYTES) out.destroy();
    quietMs = events.length > 0 ? 0 : quietMs + POLL_MS;
    if (quietMs >= HEARTBEAT_MS) {
      out.write(': still here\n\n');
      quietMs = 0;
    }
    if (events.length === 0) await pause(out, POLL_MS);
  }
}

function pause(out: ServerResponse, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const settle = () => {
      clearTimeout(timer);
      out.removeListener('close', settle);
      resolve();
    };
    const timer = setTimeout(settle, ms);
    out.once('close', settle);
  });
}
