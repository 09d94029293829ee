import net from 'node:net';

/**
 * Below the range the kernel takes source ports from (32768 up): a client that keeps trying a closed port of that range
 * sooner or later gets the very port as its own source and is connected to itself.
 */
const LOWEST = 20_000;
const SPAN = 12_000;
/** Where a process begins to look: a port is free until its server listens, and many tests start servers at once. */
const SLOTS = 400;
const given = new Set<number>();

/** Can something listen there now? */
export function isFree(port: number, host = '127.0.0.1'): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

/** A loopback TCP port nobody listens on, never the same twice in one process. */
export async function freePort(): Promise<number> {
  const start = (process.pid % SLOTS) * (SPAN / SLOTS);
  for (let i = 0; i < SPAN; i++) {
    const port = LOWEST + ((start + i) % SPAN);
    if (given.has(port) || !(await isFree(port))) continue;
    given.add(port);
    return port;
  }
  throw new Error(`no free port between ${LOWEST} and ${LOWEST + SPAN}`);
}

/** `wanted` if it is free, else another. */
export async function portOrOther(wanted: number): Promise<number> {
  return (await isFree(wanted)) ? wanted : freePort();
}
