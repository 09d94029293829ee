/**
 * Every command this agent knows of, with its newest answer: a repeat gets that answer again and changes nothing.
 * Bounded; the oldest final ones are forgotten first (their own expiry refuses them by then).
 */
import { type Command, type DeliveryState, isFinal } from '@skein/protocol/fleet';
import type { Answer, Json } from './types.ts';

const MAX_KNOWN = 2_000;

/**
 * The number of an answer follows from what it says, so that answers of two starts of the agent, or of a journal that
 * was late, still replace each other in the right order.
 */
export const STEPS = { delivered: 1, accepted: 2, executing: 3, final: 4, found: 5 } as const;

export class KnownCommands {
  readonly #answers = new Map<string, Answer>();

  get(id: string): Answer | undefined {
    return this.#answers.get(id);
  }

  set(answer: Answer): void {
    this.#answers.delete(answer.command);
    this.#answers.set(answer.command, answer);
    if (this.#answers.size <= MAX_KNOWN) return;
    for (const [id, old] of this.#answers) {
      // One that was only `delivered` is judged anew whenever it comes again.
      if (!isFinal(old.state) && old.state !== 'delivered') continue;
      this.#answers.delete(id);
      break;
    }
  }

  /** The newest first. */
  last(count: number): readonly Answer[] {
    return [...this.#answers.values()].slice(-count).reverse();
  }

  get size(): number {
    return this.#answers.size;
  }
}

export function stepOf(state: DeliveryState): number {
  return state === 'delivered' || state === 'accepted' || state === 'executing' ? STEPS[state] : STEPS.final;
}

/** What an answer says; its number follows. */
export type Said = Omit<Answer, 'step' | 'detail'> & { readonly detail?: Json };

export const blank = ({ id, type }: Command) => ({ command: id, type });
