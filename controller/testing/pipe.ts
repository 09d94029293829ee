import { type Duplex, duplexPair } from 'node:stream';

/** Two ends of a connection without a socket; as with a socket, when one end goes the other goes. */
export function pipe(): [Duplex, Duplex] {
  const [ours, theirs] = duplexPair();
  ours.on('close', () => theirs.destroy());
  theirs.on('close', () => ours.destroy());
  return [ours, theirs];
}
