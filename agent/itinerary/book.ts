/**
 * The book: what must be known again after whatever happens. One itinerary, those that are over, the parcels. Pure.
 *
 * What cannot be read is never made up: nothing is verified then, and where the parcels are is not known.
 */
import { Itinerary, type ItineraryState, isItineraryOver, type ReleaseState } from '@skein/protocol/fleet';
import { ITINERARY_STATES, RELEASE_STATES } from '@skein/protocol/telemetry';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';
import type { Away } from './away.ts';
import type { Current, Ended, Parcel } from './types.ts';

export const BOOK_VERSION = 1;
/** Ids kept after they are over; the oldest are forgotten, and would be judged anew. */
export const MAX_ENDED = 200;
/** Parcels kept besides those still in custody. */
const MAX_PARCELS = 100;
/** What was said and not yet written when the agent ended is numbered lower than what is said next. */
const STEPS_UNSAVED = 1_000;

export interface Book {
  readonly current: Current | null;
  readonly ended: readonly Ended[];
  readonly parcels: readonly Parcel[];
  /** The book was lost: where parcels are is not known until somebody says so. Why, in words; null: it is known. */
  readonly custodyLost: string | null;
  /** The flight before this one came down away from its base; null: it did not, or another began since. */
  readonly away: Away | null;
}

export const EMPTY_BOOK: Book = { current: null, ended: [], parcels: [], custodyLost: null, away: null };

const Text = Type.String({ maxLength: 8_192 });
const Whole = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const Maybe = <T extends Parameters<typeof Type.Union>[0][number]>(schema: T) => Type.Union([schema, Type.Null()]);
const Anything = Type.Record(Type.String(), Type.Unknown());
const OneOf = <T extends string>(values: readonly T[]) => Type.Union(values.map((value) => Type.Literal(value)));

const SpotSchema = Type.Object({ latDeg: Type.Number(), lonDeg: Type.Number() });
const StandSchema = Type.Object({
  id: Text,
  version: Whole,
  step: Whole,
  state: OneOf(ITINERARY_STATES),
  reason: Text,
  item: Maybe(Whole),
  detail: Anything,
});
const VerificationSchema = Type.Object({
  hash: Text,
  home: Type.Object({ latDeg: Type.Number(), lonDeg: Type.Number(), altAmslM: Type.Number() }),
  boot: Type.Object({ kernel: Text, beganMs: Type.Number(), id: Type.Optional(Text) }),
});
const BookSchema = Type.Object({
  book: Type.Literal(BOOK_VERSION),
  current: Maybe(
    Type.Object({
      itinerary: Itinerary,
      issuedBy: Text,
      limits: Anything,
      stand: StandSchema,
      verification: Maybe(VerificationSchema),
      // Earlier versions wrote neither.
      foreign: Type.Optional(Maybe(Text)),
      givenAt: Type.Optional(Maybe(Text)),
      seq: Maybe(Whole),
    }),
  ),
  ended: Type.Array(Type.Object({ stand: StandSchema, takenBack: Type.Boolean() })),
  parcels: Type.Array(
    Type.Object({
      itinerary: Text,
      version: Whole,
      item: Whole,
      name: Maybe(Text),
      step: Whole,
      state: OneOf(RELEASE_STATES),
      reason: Text,
      begun: Type.Boolean(),
      latDeg: Maybe(Type.Number()),
      lonDeg: Maybe(Type.Number()),
      detail: Anything,
    }),
  ),
  custodyLost: Maybe(Text),
  // Earlier versions did not write it.
  away: Type.Optional(Maybe(Type.Object({ itinerary: Text, base: SpotSchema, place: SpotSchema }))),
});
const check = Compile(BookSchema);

export function bookText(book: Book): string {
  return `${JSON.stringify({ book: BOOK_VERSION, ...book })}\n`;
}

/** The text of a file → its book; null: it is torn, or not one. */
export function parseBook(text: string): Book | null {
  try {
    const read: unknown = JSON.parse(text);
    if (!check.Check(read)) return null;
    const { book: _, ...book } = read;
    const current = book.current === null ? null : { foreign: null, givenAt: null, ...book.current };
    return { away: null, ...book, current } as Book;
  } catch {
    return null;
  }
}

/**
 * The book of an earlier start as this one takes it over. A release that was under way then was seen by nobody since: it
 * is `unproved`.
 */
export function takenOver(book: Book): Book {
  const parcels = book.parcels.map((parcel) => {
    const next = { ...parcel, step: parcel.step + STEPS_UNSAVED };
    return parcel.state === 'releasing' ? { ...next, state: 'unproved' as const, reason: 'not-seen: restarted' } : next;
  });
  const { current } = book;
  if (current === null) return { ...book, parcels };
  const stand = { ...current.stand, step: current.stand.step + STEPS_UNSAVED };
  return { ...book, parcels, current: { ...current, stand } };
}

/** An id is over; what was said of it before is forgotten. */
export function withEnded(book: Book, ended: Ended): Book {
  const others = book.ended.filter(({ stand }) => stand.id !== ended.stand.id);
  return { ...book, ended: [...others, ended].slice(-MAX_ENDED) };
}

const CUSTODY: readonly ReleaseState[] = ['aboard', 'at-gate', 'releasing', 'not-released', 'unproved'];

/** Is it the drone's to answer for? */
export function inCustody({ state }: Pick<Parcel, 'state'>): boolean {
  return CUSTODY.includes(state);
}

export function withParcel(book: Book, parcel: Parcel): Book {
  const isIt = (one: Parcel): boolean => one.itinerary === parcel.itinerary && one.item === parcel.item;
  const all = [...book.parcels.filter((one) => !isIt(one)), parcel];
  const over = all.filter((one) => !inCustody(one));
  const forgotten = new Set(over.slice(0, Math.max(0, over.length - MAX_PARCELS)));
  return { ...book, parcels: all.filter((one) => !forgotten.has(one)) };
}

export function parcelOf(book: Book, itinerary: string, item: number): Parcel | null {
  return book.parcels.find((one) => one.itinerary === itinerary && one.item === item) ?? null;
}

/** Where the drone's parcels are: `none`, `unknown`, or the gravest of their states. */
export type Custody = 'none' | 'unknown' | 'unproved' | 'not-released' | 'releasing' | 'aboard';

export function custodyOf({ custodyLost, parcels }: Pick<Book, 'custodyLost' | 'parcels'>): Custody {
  if (custodyLost !== null) return 'unknown';
  const has = (state: ReleaseState): boolean => parcels.some((parcel) => parcel.state === state);
  for (const state of ['unproved', 'not-released', 'releasing'] as const) if (has(state)) return state;
  return parcels.some(inCustody) ? 'aboard' : 'none';
}

/** People gave it again: a message that only comes again says the same time. */
export function isGivenLater({ givenAt }: Pick<Current, 'givenAt'>, at: string | undefined): at is string {
  return at !== undefined && (givenAt === null || at > givenAt);
}

export const isOver = (state: ItineraryState): boolean => isItineraryOver(state);
