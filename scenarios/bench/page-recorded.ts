/**
 * What a fleet says (page-fleet.ts) for some seconds, said again and again: moved on in time, each drone where it is by then.
 * To make five rounds a second of five thousand drones a controller needs more than a processor, and there are two for it,
 * the browser and its drawing.
 */
import type { DroneDelta, LiveSource } from '../../controller/live/index.ts';
import type { Motion } from './live-flight.ts';

type Values = Record<string, unknown>;
interface Kind {
  readonly values: Values;
  atUtcUs: number;
}
/** A delta as it is changed in place. */
interface Said {
  readonly id: string;
  kinds?: Record<string, Kind>;
  freshness?: { sampledUtcUs: number | null; lastHeardUtcUs: number | null };
  [field: string]: unknown;
}
interface Round {
  readonly drones: readonly Said[];
  atUs: number;
}

export interface RecordedOptions {
  readonly source: LiveSource;
  /** Makes one more round of it. */
  readonly round: () => void;
  readonly rounds: number;
  readonly utcUs: () => number;
  readonly motionOf: (id: string) => Motion;
}

/** Begins with all that is known, then goes round. */
export function recorded({ source, round, rounds, utcUs, motionOf }: RecordedOptions): LiveSource {
  const loop: Round[] = [];
  for (let i = 0; i < rounds; i++) {
    round();
    loop.push({ drones: source.drainChanges() as unknown as Said[], atUs: utcUs() });
  }
  const held = new Map((source.entries() as unknown as Said[]).map((one) => [one.id, one]));
  let next = 0;

  function moveOn(said: Said, byUs: number): void {
    const { freshness, kinds = {} } = said;
    if (freshness && freshness.sampledUtcUs !== null) freshness.sampledUtcUs += byUs;
    if (freshness && freshness.lastHeardUtcUs !== null) freshness.lastHeardUtcUs += byUs;
    const motion = motionOf(said.id);
    for (const [name, kind] of Object.entries(kinds)) {
      kind.atUtcUs += byUs;
      const { latDeg, lonDeg, headingDeg, northMps, eastMps } = motion;
      if (name === 'position') Object.assign(kind.values, { latDeg, lonDeg, headingDeg });
      else if (name === 'velocity') Object.assign(kind.values, { northMps, eastMps });
    }
  }

  return {
    entries: () => [...held.values()] as never,
    drainChanges() {
      const now = loop[next++ % loop.length];
      if (now === undefined) return [];
      const byUs = utcUs() - now.atUs;
      now.atUs = utcUs();
      for (const said of now.drones) {
        moveOn(said, byUs);
        const { kinds, ...fields } = said;
        const one = held.get(said.id);
        if (one === undefined) continue;
        Object.assign(one, fields);
        one.kinds = Object.assign(one.kinds ?? {}, kinds);
      }
      return now.drones as unknown as readonly DroneDelta[];
    },
    part(id, fields, kinds) {
      const one = held.get(id);
      if (one === undefined) return null;
      const pick = (from: object, names: ReadonlySet<string>) =>
        Object.fromEntries(Object.entries(from).filter(([name]) => names.has(name)));
      return { id, ...pick(one, fields), ...(kinds.size > 0 ? { kinds: pick(one.kinds ?? {}, kinds) } : {}) };
    },
    select() {},
  };
}
