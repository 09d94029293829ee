/**
 * What changed while a page could not take it. Noted by name, with the round in which it changed last: however long a page is
 * behind, what it missed is never more than one of each, and what goes out in the end is what is true then.
 */
import type { DroneDelta } from './messages.ts';

interface Named {
  readonly fields: Map<string, number>;
  readonly kinds: Map<string, number>;
}

export interface MissedPart {
  readonly id: string;
  readonly fields: ReadonlySet<string>;
  readonly kinds: ReadonlySet<string>;
}

export class Missed {
  readonly #named = new Map<string, Named>();

  note(deltas: readonly DroneDelta[], round: number): void {
    for (const { id, kinds = {}, ...fields } of deltas) {
      let named = this.#named.get(id);
      if (named === undefined) {
        named = { fields: new Map(), kinds: new Map() };
        this.#named.set(id, named);
      }
      for (const name in fields) named.fields.set(name, round);
      for (const name in kinds) named.kinds.set(name, round);
    }
  }

  /** What changed in that round or after it. */
  since(round: number): MissedPart[] {
    const after = (all: ReadonlyMap<string, number>): ReadonlySet<string> =>
      new Set([...all].flatMap(([name, changed]) => (changed >= round ? [name] : [])));
    return [...this.#named].flatMap(([id, named]) => {
      const [fields, kinds] = [after(named.fields), after(named.kinds)];
      return fields.size + kinds.size > 0 ? [{ id, fields, kinds }] : [];
    });
  }

  /** Nobody is behind. */
  letGo(): void {
    this.#named.clear();
  }
}
