/**
 * Presences of one drone that wait until the store has said where their epochs stand: the newest of each session, one
 * question at a time, whatever number of them comes while the store stands still.
 */
import type { Announcement } from './ports.ts';
import { MAX_SESSIONS } from './streams.ts';

export interface AnnouncementsOptions {
  /** Makes its epochs known. */
  readonly prepare: (a: Announcement) => Promise<void>;
  /** They are known, and this is still the newest of its session. */
  readonly answer: (a: Announcement) => void;
}

export class Announcements {
  readonly #o: AnnouncementsOptions;
  readonly #waiting = new Map<string, Announcement>();
  #busy = false;
  #done: Promise<void> = Promise.resolve();

  constructor(o: AnnouncementsOptions) {
    this.#o = o;
  }

  /** Resolves when it, or a newer one of its session, is answered. */
  add(a: Announcement): Promise<void> {
    this.drop(a.session);
    this.#waiting.set(a.session, a);
    for (const oldest of this.#waiting.keys()) {
      if (this.#waiting.size <= MAX_SESSIONS) break;
      this.#waiting.delete(oldest);
    }
    if (!this.#busy) this.#done = this.#run();
    return this.#done;
  }

  drop(session: string): void {
    this.#waiting.delete(session);
  }

  async #run(): Promise<void> {
    this.#busy = true;
    try {
      for (;;) {
        const [a] = this.#waiting.values();
        if (a === undefined) return;
        await this.#o.prepare(a);
        if (this.#waiting.get(a.session) !== a) continue;
        this.#waiting.delete(a.session);
        this.#o.answer(a);
      }
    } finally {
      // After a failure the next presence asks again.
      this.#waiting.clear();
      this.#busy = false;
    }
  }
}
