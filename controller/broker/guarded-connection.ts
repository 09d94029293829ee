/**
 * Stands between a socket and the broker, which itself knows no packet size and no rates.
 *
 *   socket ──bytes──► scan, rate ──► broker        a breach closes the socket and is counted
 *   socket ◄────────────────────────  broker        one that sends too fast is read from more slowly
 */
import { Duplex } from 'node:stream';
import { PacketScan, type ScanLimits, type ScanProblem } from './packet-scan.ts';
import { TokenBucket } from './token-bucket.ts';

export interface ConnectionLimits extends ScanLimits {
  readonly publishesPerS: number;
  readonly publishBurst: number;
}

export interface GuardedConnectionOptions {
  readonly limits: ConnectionLimits;
  /** Monotonic, µs. */
  readonly nowUs: () => number;
  readonly onBreach: (problem: ScanProblem) => void;
  readonly onThrottle: () => void;
}

/** Well under 1.5 × the shortest keep-alive worth having: a wait is no death sentence. */
const MAX_WAIT_MS = 2000;

export class GuardedConnection extends Duplex {
  readonly #socket: Duplex;
  readonly #o: GuardedConnectionOptions;
  readonly #scan: PacketScan;
  readonly #rate: TokenBucket;
  #wantsMore = true;
  #waiting: NodeJS.Timeout | null = null;

  constructor(socket: Duplex, o: GuardedConnectionOptions) {
    super({ allowHalfOpen: false, readableHighWaterMark: 65_536 });
    this.#socket = socket;
    this.#o = o;
    this.#scan = new PacketScan(o.limits);
    this.#rate = new TokenBucket(o.limits.publishesPerS, o.limits.publishBurst);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
    socket.on('end', () => this.push(null));
    socket.on('error', (error) => this.destroy(error));
    socket.on('close', () => this.destroy());
  }

  override _read(): void {
    this.#wantsMore = true;
    this.#resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#send(chunk, done);
  }

  /** The broker writes a packet in three to six pieces: each would be a system call and a packet on the network. */
  override _writev(pieces: { readonly chunk: Buffer }[], done: (error?: Error | null) => void): void {
    this.#send(Buffer.concat(pieces.map(({ chunk }) => chunk)), done);
  }

  override _final(done: () => void): void {
    this.#socket.end();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    if (this.#waiting) clearTimeout(this.#waiting);
    this.#waiting = null;
    this.#socket.destroy();
    done(error);
  }

  #take(chunk: Buffer): void {
    const scanned = this.#scan.push(chunk);
    if ('problem' in scanned) {
      this.#o.onBreach(scanned.problem);
      this.destroy();
      return;
    }
    const waitMs = scanned.publishes > 0 ? this.#rate.take(scanned.publishes, this.#o.nowUs()) : 0;
    this.#wantsMore = this.push(chunk);
    if (waitMs > 0 && this.#waiting === null) {
      this.#o.onThrottle();
      this.#waiting = setTimeout(
        () => {
          this.#waiting = null;
          this.#resume();
        },
        Math.min(waitMs, MAX_WAIT_MS),
      );
    }
    if (!this.#wantsMore || this.#waiting) this.#socket.pause();
  }

  #resume(): void {
    if (this.#wantsMore && this.#waiting === null) this.#socket.resume();
  }

  #send(bytes: Buffer, done: (error?: Error | null) => void): void {
    if (this.#socket.destroyed) done(new Error('the connection is closed'));
    else if (this.#socket.write(bytes)) done();
    else this.#afterDrain(done);
  }

  #afterDrain(done: (error?: Error | null) => void): void {
    const settle = () => {
      this.#socket.removeListener('drain', settle);
      this.#socket.removeListener('close', settle);
      done(this.#socket.destroyed ? new Error('the connection is closed') : null);
    };
    this.#socket.on('drain', settle);
    this.#socket.on('close', settle);
  }
}
