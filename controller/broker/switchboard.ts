/**
 * Who reads which topic inside the embedded broker: Aedes' own is a tree that is searched for every message, and past its
 * bound on messages at once it calls itself for each that waits, which ends the process when some ten thousand wait.
 *
 *   skein/1/x/up/history      a whole topic: one look into a map
 *   skein/1/x/down/#          an owner's branch: one look for each depth at which there are any
 *   skein/1/+/up/presence     the few with a wildcard inside: each is tried
 *
 * Of the interface of mqemitter, as much as Aedes uses. Messages wait nowhere here: a reader that is slow holds its own copies.
 */
export interface Packet {
  readonly topic: string;
}
export type Reader = (packet: Packet, done: () => void) => void;

export class Switchboard {
  readonly #topics = new Map<string, Reader[]>();
  /** By the branch, without its `/#`. */
  readonly #branches = new Map<string, Reader[]>();
  /** How many branches there are with so many levels. */
  readonly #depths: number[] = [];
  readonly #patterns = new Map<string, { readonly pattern: RegExp; readonly readers: Reader[] }>();
  #length = 0;
  #closed = false;

  /** Messages whose readers are not all done. */
  get length(): number {
    return this.#length;
  }

  on(filter: string, reader: Reader, done?: () => void): this {
    this.#readersOf(filter).push(reader);
    if (done) setImmediate(done);
    return this;
  }

  removeListener(filter: string, reader: Reader, done?: () => void): this {
    const readers = this.#readersOf(filter);
    const at = readers.indexOf(reader);
    if (at >= 0) readers.splice(at, 1);
    if (readers.length === 0) this.#forget(filter);
    if (done) setImmediate(done);
    return this;
  }

  /** Hands the packet to all that read its topic; `done` once they all are. */
  emit(packet: Packet, done: (error?: Error) => void = () => {}): this {
    if (this.#closed) {
      done(new Error('the broker is closed'));
      return this;
    }
    const readers = this.#match(packet.topic);
    let left = readers.length;
    if (left === 0) done();
    else {
      this.#length++;
      const one = () => {
        if (--left > 0) return;
        this.#length--;
        done();
      };
      for (const reader of readers) reader(packet, one);
    }
    return this;
  }

  close(done: () => void): this {
    this.#closed = true;
    setImmediate(done);
    return this;
  }

  /** A copy: readers come and go while a message is handed out. */
  #match(topic: string): Reader[] {
    const found = [...(this.#topics.get(topic) ?? [])];
    for (let end = topic.indexOf('/'), depth = 1; ; end = topic.indexOf('/', end + 1), depth++) {
      if ((this.#depths[depth] ?? 0) > 0) {
        const branch = this.#branches.get(end < 0 ? topic : topic.slice(0, end));
        if (branch) found.push(...branch);
      }
      if (end < 0) break;
    }
    for (const { pattern, readers } of this.#patterns.values()) {
      if (pattern.test(topic)) found.push(...readers);
    }
    return found;
  }

  #readersOf(filter: string): Reader[] {
    if (isPattern(filter)) {
      const known = this.#patterns.get(filter) ?? { pattern: patternOf(filter), readers: [] };
      this.#patterns.set(filter, known);
      return known.readers;
    }
    const branch = branchOf(filter);
    const [map, key] = branch === null ? [this.#topics, filter] : [this.#branches, branch];
    const known = map.get(key);
    if (known) return known;
    if (branch !== null) this.#depths[levelsOf(branch)] = (this.#depths[levelsOf(branch)] ?? 0) + 1;
    const readers: Reader[] = [];
    map.set(key, readers);
    return readers;
  }

  #forget(filter: string): void {
    const branch = branchOf(filter);
    if (isPattern(filter)) this.#patterns.delete(filter);
    else if (branch === null) this.#topics.delete(filter);
    else if (this.#branches.delete(branch)) this.#depths[levelsOf(branch)] = (this.#depths[levelsOf(branch)] ?? 0) - 1;
  }
}

/** What a filter without `+` is the branch of; null: a whole topic. */
function branchOf(filter: string): string | null {
  return filter.endsWith('/#') ? filter.slice(0, -2) : null;
}

function levelsOf(topic: string): number {
  return topic.split('/').length;
}

/** Neither a whole topic nor a branch: a `+` anywhere, or all there is. */
function isPattern(filter: string): boolean {
  return filter === '#' || filter.includes('+');
}

/** MQTT 3.1.1 §4.7.1: `+` is one level, empty or not; `/#` is the parent as well and all below it. */
function patternOf(filter: string): RegExp {
  const [body, rest] = filter.endsWith('/#') ? [filter.slice(0, -2), '(/.*)?'] : [filter, ''];
  if (filter === '#') return /^/;
  const levels = body.split('/').map((level) => (level === '+' ? '[^/]*' : level.replace(/[^a-zA-Z0-9_-]/g, '\\$&')));
  return new RegExp(`^${levels.join('/')}${rest}$`, 's');
}
