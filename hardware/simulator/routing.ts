import type { Message } from '@skein/protocol/mavlink';

export interface Address {
  readonly system: number;
  readonly component: number;
}

/** Whom a message is for; null: everybody. */
export function targetOf(message: Message): Address | null {
  const { fields } = message;
  if (!('target_system' in fields)) return null;
  const component = 'target_component' in fields ? fields.target_component : 0;
  return typeof fields.target_system === 'number' && typeof component === 'number'
    ? { system: fields.target_system, component }
    : null;
}

/**
 * Does the autopilot carry this out itself? (0,0), (own,0), (own,1) and (own, a component never heard) yes; a component that was
 * heard gets it passed on, and the autopilot stays silent.
 */
export function isForAutopilot(target: Address | null, sysid: number, heard: (key: number) => boolean): boolean {
  if (target === null) return true;
  if (target.system !== 0 && target.system !== sysid) return false;
  if (target.component === 0 || target.component === 1) return true;
  return !heard(sysid * 256 + target.component);
}
