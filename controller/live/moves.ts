/**
 * Moves in short. Of a large fleet nearly all that goes to a page is where each drone is; written out in full that is most of a
 * kilobyte of each, four times a second, and a page that has much to draw takes it in slowly.
 */
import type { DroneDelta, LiveValue, Move } from './messages.ts';

/** What moved, and what else is to be said. */
export interface Moved {
  readonly moved: readonly Move[];
  readonly rest: readonly DroneDelta[];
}

export function movesOf(deltas: readonly DroneDelta[], serverUtcUs: number): Moved {
  const moved: Move[] = [];
  const rest: DroneDelta[] = [];
  for (const delta of deltas) {
    const { id, freshness, kinds, ...fields } = delta;
    const position = kinds?.position;
    // With all its fields it may be new to the page, which knows no more of it than this says.
    if (!position || !freshness || freshness.sampledUtcUs === null || 'firstSeenUtcUs' in fields) {
      rest.push(delta);
      continue;
    }
    const { sampledUtcUs, lastHeardUtcUs } = freshness;
    const { position: _, velocity, ...others } = kinds;
    const together = velocity?.atUtcUs === position.atUtcUs;
    const left = together || velocity === undefined ? others : { ...others, velocity };
    const heardAgoUs = lastHeardUtcUs === null ? null : serverUtcUs - lastHeardUtcUs;
    const move = [id, serverUtcUs - sampledUtcUs, heardAgoUs, ...at(position, serverUtcUs)] as const;
    moved.push(together ? [...move, ...speeds(velocity)] : move);
    const hasKinds = Object.keys(left).length > 0;
    if (hasKinds || Object.keys(fields).length > 0) rest.push({ id, ...fields, ...(hasKinds ? { kinds: left } : {}) });
  }
  return { moved, rest };
}

/** As finely as MAVLink says it (GLOBAL_POSITION_INT): degE7, mm and cm/s; what is left of a float costs bytes. */
const fine = (value: number | null, steps: number): number | null =>
  value === null ? null : Math.round(value * steps) / steps;

function at({ values, atUtcUs, utcUs }: LiveValue<'position'>, serverUtcUs: number) {
  const { latDeg, lonDeg, altAmslM, altRelM, headingDeg } = values;
  const place = [fine(latDeg, 1e7), fine(lonDeg, 1e7), fine(altAmslM, 1e3), fine(altRelM, 1e3)] as const;
  return [serverUtcUs - atUtcUs, utcUs === null ? null : utcUs - atUtcUs, ...place, fine(headingDeg, 1e2)] as const;
}

function speeds({ values }: LiveValue<'velocity'>) {
  return [fine(values.northMps, 1e3), fine(values.eastMps, 1e3), fine(values.downMps, 1e3)] as const;
}
