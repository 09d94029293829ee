import type { Frame, Message } from '@skein/protocol/mavlink';
import type { Port } from './port.ts';

/** One of the autopilot's own messages, before it is a frame. */
export interface Outgoing {
  readonly name: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** What becomes of an outgoing message: sent as it is, changed, later, or never. */
export type Verdict =
  | 'send'
  | 'drop'
  | { readonly afterMs: number }
  | { readonly fields: Readonly<Record<string, unknown>> };

/**
 * Somebody in the middle: what a fault may do to the traffic of the ports. Everything is optional; those that are there are asked in the
 * order in which they came.
 *
 *   client → arriving (bytes) → delayMs → received (frame) → autopilot
 *   client ← delayMs ← leaving (bytes) ← sending (message) ← autopilot
 */
export interface Meddler {
  arriving?(bytes: Uint8Array, port: Port): Uint8Array | null;
  /** True: the autopilot never sees it. `message` is null for an id that the dialect does not know. */
  received?(message: Message | null, frame: Frame, port: Port): boolean;
  sending?(message: Outgoing, port: Port): Verdict;
  /** A frame, or text between frames; null loses it, other bytes than given damage it. */
  leaving?(bytes: Uint8Array, port: Port): Uint8Array | null;
  /** How long the line takes. Order is kept. */
  delayMs?(direction: 'out' | 'in', port: Port): number;
}
