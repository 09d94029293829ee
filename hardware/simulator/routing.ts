import type { Frame, Message } from '@skein/protocol/mavlink';
import type { Autopilot } from './autopilot/autopilot.ts';
import type { Port } from './port.ts';
import { handle } from './requests.ts';

export interface Address {
  readonly system: number;
  readonly component: number;
}

/** Never passed on: a radio's own report, and a key. */
const KEPT: ReadonlySet<string> = new Set(['RADIO', 'RADIO_STATUS', 'SETUP_SIGNING']);

const keyOf = (system: number, component: number): number => system * 256 + component;

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
  return !heard(keyOf(sysid, target.component));
}

/** Is somebody on this port whom the target means? On a port where nobody ever spoke there is nobody. */
function isBehind(port: Port, target: Address | null): boolean {
  if (target === null || target.system === 0) return port.heard.size > 0;
  if (target.component !== 0) return port.heard.has(keyOf(target.system, target.component));
  for (const key of port.heard) if (key >> 8 === target.system) return true;
  return false;
}

/** Takes a frame from a port: notes who is there, passes on what others should have, and carries out what is for the autopilot. */
export function route(autopilot: Autopilot, port: Port, frame: Frame, message: Message | null): void {
  const { ports, sysid } = autopilot;
  if (frame.sysid === sysid && frame.compid === 1) return;
  const source = keyOf(frame.sysid, frame.compid);
  if (frame.compid !== 0) port.heard.add(source);
  const target = message === null ? null : targetOf(message);
  const ours = isForAutopilot(target, sysid, (key) => ports.some((one) => one.heard.has(key)));
  const kept = message !== null && KEPT.has(message.name);
  // (own, 1) is nobody else's; a heartbeat goes to all who spoke, but not back to where its sender also is.
  if (!kept && !(target?.system === sysid && target.component === 1)) {
    const heartbeat = message?.name === 'HEARTBEAT';
    for (const other of ports) {
      if (other === port || !isBehind(other, target) || (heartbeat && other.heard.has(source))) continue;
      other.forward(frame.bytes);
    }
  }
  if (ours && message !== null) handle(autopilot, message, { sysid: frame.sysid, compid: frame.compid }, port);
}
