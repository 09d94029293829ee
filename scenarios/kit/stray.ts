import net from 'node:net';

const ANSWER_MS = 5_000;

/**
 * A stranger who connects, says something, and listens until it is hung up on or has heard enough; what it heard.
 */
export function sayTo(port: number, bytes: Uint8Array, enough: (heard: string) => boolean): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect({ host: '127.0.0.1', port });
    let heard = '';
    const done = (): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(heard);
    };
    const timer = setTimeout(done, ANSWER_MS);
    socket.on('connect', () => socket.write(bytes));
    socket.on('data', (chunk) => {
      heard += chunk.toString('latin1');
      if (enough(heard)) done();
    });
    socket.on('error', () => {});
    socket.on('close', done);
  });
}

/** Bytes that look like the beginning of something more often than chance would have it. */
export function garbage(next: () => number, length: number, starts: readonly number[] = []): Buffer<ArrayBuffer> {
  return Buffer.from(
    Array.from({ length }, () => {
      const start = starts[Math.floor(next() * starts.length * 8)];
      return start ?? Math.floor(next() * 256);
    }),
  );
}
