/** What a round says to each page, in its own measure: in full, in brief, or all that it missed. */
import { type BriefSource, Briefs } from './brief.ts';
import type { DroneDelta } from './messages.ts';
import { Missed } from './missed.ts';
import { movesOf } from './moves.ts';

/**
 * Of one message: some 100 kB. One of megabytes comes late to a page that is busy drawing, which hears nothing until it has all of
 * it, does nothing else while it takes it in, and must not take that for a dead connection.
 */
export const MOST_DRONES = 200;
const MOST_MOVES = 1000;

/** What of a page decides what it is told. */
export interface Reader {
  readonly selected: readonly string[];
  /** Of the drones that are not selected it wants what list and map show. */
  readonly brief: boolean;
  /** And moves in short. */
  readonly moves: boolean;
  /** The first round it missed; null: none. */
  readonly missedFrom: number | null;
}

export class Texts {
  readonly #source: BriefSource;
  readonly #briefs: Briefs;
  readonly #missed = { full: new Missed(), brief: new Missed() };

  constructor(source: BriefSource) {
    this.#source = source;
    this.#briefs = new Briefs(source);
  }

  /**
   * This round's members `drones` and `moved`, without the brackets about the message: of one, or of several where there is
   * much to say. What is the same for several pages is written once, and only if somebody gets it.
   */
  round(
    round: number,
    { drones, nowUs, serverUtcUs }: { readonly drones: readonly DroneDelta[]; nowUs: number; serverUtcUs: number },
    readers: readonly Reader[],
  ): (reader: Reader) => readonly string[] {
    const { full, brief } = this.#missed;
    const briefs = readers.some((one) => one.brief) ? this.#briefs.take(drones, nowUs) : [];
    const missing = readers.filter(({ missedFrom }) => missedFrom !== null);
    if (missing.some((one) => one.brief)) brief.note(briefs, round);
    else brief.letGo();
    if (missing.some((one) => !one.brief)) full.note(drones, round);
    else full.letGo();
    const parts = (missed: Missed, from: number): DroneDelta[] =>
      missed.since(from).flatMap(({ id, fields, kinds }) => this.#source.part(id, fields, kinds) ?? []);
    const written = new Map<string, { readonly drones: readonly string[]; readonly moved: readonly string[] }>();
    return (reader) => {
      const { selected, missedFrom } = reader;
      const key = `${reader.brief} ${reader.moves} ${missedFrom}`;
      let texts = written.get(key);
      if (texts === undefined) {
        const list =
          missedFrom === null ? (reader.brief ? briefs : drones) : parts(reader.brief ? brief : full, missedFrom);
        const { moved, rest } = reader.moves ? movesOf(list, serverUtcUs) : { moved: [], rest: list };
        texts = { drones: piecesOf(rest, MOST_DRONES).map(inside), moved: piecesOf(moved, MOST_MOVES).map(inside) };
        written.set(key, texts);
      }
      const late = reader.brief ? inside(selected.flatMap((id) => this.#briefs.late(id) ?? [])) : '';
      const last = [texts.drones.at(-1) ?? '', late].filter(Boolean).join(',');
      // One without anything in it says that the connection lives.
      const ends = last !== '' || texts.moved.length === 0 ? [last] : [];
      return [
        ...texts.moved.map((some) => `"drones":[],"moved":[${some}]`),
        ...[...texts.drones.slice(0, -1), ...ends].map((some) => `"drones":[${some}]`),
      ];
    };
  }

  /** Nobody is told in brief any more. */
  noBriefs(): void {
    this.#briefs.letGo();
  }
}

export function piecesOf<T>(all: readonly T[], most: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / most) }, (_, i) => all.slice(i * most, (i + 1) * most));
}

function inside(all: readonly unknown[]): string {
  return JSON.stringify(all).slice(1, -1);
}
