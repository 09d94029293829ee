import type { LinkFault } from '../faults.ts';

/**
 * One opening of one device or socket, used once: after `onClosed`, or after `close()`, it is thrown away and a fresh one made.
 * (A serialport object that failed to open never opens again.)
 */
export interface Port {
  /**
   * Writes one frame; `done` is called once, when the system has taken it. At most one write is under way.
   * `done(false)` says the frame went nowhere though the port is well (a udpin port that nobody has spoken to yet).
   */
  write(frame: Uint8Array, done: (taken: boolean) => void): void;
  /** Settles when everything is let go. Safe to call in any state, also while opening. */
  close(): Promise<void>;
}

/** What a port tells its owner. Nothing comes before the function that makes the port has returned. */
export interface PortEvents {
  /** `where` describes what was opened, for people. */
  onOpened(where: string): void;
  onChunk(chunk: Uint8Array): void;
  /** Opening failed, or the port is gone. Comes at most once, and nothing after it. */
  onClosed(fault: LinkFault): void;
  /** Something worth counting that does not end the port. */
  onOddity(name: string): void;
}
