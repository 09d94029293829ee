/** Gives Safety what it looks at (a part of the composition root). */
import { join } from 'node:path';
import type { Link } from '@skein/hardware/link';
import type { Sample } from '@skein/protocol/telemetry';
import type { Clock } from './clock/index.ts';
import type { Commanding } from './commanding.ts';
import type { AgentConfig } from './config.ts';
import type { Itineraries } from './itinerary/index.ts';
import { LOCK_NAME } from './lock/index.ts';
import type { Outbox } from './outbox/index.ts';
import type { AgentPorts } from './ports.ts';
import { Safety } from './safety.ts';
import type { TrustWatch } from './trust/index.ts';
import type { Uplink } from './uplink/index.ts';
import type { Vehicle } from './vehicle/index.ts';

/** Parts of the agent; those wired later are only looked at once it runs. */
export interface SafetyParts {
  readonly config: AgentConfig;
  readonly ports: AgentPorts;
  readonly link: Link;
  readonly clock: Clock;
  readonly vehicle: Vehicle;
  readonly trust: TrustWatch;
  readonly outbox: Outbox;
  readonly uplink: Uplink;
  readonly commanding: Commanding;
  readonly itineraries: Itineraries;
}

export function wireSafety(parts: SafetyParts, onSample: (sample: Sample) => void): Safety {
  const { config, ports, link, clock } = parts;
  const { autopilot } = parts.vehicle;
  const safety = new Safety({
    lockPath: join(config.dataDir, LOCK_NAME),
    profile: config.profile,
    profileParameters: config.profileParameters,
    linkLossOwner: config.linkLoss.owner,
    batteryCells: config.batteryCells,
    nowUs: ports.nowUs,
    utc: () => clock.read(ports.nowUs()),
    state: () => autopilot.state,
    position: () => {
      const { state, words, lastAgeMs } = parts.trust.status();
      return { trusted: state === 'trusted', state, words, lastAgeMs };
    },
    flavour: () => autopilot.flavour,
    readParameter: (name, o) => autopilot.parameters.ask([name], o),
    link: () => ({
      open: link.isOpen,
      opens: link.counters.opens,
      problem: link.isOpen ? null : (link.lastError?.message ?? null),
    }),
    heartbeats: () => {
      const { sending, upMs } = autopilot.groundLink;
      return { presence: link.isOpen && autopilot.state.alive, groundLink: sending, groundLinkMs: upMs };
    },
    leaseLeftMs: () => parts.uplink.status().leaseLeftMs,
    rememberedPct: () => parts.commanding.rememberedPct,
    disk: () => ({
      problem: parts.commanding.journalProblem ?? parts.outbox.status().problem?.message ?? null,
    }),
    itinerary: () => parts.itineraries.fact,
    onSample,
    onEvent: (event, words) => ports.log.info({ part: 'safety', event }, words),
  });
  autopilot.onMessage((message) => safety.message(message));
  return safety;
}
