/**
 * The ground lock: while it is set nothing arms, starts or reboots. Set at the drone or by an operator, removed where it
 * was set or by an admin, all in this one place.
 */
import { type Lock, type Locks, readLocks, UNLOCKED, writeLocks } from './file.ts';

/** Why a lock stays: codes of the fleet's reasons. */
export type LockRefusal = 'locked-by-drone' | 'locked-by-operator' | 'lock-not-kept';

/** What holds the drone: the drone's own lock before an operator's. */
export interface Held extends Lock {
  readonly here: boolean;
}

export interface GroundLockOptions {
  readonly path: string;
  /** RFC 3339, or null while nobody knows the time. */
  readonly utc: () => string | null;
  readonly onChange: (held: Held | null) => void;
  readonly onProblem: (message: string) => void;
}

export class GroundLock {
  readonly #o: GroundLockOptions;
  #locks: Locks = UNLOCKED;
  /** Writes follow each other; the last one says what stands. */
  #writing: Promise<boolean> = Promise.resolve(true);
  #pending = 0;
  #durable = true;

  constructor(o: GroundLockOptions) {
    this.#o = o;
  }

  async start(): Promise<void> {
    this.#locks = await readLocks(this.#o.path);
  }

  get held(): Held | null {
    const { here, remote } = this.#locks;
    if (here !== null) return { ...here, here: true };
    return remote === null ? null : { ...remote, here: false };
  }

  get locks(): Locks {
    return this.#locks;
  }

  /** False: what is in force is not on the disk, so a restart would forget it. */
  get durable(): boolean {
    return this.#durable;
  }

  /** In force at once; resolves true when the disk has it, false when it could not be kept. */
  set(by: string, here: boolean, reason: string): Promise<boolean> {
    const lock = { reason, by, at: this.#o.utc() };
    this.#change(here ? { ...this.#locks, here: lock } : { ...this.#locks, remote: lock });
    return this.#write();
  }

  /**
   * Removes the lock of that side; an admin removes both. Null when nothing holds the drone any more, else what still does.
   * It holds until the disk has forgotten it: a lock that would be back after a restart must not look removed.
   */
  async remove(here: boolean, admin: boolean): Promise<null | LockRefusal> {
    const before = this.#locks;
    const after: Locks = {
      here: admin || here ? null : before.here,
      remote: admin || !here ? null : before.remote,
    };
    if (after.here !== before.here || after.remote !== before.remote) {
      if (!(await this.#write(after))) return 'lock-not-kept';
      // A lock set meanwhile stays, and is written behind this.
      this.#change({
        here: this.#locks.here === before.here ? after.here : this.#locks.here,
        remote: this.#locks.remote === before.remote ? after.remote : this.#locks.remote,
      });
    }
    if (this.held === null) return null;
    return this.held.here ? 'locked-by-drone' : 'locked-by-operator';
  }

  /**
   * Takes over what the command line wrote while this agent did not answer it, and tries again what the disk refused. Call
   * every few seconds.
   */
  async refresh(): Promise<void> {
    if (this.#pending > 0) return;
    if (!this.#durable) {
      await this.#write();
      return;
    }
    const before = this.#locks;
    const read = await readLocks(this.#o.path);
    // Changed while the file was read: what was read is older.
    if (this.#locks !== before) return;
    if (this.#pending === 0 && JSON.stringify(read) !== JSON.stringify(this.#locks)) this.#change(read);
  }

  #change(locks: Locks): void {
    const before = JSON.stringify(this.held);
    this.#locks = locks;
    if (JSON.stringify(this.held) !== before) this.#o.onChange(this.held);
  }

  #write(locks?: Locks): Promise<boolean> {
    this.#pending++;
    this.#writing = this.#writing.then(async () => {
      try {
        await writeLocks(this.#o.path, locks ?? this.#locks);
        this.#durable = true;
      } catch (error) {
        if (locks === undefined) this.#durable = false;
        this.#o.onProblem(`the ground lock is not kept: ${error instanceof Error ? error.message : String(error)}`);
        return false;
      } finally {
        this.#pending--;
      }
      return true;
    });
    return this.#writing;
  }

  async close(): Promise<void> {
    await this.#writing;
  }
}
