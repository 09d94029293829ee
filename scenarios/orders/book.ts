/**
 * The records of orders in virtual time: what is written is in memory at once and durable later; a crash of the controller
 * loses what was not.
 */

import { mergePatch } from '@skein/protocol/fleet';
import type { Change, Held, KeyUse, Once, OrderRecords } from '../../controller/orders/ports.ts';

interface Writing {
  readonly changes: readonly Change[];
  readonly dueS: number;
  readonly saidS: number;
  readonly resolve: (written: boolean) => void;
  answered: boolean;
}

export class Book implements OrderRecords {
  readonly full = false;
  durable = new Map<string, Held>();
  #memory = new Map<string, Held>();
  #writings: Writing[] = [];
  readonly #nowS: () => number;
  readonly #delayS: () => number;
  /** Every change in memory, in order: for the judge. */
  readonly #onChange: (before: Held | null, after: Held) => void;

  constructor(o: { nowS: () => number; delayS: () => number; onChange: (before: Held | null, after: Held) => void }) {
    this.#nowS = o.nowS;
    this.#delayS = o.delayS;
    this.#onChange = o.onChange;
  }

  /** The controller dies: who waits for a write never hears. */
  crash(): void {
    this.#writings = [];
    this.#memory = new Map(this.durable);
  }

  /** Writes become durable in their order. */
  tick(): void {
    const nowS = this.#nowS();
    while (this.#writings[0] !== undefined && this.#writings[0].dueS <= nowS) {
      const [done] = this.#writings.splice(0, 1);
      for (const change of done?.changes ?? []) {
        const before = this.durable.get(change.id) ?? null;
        this.durable.set(change.id, applied(before, change));
      }
      if (done && !done.answered) done.resolve(true);
    }
    for (const one of this.#writings) {
      if (one.answered || nowS < one.saidS) continue;
      one.answered = true;
      one.resolve(false);
    }
  }

  isDurable(id: string): boolean {
    return !this.#writings.some(({ changes }) => changes.some((one) => one.id === id));
  }

  async once<A>(_key: KeyUse | null, run: () => Promise<A>): Promise<Once<A>> {
    return { kind: 'run', answer: await run() };
  }

  get(id: string): Held | null {
    return this.#memory.get(id) ?? null;
  }

  async find(id: string): Promise<Held | null> {
    return this.get(id);
  }

  open(): Iterable<Held> {
    return [...this.#memory.values()].filter((held) => held.open);
  }

  all(): readonly Held[] {
    return [...this.#memory.values()];
  }

  async list(): Promise<readonly Held[]> {
    return this.all();
  }

  write(changes: readonly Change[]): Promise<boolean> {
    for (const change of changes) {
      const before = this.#memory.get(change.id) ?? null;
      const after = applied(before, change);
      this.#memory.set(change.id, after);
      this.#onChange(before, after);
    }
    const nowS = this.#nowS();
    const last = this.#writings.at(-1)?.dueS ?? 0;
    const dueS = Math.max(last, nowS + this.#delayS());
    return new Promise((resolve) => {
      this.#writings.push({ changes, dueS, saidS: nowS + 5, resolve, answered: false });
    });
  }
}

function applied(before: Held | null, { id, set, open }: Change): Held {
  return {
    id,
    version: (before?.version ?? 0) + 1,
    open: open ?? before?.open ?? true,
    doc: mergePatch(before?.doc ?? {}, set) as Held['doc'],
  };
}
