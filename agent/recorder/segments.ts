/**
 * The `.tlog` segments of one folder, inside a byte budget; synchronous, in the worker. Names sort by age without a
 * clock: run (one more than the newest found), then segment within it.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readdirSync, rmSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';

const NAME = /^skein-(\d{6,})-\d{6}\.tlog$/;

export interface SegmentsOptions {
  readonly folder: string;
  readonly budgetBytes: number;
  readonly segmentBytes: number;
}

interface Segment {
  readonly name: string;
  bytes: number;
}

export class Segments {
  readonly #o: SegmentsOptions;
  #old: Segment[] = [];
  #current: (Segment & { readonly fd: number }) | null = null;
  #run = 1;
  #index = 0;
  #read = false;
  removed = 0;

  constructor(o: SegmentsOptions) {
    this.#o = o;
  }

  get bytes(): number {
    return this.#old.reduce((sum, segment) => sum + segment.bytes, this.#current?.bytes ?? 0);
  }

  get files(): number {
    return this.#old.length + (this.#current === null ? 0 : 1);
  }

  /** Segments that may be removed; those of earlier starts are among them. */
  get finished(): number {
    this.#readFolder();
    return this.#old.length;
  }

  #readFolder(): void {
    if (this.#read) return;
    mkdirSync(this.#o.folder, { recursive: true });
    this.#old = readdirSync(this.#o.folder, { withFileTypes: true })
      .filter((entry) => entry.isFile() && NAME.test(entry.name))
      .map(({ name }) => ({ name, bytes: statSync(join(this.#o.folder, name)).size }))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
    this.#run = Number(NAME.exec(this.#old.at(-1)?.name ?? '')?.[1] ?? 0) + 1;
    this.#read = true;
  }

  /** Appends records that are whole. Throws the system's error; then at most a part of them is there. */
  write(records: Uint8Array): void {
    this.#readFolder();
    if (this.#current !== null && this.#current.bytes + records.length > this.#o.segmentBytes) this.finish();
    while (this.#old.length > 0 && this.bytes + records.length > this.#o.budgetBytes) this.removeOldest();
    const current = this.#current ?? this.#begin();
    for (let at = 0; at < records.length; ) {
      const written = writeSync(current.fd, records, at, records.length - at);
      at += written;
      current.bytes += written;
    }
  }

  #begin(): Segment & { readonly fd: number } {
    const name = `skein-${String(this.#run).padStart(6, '0')}-${String(this.#index++).padStart(6, '0')}.tlog`;
    const fd = openSync(join(this.#o.folder, name), 'a');
    this.#current = { name, bytes: 0, fd };
    return this.#current;
  }

  /** Removes the oldest finished segment. False when there is none. */
  removeOldest(): boolean {
    const oldest = this.#old.shift();
    if (oldest === undefined) return false;
    rmSync(join(this.#o.folder, oldest.name), { force: true });
    this.removed++;
    return true;
  }

  /** Ends the open segment: it is complete and may be removed later. */
  finish(): void {
    const current = this.#current;
    if (current === null) return;
    this.#current = null;
    this.#old.push({ name: current.name, bytes: current.bytes });
    try {
      fsyncSync(current.fd);
    } finally {
      closeSync(current.fd);
    }
  }
}
