/** GET /api/v1/events: the feed, as JSON or as a stream (text/event-stream). */
import type { ServerResponse } from 'node:http';
import { formatUtc } from '@skein/protocol/time';
import type { FastifyInstance } from 'fastify';
import { type Static, Type } from 'typebox';
import { fromCursor, toCursor } from './cursor.ts';
import { Problem, ProblemSchema } from './errors.ts';
import type { FeedEvent, FeedPort, HttpPorts } from './ports.ts';

const EventsQuery = Type.Object({
  after: Type.Optional(Type.String({ maxLength: 64, description: 'cursor: `next` of an earlier answer' })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 1000, default: 100 })),
  entity: Type.Optional(Type.String({ maxLength: 64, description: 'only of this entity, e.g. drone:d1' })),
  kind: Type.Optional(
    Type.Array(Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' }), {
      maxItems: 16,
      description: 'only of entities of these kinds, what stands before their colon: order, alert, controller…',
    }),
  ),
});

export const EventSchema = Type.Object({
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

/** Events read at once for a stream. */
const PAGE = 100;
const HEARTBEAT_MS = 15_000;
const MAX_STREAMS = 64;
/** One that does not take what it is sent within this is let go; it comes back with Last-Event-ID. */
const DRAIN_MS = 10_000;

/** As others see it: in the feed, and sent by webhooks. */
export function shownEvent({ id, atUtcUs, ...rest }: FeedEvent) {
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
      // One kind alone comes as a text, two as a list.
      preValidation: async (request) => {
        const query: { kind?: unknown } = request.query;
        if (typeof query.kind === 'string') query.kind = [query.kind];
      },
      schema: {
        tags: ['events'],
        summary: 'What happened, in the order it was committed; with Accept: text/event-stream as a stream',
        querystring: EventsQuery,
        response: {
          200: Type.Object({ events: Type.Array(EventSchema), next: Type.Union([Type.String(), Type.Null()]) }),
          '4xx': ProblemSchema,
          '5xx': ProblemSchema,
        },
      },
    },
    async (request, reply) => {
      const { limit = 100, entity, kind: kinds } = request.query;
      const after = request.headers['last-event-id']?.toString() ?? request.query.after;
      const afterId = after === undefined ? 0 : fromCursor(after);
      if (afterId === null) throw new Problem('bad-cursor');
      const filter = { ...(entity === undefined ? {} : { entity }), ...(kinds === undefined ? {} : { kinds }) };
      if (!request.headers.accept?.includes('text/event-stream')) {
        const { events, next } = await ports.feed.read({ afterId, limit, ...filter });
        return { events: events.map(shownEvent), next: next > 0 ? toCursor(next) : (after ?? null) };
      }
      if (streams.size >= MAX_STREAMS) throw new Problem('busy');
      reply.hijack();
      ports.count('streams');
      streams.add(reply.raw);
      reply.raw.once('close', () => streams.delete(reply.raw));
      const read = (from: number) => ports.feed.read({ afterId: from, limit: PAGE, ...filter });
      await stream(reply.raw, afterId, { ...ports, read }).catch((error) => {
        ports.onError(error, request.id);
        reply.raw.destroy();
      });
      return reply;
    },
  );
}

/** Until the caller goes away. What the reader was told last is in each heartbeat too, so that it goes on from there. */
async function stream(
  out: ServerResponse,
  afterId: number,
  o: Pick<HttpPorts, 'feed' | 'count'> & { readonly read: (afterId: number) => ReturnType<FeedPort['read']> },
): Promise<void> {
  const gone = new AbortController();
  out.once('close', () => gone.abort());
  out.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  out.write(': skein\n\n');
  let from = afterId;
  while (!out.destroyed && !out.writableEnded) {
    const { events, next } = await o.read(from);
    if (out.destroyed || out.writableEnded) return;
    const said = events.map(
      (event) => `id: ${toCursor(event.id)}\nevent: ${event.type}\ndata: ${JSON.stringify(shownEvent(event))}\n\n`,
    );
    from = next;
    if (said.length > 0) out.write(said.join(''));
    if (out.writableNeedDrain && !(await drained(out, gone.signal))) {
      o.count('streamsDropped');
      out.destroy();
      return;
    }
    const untilMs = performance.now() + HEARTBEAT_MS;
    await o.feed.beyond(from, HEARTBEAT_MS, gone.signal);
    if (!out.destroyed && !out.writableEnded && performance.now() >= untilMs)
      out.write(`id: ${toCursor(from)}\n: still here\n\n`);
  }
}

function drained(out: ServerResponse, gone: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (took: boolean) => {
      clearTimeout(timer);
      out.removeListener('drain', onDrain);
      gone.removeEventListener('abort', onGone);
      resolve(took);
    };
    const onDrain = () => settle(true);
    const onGone = () => settle(true);
    const timer = setTimeout(() => settle(false), DRAIN_MS);
    out.once('drain', onDrain);
    gone.addEventListener('abort', onGone);
  });
}
