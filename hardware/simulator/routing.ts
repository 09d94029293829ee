import type { Frame, Message } from '@skein/protocol/mavlink';
import type { Autopilot } from './autopilot/autopilot.ts';
import type { Port } from './port.ts';
import { handle } from './requests.ts';

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

/** Takes a frame from a port: notes who is there, passes on what others should have, and carries out what is for the autopilot. */
export function route(autopilot: Autopilot, port: Port, frame: Frame, message: Message | null): void {
  const { ports, sysid } = autopilot;
  if (frame.sysid === sysid && frame.compid === 1) return;
  if (frame.compid !== 0) port.heard.add(frame.sysid * 256 + frame.compid);
  const target = message === null ? null : targetOf(message);
  const toAll = target === null || target.system === 0;
  const ours = isForAutopilot(target, sysid, (key) => ports.some((one) => one.heard.has(key)));
  if (!ours || toAll) {
    const key = target === null ? -1 : target.system * 256 + target.component;
    for (const other of ports) if (other !== port && (toAll || other.heard.has(key))) other.forward(frame.bytes);
  }
  if (ours && message !== null) handle(autopilot, message, { sysid: frame.sysid, compid: frame.compid }, port);
}
