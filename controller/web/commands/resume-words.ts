/**
 * What the drone does when `resume` reaches it, said before it is sent: whoever stands under it must know whether it moves.
 * The page does not see whether a hold of ours still counts, so where that decides, both outcomes are said. Pure.
 */
import { isUnderWay } from '@skein/protocol/fleet';
import { ITINERARY_STATES, MISSION_MODES } from '@skein/protocol/telemetry';
import type { Situation } from './situation.ts';

/** In these it waits in the air, so an itinerary is gone on with, whoever chose the mode. */
const WAITING_MODES: readonly string[] = ['GUIDED', 'AUTO.LOITER', 'BRAKE'];

type Seen = Pick<Situation, 'control' | 'itinerary' | 'mode' | 'missionSeq'>;

export interface ResumeWords {
  readonly words: string;
  /** It may fly off as soon as the command arrives. */
  readonly moves: boolean;
}

export function resumeWords({ control, itinerary, mode, missionSeq }: Seen, takeControl: boolean): ResumeWords {
  const item = missionSeq === null ? 'the item it was on' : `item ${missionSeq} of the autopilot’s list`;
  const asNow = `goes on as it does now${mode === null ? '' : ` (${mode})`}`;
  const state = ITINERARY_STATES.find((one) => one === itinerary?.state);
  if (control === 'failsafe')
    return { words: 'A failsafe flies it: the drone refuses this. Return or Land.', moves: false };
  if (control !== 'skein' && !takeControl) {
    return { words: 'Skein has not got control: without taking it the drone refuses this.', moves: false };
  }
  const ours = control === 'skein' ? '' : 'Skein then has control. ';
  if (state !== undefined && isUnderWay(state) && itinerary !== null) {
    if (state === 'held' || WAITING_MODES.includes(mode ?? '')) {
      return {
        words: `${ours}It flies on AT ONCE with its itinerary ${itinerary.id}, at the item under way (behind a release that had begun), if its lists and its position are as they must be.`,
        moves: true,
      };
    }
    if (control === 'skein') return { words: 'It does not hold: the drone refuses this.', moves: false };
    if (MISSION_MODES.includes(mode ?? '')) {
      return { words: `${ours}It flies on with its itinerary ${itinerary.id}, as it does now.`, moves: true };
    }
    return { words: `${ours}It ${asNow}: to go on with ${itinerary.id}, send Hold, then Resume.`, moves: false };
  }
  const held = `If a hold by Skein stopped it and nothing came in between, it flies on AT ONCE with its mission, ${item}.`;
  if (control === 'skein') return { words: `${held} Otherwise the drone refuses this.`, moves: true };
  const flies = MISSION_MODES.includes(mode ?? '') ? `: a mission that is being flown is flown on, ${item}` : '';
  return { words: `${ours}${held} Otherwise it ${asNow}${flies}.`, moves: true };
}
