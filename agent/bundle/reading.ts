/** Files on a card that may be worn out: what can be read of each is taken, and what cannot is told. */
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';

const CHUNK_BYTES = 256 << 10;

/** The first `bytes` of a file, for it may grow meanwhile. It ends early where it is gone or cannot be read. */
export function readAsFarAs(path: string, bytes: number, onProblem: (words: string) => void): Readable {
  async function* chunks(): AsyncGenerator<Uint8Array> {
    let at = 0;
    try {
      const file = await open(path, 'r');
      try {
        while (at < bytes) {
          const chunk = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, bytes - at));
          const { bytesRead } = await file.read(chunk, 0, chunk.length, at);
          if (bytesRead === 0) throw new Error('it was cut short meanwhile');
          at += bytesRead;
          yield chunk.subarray(0, bytesRead);
        }
      } finally {
        await file.close();
      }
    } catch (error) {
      onProblem(`only ${at} of ${bytes} bytes: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return Readable.from(chunks(), { objectMode: false });
}
