/** Homes of a fleet as pads. Each drone says its home again and again and it hardly ever moves, so only that is looked at. */
import type { Values } from '@skein/protocol/telemetry';
import { type Drawn, padsOf } from './reach.ts';

export interface Homes {
  take(id: string, home: Values<'home'> | null): void;
  /** Null: nothing moved since the last call. Those that are gone are forgotten. */
  pads(isThere: (id: string) => boolean): Drawn | null;
}

export function keepHomes(): Homes {
  const held = new Map<string, Values<'home'>>();
  let moved = false;
  return {
    take(id, home) {
      if (home === null) return;
      const before = held.get(id);
      if (before === home) return;
      held.set(id, home);
      moved ||= before?.latDeg !== home.latDeg || before.lonDeg !== home.lonDeg;
    },
    pads(isThere) {
      for (const id of held.keys()) {
        if (isThere(id)) continue;
        held.delete(id);
        moved = true;
      }
      if (!moved) return null;
      moved = false;
      return padsOf([...held.values()]);
    },
  };
}
