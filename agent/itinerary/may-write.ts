/** Whether lists may be written to the autopilot now (flight rules §6). Pure; a reason, or null. */
import { reason } from '@skein/protocol/fleet';
import type { ItineraryPorts } from './ports.ts';

export interface WriteInput {
  readonly linkOpen: boolean;
  readonly alive: boolean;
  readonly armed: boolean | null;
  readonly control: string;
  readonly readOnly: boolean;
  readonly lock: string | null;
  readonly logTransfer: boolean;
  /** Home is known: it is part of what is verified. */
  readonly home: boolean;
  readonly flavour: boolean;
  /** Time since its boot is known, so that the verification can be tied to it. */
  readonly boot: boolean;
}

export function mayNotWrite(o: WriteInput): string | null {
  if (!o.linkOpen) return reason('no-link');
  if (!o.alive || !o.flavour) return reason('no-autopilot');
  if (o.armed === null) return reason('state-unknown');
  // In AUTO each arriving item re-steers the aircraft before the answer (observed), so never while armed.
  if (o.armed) return reason('armed', 'it is uploaded once it stands disarmed: land it, or wait until it has landed');
  if (o.readOnly || o.control === 'other-station') return reason('other-station');
  if (o.control === 'pilot') return reason('pilot');
  if (o.control === 'autopilot-failsafe') return reason('failsafe');
  if (o.lock !== null) return reason('ground-lock', o.lock);
  if (o.logTransfer) return reason('log-transfer');
  if (!o.boot) return reason('state-unknown', 'since when the autopilot runs');
  if (!o.home) return reason('position', 'home is not known yet');
  return null;
}

export function writeInput({ vehicle, linkOpen, locked }: ItineraryPorts): WriteInput {
  const { state, control } = vehicle;
  return {
    linkOpen: linkOpen(),
    alive: state.alive,
    armed: state.armed,
    control: control.state,
    readOnly: control.readOnly,
    lock: locked(),
    logTransfer: vehicle.logTransfer,
    home: state.home !== null,
    flavour: vehicle.flavour !== null,
    boot: state.bootMs !== null,
  };
}
