import { fault } from '../faults.ts';
import type { Port, PortEvents } from './port.ts';

/** The far end of a memory link, held by a test. */
export interface MemoryPeer {
  /** Sends a copy of the bytes to the link. */
  write(bytes: Uint8Array): void;
  /** Where the link's bytes go. One listener; what came before it is set is lost. */
  onData: (bytes: Uint8Array) => void;
  onClose: () => void;
  /** Cuts the connection, as if the cable were pulled. */
  close(): void;
  /** While true the link's writes are not taken: back-pressure. */
  stalled: boolean;
}

/** Where memory links meet. Each test makes its own, or uses the one that `createLink` falls back to. */
export interface MemoryHub {
  /** Takes the next connections to `memory://name`. The returned function stops listening. */
  listen(name: string, onConnect: (peer: MemoryPeer) => void): () => void;
  open(name: string, events: PortEvents): Port;
}

export function createMemoryHub(): MemoryHub {
  const listeners = new Map<string, (peer: MemoryPeer) => void>();
  return {
    listen(name, onConnect) {
      listeners.set(name, onConnect);
      return () => {
        if (listeners.get(name) === onConnect) listeners.delete(name);
      };
    },
    open(name, events) {
      const where = `memory ${name}`;
      let state: 'opening' | 'open' | 'closed' = 'opening';
      const peer: MemoryPeer = {
        stalled: false,
        onData: () => {},
        onClose: () => {},
        write(bytes) {
          const copy = bytes.slice();
          queueMicrotask(() => {
            if (state === 'open') events.onChunk(copy);
          });
        },
        close() {
          if (state === 'closed') return;
          state = 'closed';
          events.onClosed(fault('closed-by-peer', where));
        },
      };
      queueMicrotask(() => {
        if (state !== 'opening') return;
        const onConnect = listeners.get(name);
        if (onConnect === undefined) {
          state = 'closed';
          events.onClosed(fault('ECONNREFUSED', where));
          return;
        }
        state = 'open';
        events.onOpened(where);
        onConnect(peer);
      });
      return {
        write(frame, done) {
          if (state !== 'open' || peer.stalled) return;
          const copy = frame.slice();
          queueMicrotask(() => {
            if (state !== 'open') return;
            peer.onData(copy);
            done(true);
          });
        },
        close() {
          if (state === 'open') peer.onClose();
          state = 'closed';
          return Promise.resolve();
        },
      };
    },
  };
}
