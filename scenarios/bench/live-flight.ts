/** What an agent says on its live lane, from the recorded flight, for a fleet of which each drone flies a way of its own. */
import type { Sample } from '@skein/protocol/telemetry';
import { LiveLane } from '../../agent/uplink/live.ts';
import { recordedFlight } from './load-batches.ts';

const METRES_PER_DEGREE = 111_320;

/** Where a drone is, as finely as it says it, and how it moves. */
export interface Motion {
  readonly latDeg: number;
  readonly lonDeg: number;
  readonly headingDeg: number;
  readonly northMps: number;
  readonly eastMps: number;
}

/** Message by message, at so many a second; `monoUs` of each sample counts from when the message goes, so it is negative or 0. */
export function liveMessages(hz: number): readonly (readonly Sample[])[] {
  const lane = new LiveLane();
  lane.setHz(hz, Number.POSITIVE_INFINITY);
  const flight = recordedFlight();
  const startUs = flight[0]?.monoUs ?? 0;
  const messages: (readonly Sample[])[] = [];
  let next = 0;
  const lengthUs = (flight.at(-1)?.monoUs ?? 0) - startUs;
  for (let atUs = 1e6 / hz; atUs <= lengthUs; atUs += 1e6 / hz) {
    const nowUs = startUs + atUs;
    for (let one = flight[next]; one !== undefined && one.monoUs <= nowUs; one = flight[++next]) lane.note(one);
    const said = lane.take(nowUs / 1e3, nowUs);
    messages.push(said.map((sample) => ({ ...sample, monoUs: Math.round(sample.monoUs - nowUs) })));
  }
  return messages;
}

/** That sample, of a drone that moves so and says it at `nowUs` of its clock. */
export function sampleOf(sample: Sample, motion: Motion, nowUs: number): Sample {
  const values = { ...sample.values, ...movedValues(sample, motion) };
  return { ...sample, values, monoUs: nowUs + sample.monoUs } as Sample;
}

function movedValues({ kind }: Sample, { latDeg, lonDeg, headingDeg, northMps, eastMps }: Motion): object {
  const speedMps = Math.hypot(northMps, eastMps);
  if (kind === 'gps') return { latDeg, lonDeg, speedMps };
  if (kind === 'velocity') return { northMps, eastMps, downMps: 0 };
  if (kind === 'air') return { groundSpeedMps: speedMps };
  if (kind !== 'position') return {};
  return { latDeg, lonDeg, headingDeg };
}

/** Round and round about a place: `radiusM` about it, `speedMps` fast, begun at another point of the way for each `place`. */
export function circling(place: number, middle: { latDeg: number; lonDeg: number }, atS: number): Motion {
  const radiusM = 150;
  const speedMps = 12;
  const turn = place * 2.4 + (atS * speedMps) / radiusM;
  const lonM = METRES_PER_DEGREE * Math.cos((middle.latDeg * Math.PI) / 180);
  const [northMps, eastMps] = [-speedMps * Math.sin(turn), speedMps * Math.cos(turn)];
  const round7 = (deg: number): number => Math.round(deg * 1e7) / 1e7;
  return {
    latDeg: round7(middle.latDeg + (radiusM * Math.cos(turn)) / METRES_PER_DEGREE),
    lonDeg: round7(middle.lonDeg + (radiusM * Math.sin(turn)) / lonM),
    headingDeg: Math.round((Math.atan2(eastMps, northMps) * 180) / Math.PI + 360) % 360,
    ...{ northMps: Math.fround(northMps), eastMps: Math.fround(eastMps) },
  };
}
