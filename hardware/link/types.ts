import type { LinkFault } from './faults.ts';
import type { Phase } from './machine.ts';
import type { MemoryHub } from './ports/memory.ts';
import type { Port, PortEvents } from './ports/port.ts';
import type { Priority, QueueCounts } from './queue.ts';
import type { Reader } from './readers.ts';
import type { Endpoint } from './url.ts';

export interface LinkLog {
  readonly level: 'info' | 'warn' | 'error';
  /** Stable name of what happened. */
  readonly event: 'opened' | 'fault' | 'closed' | 'reader-threw';
  readonly message: string;
  readonly fault?: LinkFault;
}

export interface LinkOptions {
  /** See url.ts. Check it with `parseLinkUrl` first: a URL that does not parse throws here. */
  readonly url: string;
  /** In [0, 1). */
  readonly random?: () => number;
  /** Monotonic milliseconds. */
  readonly now?: () => number;
  readonly onLog?: (entry: LinkLog) => void;
  /** How often the path of a serial device is looked at, ms. */
  readonly watchMs?: number;
  /** A write that the port does not take for so long ends the port, ms. */
  readonly writeTimeoutMs?: number;
  readonly memory?: MemoryHub;
  /** Opens the port in place of the real one, in tests. */
  readonly openPort?: (endpoint: Endpoint, variant: number, events: PortEvents) => Port;
}

export interface LinkCounters {
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly framesOut: number;
  /** Ports opened well. */
  readonly opens: number;
  /** Attempts to open that failed, and open ports that were lost. */
  readonly faults: number;
  readonly readerErrors: number;
  /** Frames refused because their priority's queue was full. */
  readonly droppedFull: Readonly<QueueCounts>;
  /** Frames refused because the link was not open, or thrown away when it went down: nobody wants them later. */
  readonly droppedDown: Readonly<QueueCounts>;
  /** Frames that the open port could send to nobody (udpin before anyone spoke). */
  readonly droppedNoPeer: number;
  /** Frames under way when the link went down: gone out whole, in part or not at all. */
  readonly cutOff: number;
  /** Ports that did not close in time and were left behind. */
  readonly releaseTimeouts: number;
  /** Oddities that did not end a port, by name: ignoredIoctls, peerChanges, foreignDatagrams. */
  readonly oddities: Readonly<Record<string, number>>;
}

/**
 * Bytes to and from one autopilot. It never throws for trouble outside and never gives up: it reopens, with a fresh port each
 * time, until `close`.
 */
export interface Link {
  readonly url: string;
  readonly endpoint: Endpoint;
  readonly phase: Phase;
  readonly isOpen: boolean;
  /** The last trouble, kept while the link is well again; null if there was none. */
  readonly lastError: LinkFault | null;
  readonly counters: LinkCounters;
  /** Received bytes per second over the last four whole seconds. */
  readonly measuredBytesPerS: number;
  /** What the line can carry: baud / 10 for serial (meaningless but harmless on USB and pty), null where unknown. */
  readonly nominalBytesPerS: number | null;
  /** The baud in use; null if not serial. */
  readonly baud: number | null;
  start(): void;
  /** Calls `reader` with every chunk. The returned function ends that. Chunks are shared and are not written into. */
  read(reader: Reader): () => void;
  /** Queues one whole frame. False: it was dropped, and counted. The bytes must not be changed afterwards. */
  write(frame: Uint8Array, priority: Priority): boolean;
  /** Told by whoever parses: 'no-frames' after a while without a good frame makes a serial link try its next baud. */
  hint(what: 'no-frames'): void;
  /** Drops the port and opens a fresh one at once. */
  reopen(): void;
  /** Called at every change of phase. The returned function ends that. */
  onPhase(listener: (phase: Phase) => void): () => void;
  /** Settles when the port is let go; nothing is called afterwards. Safe to call twice. */
  close(): Promise<void>;
}
