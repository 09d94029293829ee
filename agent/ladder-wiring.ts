/** Gives the ladder what it looks at and what it may order (a part of the composition root). */
import { isLanded } from '@skein/hardware/autopilot';
import type { Sample } from '@skein/protocol/telemetry';
import type { AgentConfig } from './config.ts';
import { isGoingHome, Ladder } from './ladder/index.ts';
import type { AgentPorts } from './ports.ts';
import type { Vehicle } from './vehicle/index.ts';

export interface LadderParts {
  readonly config: AgentConfig;
  readonly ports: AgentPorts;
  readonly vehicle: Vehicle;
  readonly leaseLeftMs: () => number;
  /** What hangs under the drone: a release under way is ended, or the payload secured, before the ladder brings it home. */
  readonly payload: {
    readonly releasing: () => boolean;
    /** The itinerary it flies is on its own way home. */
    readonly returning: () => boolean;
    readonly secure: (signal: AbortSignal) => Promise<unknown>;
    /** It is brought home because the link is lost. */
    readonly left: () => void;
  };
  readonly onSample: (sample: Sample) => void;
}

export function wireLadder({ config, ports, vehicle, leaseLeftMs, payload, onSample }: LadderParts): Ladder {
  const { autopilot } = vehicle;
  return new Ladder({
    rules: { owner: config.linkLoss.owner, ...config.ladder },
    nowUs: ports.nowUs,
    look: () => {
      const { state, control } = autopilot;
      return {
        leaseLeftMs: leaseLeftMs(),
        armed: state.alive ? state.armed : null,
        // An old word, or none, must not keep a flying one from being called back; a landed one refuses.
        inAir: !isLanded(state),
        ours: control.state === 'skein' && !control.readOnly,
        holder: control.state,
        adopted: control.adopted,
        releasing: payload.releasing(),
        goingHome: isGoingHome(state, payload.returning()),
      };
    },
    retract: payload.secure,
    comeHome: (signal) => {
      payload.left();
      return autopilot.intent('return', { signal });
    },
    onSample,
    onEvent: (rung, words) => ports.log.warn({ part: 'ladder', rung }, `link lost: ${words}`),
  });
}
