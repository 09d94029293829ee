/** One .zip of texts and files, given on while it is made. */
import { Buffer } from 'node:buffer';
import type { Readable } from 'node:stream';
import { ZipFile } from 'yazl';

export interface Entry {
  /** Its path in the zip. */
  readonly name: string;
  /** What it is, for whoever opens it. */
  readonly words: string;
  readonly content: string | (() => Readable);
}

/** In the order of the entries; the content of each is asked for when its turn has come. */
export async function* zipOf(entries: readonly Entry[], mtime: Date): AsyncGenerator<Uint8Array> {
  const zip = new ZipFile();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => {});
  zip.on('error', reject);
  for (const { name, content } of entries) {
    const options = { mtime, mode: 0o100644 };
    if (typeof content === 'string') zip.addBuffer(Buffer.from(content), name, options);
    else {
      zip.addReadStreamLazy(name, options, (give) => {
        const stream = content();
        stream.on('error', reject);
        give(null, stream);
      });
    }
  }
  zip.end();
  const chunks = (zip.outputStream as Readable)[Symbol.asyncIterator]();
  for (;;) {
    const next = await Promise.race([chunks.next(), failed]);
    if (next.done === true) return;
    yield next.value as Uint8Array;
  }
}
