/**
 * One commander per drone (flight rules §2): the first flight command makes its sender the commander, until the motors
 * stop. Kept through restarts of the agent in flight. Pure but for the saving.
 */
export class Commander {
  readonly #save: (name: string | null) => void;
  #name: string | null = null;
  #armed: boolean | null = null;

  constructor(save: (name: string | null) => void) {
    this.#save = save;
  }

  get name(): string | null {
    return this.#name;
  }

  /** Who was in command when the agent ended; it counts only if the vehicle is found armed. */
  restore(name: unknown): void {
    if (typeof name === 'string' && this.#name === null && this.#armed !== false) this.#name = name;
  }

  /** Null: this operator may. Else who is in command. */
  refuses(issuedBy: string): string | null {
    return this.#name === null || this.#name === issuedBy ? null : this.#name;
  }

  /** A flight command of this operator is about to be carried out. A hold by another leaves the commander as it is. */
  take(issuedBy: string, o: { readonly over: boolean }): void {
    if (this.#name === null || o.over) this.#set(issuedBy);
  }

  /** A flight command has ended: with the motors off there is nothing to command. */
  settle(): void {
    if (this.#armed === false) this.#set(null);
  }

  armed(armed: boolean | null): void {
    const stopped = this.#armed !== false && armed === false;
    if (armed !== null) this.#armed = armed;
    if (stopped) this.#set(null);
  }

  #set(name: string | null): void {
    if (name === this.#name) return;
    this.#name = name;
    this.#save(name);
  }
}
