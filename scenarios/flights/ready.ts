import type { InProcessDrone } from '../in-process.ts';
import { until } from '../kit/until.ts';
import type { OwnProcess } from './own-process.ts';

const READY_WITHIN_MS = 60_000;

/** Its controller is heard, and everything of its pre-flight list is well. */
export async function isReady(o: {
  readonly id: string;
  readonly drone: InProcessDrone;
  readonly alone: OwnProcess | null;
}): Promise<void> {
  let stops: readonly string[] = [];
  await until(
    async () => {
      const { safety, uplink } = await (o.alone?.agent ?? o.drone.agent).status();
      ({ stops } = safety.preflight);
      return uplink.leaseLeftMs > 0 && stops.length === 0;
    },
    { timeoutMs: READY_WITHIN_MS, everyMs: 200, what: `${o.id} to be ready`, seen: () => stops },
  );
}
