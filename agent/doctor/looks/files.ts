/** /proc, /sys, /run and /etc, below a root that tests make themselves. Nothing here throws for what is not there. */
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';

const MAX_ENTRIES = 8_192;

export class SystemFiles {
  readonly #root: string;

  constructor(root = '/') {
    this.#root = root;
  }

  async text(path: string): Promise<string | null> {
    return readFile(join(this.#root, path), 'utf8').catch(() => null);
  }

  /** Null: it is not there, or may not be looked into. */
  async list(path: string): Promise<readonly string[] | null> {
    return readdir(join(this.#root, path)).then(
      (names) => names.slice(0, MAX_ENTRIES),
      () => null,
    );
  }

  async target(path: string): Promise<string | null> {
    return readlink(join(this.#root, path)).catch(() => null);
  }
}
