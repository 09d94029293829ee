/** GET /api/v1/events/search: what happened, from the newest back, by what stands in it. */
import { causeWords, eventWords } from '@skein/protocol/fleet';
import { formatUtc } from '@skein/protocol/time';
import type { FastifyInstance } from 'fastify';
import { type Static, type TSchema, Type } from 'typebox';
import { askedTime } from './asked-time.ts';
import { fromCursor, toCursor } from './cursor.ts';
import { Problem, ProblemSchema } from './errors.ts';
import { EventSchema, shownEvent } from './events.ts';
import type { FeedEvent, HttpPorts } from './ports.ts';

/** Events looked at for one answer: what one person looks for holds up nobody else's reading for long. */
const LOOK = 50_000;
const MAX_WORDS = 8;

export interface EventSearch {
  readonly limit: number;
  readonly look: number;
  readonly beforeId?: number;
  readonly afterId?: number;
  readonly fromUtcUs?: number;
  readonly toUtcUs?: number;
  readonly entity?: string;
  readonly kinds?: readonly string[];
  readonly drone?: string;
  readonly type?: string;
  readonly by?: string;
  readonly byKinds?: readonly string[];
  readonly words?: readonly string[];
}

/** Newest first; `nextId`: the search goes on with those before it, null: it is through. */
export interface FoundEvents {
  readonly events: readonly FeedEvent[];
  readonly newestId: number;
  readonly nextId: number | null;
  readonly backToUtcUs: number | null;
}

const Cursor = (description: string) => Type.Optional(Type.String({ maxLength: 64, description }));
const Time = (description: string) => Type.Optional(Type.String({ maxLength: 40, description }));
const several = (one: TSchema, description: string) =>
  Type.Optional(Type.Array(one, { maxItems: 16, description: `${description}; may be given several times` }));

const Query = Type.Object({
  before: Cursor('only those before it: `next` of the answer before'),
  after: Cursor('only those after it: `newest` of an earlier answer'),
  from: Time('stored from then on; RFC 3339 or epoch ms'),
  to: Time('stored before then'),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 200, default: 100 })),
  entity: Type.Optional(Type.String({ maxLength: 64, description: 'only of this entity, e.g. order:01J…' })),
  kind: several(Type.String({ pattern: '^[a-z][a-z0-9-]{0,31}$' }), 'only of entities of this kind: order, alert…'),
  drone: Type.Optional(
    Type.String({ pattern: '^[a-z0-9-]{1,32}$', description: 'its own, those it caused, and those that name it' }),
  ),
  type: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'only of this type' })),
  by: Type.Optional(Type.String({ minLength: 1, maxLength: 64, description: 'only what somebody of this name did' })),
  actor: several(
    Type.Union(['operator', 'integrator', 'drone', 'controller'].map((kind) => Type.Literal(kind))),
    'only what such did',
  ),
  text: Type.Optional(
    Type.String({
      maxLength: 200,
      description: `words, at most ${MAX_WORDS}: each must stand in it, as it is stored; capitals of ASCII do not count`,
    }),
  ),
});

function idOf(cursor: string | undefined): number | undefined {
  if (cursor === undefined) return undefined;
  const id = fromCursor(cursor);
  if (id === null) throw new Problem('bad-cursor');
  return id;
}

function searchOf(query: Static<typeof Query>): EventSearch {
  const { limit = 100, entity, drone, type, by, kind: kinds, actor: byKinds } = query;
  const at = (text: string | undefined) => (text === undefined ? undefined : askedTime(text));
  const wanted = {
    ...{ beforeId: idOf(query.before), afterId: idOf(query.after), fromUtcUs: at(query.from) },
    ...{ toUtcUs: at(query.to), entity, drone, type, by, kinds, byKinds },
    words: query.text?.split(/\s+/).filter((word) => word !== ''),
  };
  if (wanted.fromUtcUs !== undefined && wanted.toUtcUs !== undefined && wanted.fromUtcUs >= wanted.toUtcUs)
    throw new Problem('bad-range');
  if ((wanted.words?.length ?? 0) > MAX_WORDS) throw new Problem('bad-request', `text: at most ${MAX_WORDS} words`);
  const given = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  return { limit, look: LOOK, ...given };
}

const WordedEventSchema = Type.Intersect([
  EventSchema,
  Type.Object({
    words: Type.String({ description: 'what happened, for people' }),
    why: Type.Union([Type.String(), Type.Null()], { description: 'its cause, for people; null: nobody said' }),
  }),
]);

const wordedEvent = (event: FoundEvents['events'][number]) => ({
  ...shownEvent(event),
  ...{ words: eventWords(event), why: causeWords(event.cause) },
});

export function eventSearchRoute(app: FastifyInstance, ports: HttpPorts): void {
  app.get<{ Querystring: Static<typeof Query> }>(
    '/api/v1/events/search',
    {
      // One alone comes as a text, two as a list.
      preValidation: async (request) => {
        const query: { kind?: unknown; actor?: unknown } = request.query;
        if (typeof query.kind === 'string') query.kind = [query.kind];
        if (typeof query.actor === 'string') query.actor = [query.actor];
      },
      schema: {
        tags: ['events'],
        summary: 'What happened, newest first, by what stands in it',
        description: `Each answer is of at most ${LOOK} events looked at; \`next\` goes on from there, null: all were.`,
        querystring: Query,
        response: {
          200: Type.Object({
            events: Type.Array(WordedEventSchema),
            newest: Type.Union([Type.String(), Type.Null()], { description: 'none after it was there' }),
            next: Type.Union([Type.String(), Type.Null()], { description: 'give as `before` to search further' }),
            searchedTo: Type.Union([Type.String({ format: 'date-time' }), Type.Null()], {
              description: 'everything stored since then was looked at; null: everything asked for was',
            }),
          }),
          '4xx': ProblemSchema,
          '5xx': ProblemSchema,
        },
      },
    },
    async (request) => {
      const { events, newestId, nextId, backToUtcUs } = await ports.searchEvents(searchOf(request.query));
      return {
        events: events.map(wordedEvent),
        newest: newestId > 0 ? toCursor(newestId) : null,
        next: nextId === null ? null : toCursor(nextId),
        searchedTo: backToUtcUs === null ? null : formatUtc(backToUtcUs),
      };
    },
  );
}
