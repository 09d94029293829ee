/** Gives the watch of parameters what it reads and remembers (a part of the composition root). */
import { createHash } from 'node:crypto';
import type { Sample } from '@skein/protocol/telemetry';
import { ParameterWatch } from './params/index.ts';
import type { AgentPorts } from './ports.ts';
import type { Vehicle } from './vehicle/index.ts';

export interface ParameterParts {
  readonly boot: string;
  readonly vehicle: Vehicle;
  readonly ports: AgentPorts;
  /** Wired later; only looked at once it runs. */
  readonly commanding: { kept(key: string): unknown; keep(key: string, value: string): void };
}

const HASH_HEX = 16;
const KEY = 'parameters';

export function wireParameters(parts: ParameterParts, onSample: (sample: Sample, urgent: boolean) => void) {
  const { autopilot } = parts.vehicle;
  let about: { readonly version: string | null; readonly gitHash: string | null } = { version: null, gitHash: null };
  const watch = new ParameterWatch({
    autopilot: () => ({ ...autopilot.state, ...about }),
    list: (o) => autopilot.parameters.list(o),
    isBusy: () => autopilot.parameters.isBusy || autopilot.missions.isBusy || autopilot.logs.busy,
    hash: (text) => createHash('sha256').update(text).digest('hex').slice(0, HASH_HEX),
    told: {
      get: () => {
        const [boot, hash = null] = String(parts.commanding.kept(KEY) ?? '').split(' ');
        return boot === parts.boot ? hash : null;
      },
      set: (hash) => parts.commanding.keep(KEY, `${parts.boot} ${hash}`),
    },
    onSample,
  });
  autopilot.onMessage((message) => {
    if (message.name !== 'PARAM_VALUE') return;
    watch.note(message.fields.param_id, message.fields.param_value, parts.ports.nowUs() / 1000);
  });
  return {
    watch,
    /** Which firmware it is. */
    take(sample: Sample): void {
      if (sample.kind === 'autopilot') about = sample.values;
    },
  };
}
