/** How each command is carried out on this drone (a part of the composition root). */
import type { Clock } from './clock/index.ts';
import {
  type CommandItinerary,
  type CommandSafety,
  type Executor,
  fetchLogExecutor,
  flightExecutors,
  groundExecutors,
  itineraryExecutors,
  type LogShelf,
  type Pause,
  type PositionTrusted,
} from './commands/index.ts';
import type { AgentConfig } from './config.ts';
import type { Journal } from './journal/index.ts';
import type { AgentPorts } from './ports.ts';
import { type ChargeMemory, companionHelper, rebootExecutor } from './reboot/index.ts';
import type { Vehicle } from './vehicle/index.ts';

export interface ExecutorParts {
  readonly config: AgentConfig;
  readonly ports: AgentPorts;
  readonly session: string;
  readonly boot: string;
  readonly clock: Clock;
  readonly vehicle: Vehicle;
  readonly safety: CommandSafety;
  readonly itinerary: CommandItinerary;
  readonly positionTrusted: PositionTrusted;
}

export function wireExecutors(
  parts: ExecutorParts,
  o: {
    readonly journal: Journal;
    readonly charge: ChargeMemory;
    readonly shelf: LogShelf;
    /** Our own order to restart the autopilot is about to be sent. */
    readonly onRebootOrdered: () => void;
    readonly newPack: (pack: string | null, instance: number) => void;
    readonly crashed: () => string | null;
    readonly pause: Pause;
  },
) {
  const { config, ports, session, boot, clock, safety, itinerary, positionTrusted } = parts;
  const { autopilot } = parts.vehicle;
  const { journal, charge, pause } = o;
  const nowMs = () => ports.nowUs() / 1000;
  const reboot: Executor = rebootExecutor({
    vehicle: autopilot,
    session,
    boot,
    nowMs,
    utcMs: () => {
      const utcUs = clock.read(ports.nowUs())?.utcUs;
      return utcUs === undefined ? null : Math.round(utcUs / 1000);
    },
    locked: () => safety.locked(),
    logTransfer: () => autopilot.logs.busy,
    helper: companionHelper({ command: config.reboot.companionCommand }),
    restartAgent: ports.restart === null ? null : async () => ports.restart?.(),
    onOrdered: o.onRebootOrdered,
    charge: () => ({ ...charge.status }),
    pause,
  });
  const flown = flightExecutors({
    vehicle: autopilot,
    safety,
    positionTrusted,
    groundLinkMs: () => (autopilot.groundLink.sending ? autopilot.groundLink.upMs : null),
    crashed: o.crashed,
    chargePct: () => charge.status.effectivePct,
    energy: config.energy,
    pause,
  });
  const ground = groundExecutors({
    vehicle: autopilot,
    safety,
    actOf: (id) => journal.commands.get(id) ?? null,
    newPack: o.newPack,
    about: () => ({ session, boot, autopilotBoot: autopilot.state.bootId, alive: autopilot.state.alive }),
    pause,
  });
  const fetchLog = fetchLogExecutor({
    vehicle: autopilot,
    logs: autopilot.logs,
    shelf: o.shelf,
    pause,
    nowMs,
  });
  const laid = itineraryExecutors(flown, { vehicle: autopilot, itinerary, pause });
  return { ...flown, ...ground, ...laid, 'fetch-log': fetchLog, reboot };
}
