/** What people call a command: in the page, and where an event is told in words. */
import type { CommandType } from './commands.ts';

const NAMES: Readonly<Record<CommandType, string>> = {
  hold: 'Hold',
  resume: 'Resume',
  return: 'Return',
  land: 'Land',
  goto: 'Go to',
  skip: 'Skip',
  abort: 'Abort',
  arm: 'Arm',
  disarm: 'Disarm',
  start: 'Start',
  'set-parameter': 'Set parameter',
  'new-pack': 'New battery',
  'fetch-log': 'Fetch log',
  reboot: 'Reboot',
  ping: 'Ping',
  lock: 'Lock',
  unlock: 'Unlock',
  settle: 'Settle parcel',
  cancel: 'Cancel',
};

/** `Reboot autopilot`, `Set ANGLE_MAX`: a command named in two words. A type that is not known here is shown as it is. */
export function nameOfCommand(type: string, params: Readonly<Record<string, unknown>> = {}): string {
  const name = Object.hasOwn(NAMES, type) ? NAMES[type as CommandType] : type;
  if (type === 'reboot' && typeof params.target === 'string') return `${name} ${params.target}`;
  if (type === 'set-parameter' && typeof params.undo === 'string') return 'Undo parameter';
  if (type === 'set-parameter' && typeof params.name === 'string') return `Set ${params.name}`;
  return name;
}
