import { realpath, stat } from 'node:fs/promises';

/**
 * Which device a path names now: the name behind the symlinks, plus device number and inode, or 'absent'. It differs once
 * the device was made anew, also when it hides behind the same link name; some ports give no error when that happens.
 */
export async function deviceIdentity(path: string): Promise<string> {
  try {
    const real = await realpath(path);
    const { dev, ino, rdev } = await stat(real);
    return `${real} ${dev} ${ino} ${rdev}`;
  } catch {
    // Any reason (gone, dangling symlink, no right to look) is "not there" for the watcher; opening it gives the reason.
    return 'absent';
  }
}

/**
 * Looks at a path now and then and tells when it names another device than noted. A device made anew behind the same name
 * often gives no error at all on the old one.
 */
export class DeviceWatch {
  readonly #path: string;
  readonly #onChange: (now: 'there' | 'absent') => void;
  #identity = 'absent';
  #looking = false;
  #notes = 0;
  #timer: NodeJS.Timeout | undefined;

  constructor(path: string, onChange: (now: 'there' | 'absent') => void) {
    this.#path = path;
    this.#onChange = onChange;
  }

  start(everyMs: number): void {
    clearInterval(this.#timer);
    this.#timer = setInterval(() => void this.#look(), everyMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#notes += 1;
  }

  /** Takes what the path names now as the device to compare with. */
  async note(): Promise<void> {
    this.#notes += 1;
    const mine = this.#notes;
    const found = await deviceIdentity(this.#path);
    if (mine === this.#notes) this.#identity = found;
  }

  async #look(): Promise<void> {
    if (this.#looking) return;
    this.#looking = true;
    const mine = this.#notes;
    const found = await deviceIdentity(this.#path);
    this.#looking = false;
    if (mine !== this.#notes || found === this.#identity) return;
    this.#identity = found;
    this.#onChange(found === 'absent' ? 'absent' : 'there');
  }
}
