/**
 * What may be sent to the aircraft, by who has control of it (flight rules §2). Pure.
 *
 *   control            hold   return  land   resume{takeControl}   everything else that flies or sets
 *   skein              yes    yes     yes    yes                   yes
 *   pilot, station     no     yes     yes    yes                   no
 *   failsafe           no     *       yes    no                    no      * unless the failsafe is landing it
 *   adopted            yes    yes     yes    yes                   no
 */
import { COMMANDS, type CommandType, type ReasonCode, reason } from '@skein/protocol/fleet';
import type { Circumstances, Json } from './types.ts';

const LANDING_MODES: readonly string[] = ['LAND', 'AUTO.LAND'];

const TAKEN: Readonly<Record<string, ReasonCode>> = {
  // Motors stopped, or a mode chosen on the ground, and not by us: control is ours again at once.
  skein: 'pilot',
  pilot: 'pilot',
  'other-station': 'other-station',
  'autopilot-failsafe': 'failsafe',
};

/** The reason that goes with a control state that is not ours. */
export function takenReason(state: string): ReasonCode {
  return TAKEN[state] ?? 'state-unknown';
}

/** Does this command change how the aircraft flies, or what it would do? */
export function touchesAircraft(type: CommandType): boolean {
  return COMMANDS[type].flight || type === 'set-parameter';
}

function allowedUnderOther(type: CommandType, params: Json, { control, state }: Circumstances): boolean {
  const takes = type === 'resume' && params.takeControl === true;
  switch (control.state) {
    case 'skein':
      return true;
    case 'pilot':
    case 'other-station':
      return takes || type === 'return' || type === 'land';
    case 'autopilot-failsafe':
      return type === 'land' || (type === 'return' && !LANDING_MODES.includes(state.mode ?? ''));
    default:
      return takes || type === 'hold' || type === 'return' || type === 'land';
  }
}

/** Why it may not be sent now, or null. */
export function refusedByControl(type: CommandType, params: Json, now: Circumstances): string | null {
  if (!touchesAircraft(type)) return null;
  if (!now.linkOpen) return reason('no-link');
  if (!now.state.alive) return reason('no-autopilot');
  if (now.control.readOnly) return reason('other-station', now.control.why);
  if (allowedUnderOther(type, params, now)) return null;
  if (now.control.adopted) return reason('adopted');
  return reason(takenReason(now.control.state), now.control.why);
}
