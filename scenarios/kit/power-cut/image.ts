/** A data directory as a value: read from a disk, put on a disk. */
import fs from 'node:fs';
import path from 'node:path';
import type { Image } from './card.ts';

/** Files and folders; sockets are none. */
export function readImage(dir: string): Image {
  const image = new Map<string, Uint8Array | null>();
  for (const entry of fs.readdirSync(dir, { recursive: true, withFileTypes: true })) {
    const whole = path.join(entry.parentPath, entry.name);
    if (entry.isFile()) image.set(path.relative(dir, whole), fs.readFileSync(whole));
    if (entry.isDirectory()) image.set(path.relative(dir, whole), null);
  }
  return image;
}

export function writeImage(dir: string, image: Image): void {
  fs.mkdirSync(dir, { recursive: true });
  for (const [name, bytes] of image) {
    const whole = path.join(dir, name);
    if (bytes === null) fs.mkdirSync(whole, { recursive: true });
    else {
      fs.mkdirSync(path.dirname(whole), { recursive: true });
      fs.writeFileSync(whole, bytes);
    }
  }
}
