import type { AgentPorts } from '../../agent/ports.ts';
import type { InProcessDrone } from '../in-process.ts';
import type { LiveFollower } from '../kit/live.ts';
import { until } from '../kit/until.ts';

/** The companion computers of a fleet in one process: which boot of the kernel it is, and who starts the agent again. */
export class Boards {
  readonly #boots: string[] = [];
  /** How often each agent has ended itself to be started again. */
  readonly restarts: number[] = [];
  /** The world's drones, once there are. */
  drones: readonly InProcessDrone[] = [];

  readonly portsOf = (index: number): Partial<AgentPorts> => {
    this.#boots[index] ??= bootId(index, 0);
    this.restarts[index] ??= 0;
    return {
      identity: async () => ({ boot: this.bootOf(index), serial: `board-${index}` }),
      restart: () => {
        this.restarts[index] = (this.restarts[index] ?? 0) + 1;
        const drone = this.drones[index];
        void drone?.stopAgent().then(() => drone.startAgent());
      },
    };
  };

  bootOf(index: number): string {
    return this.#boots[index] ?? '';
  }

  /** What a restart of the computer does to its agent. */
  async restartBoard(index: number, meanwhile: () => void = () => {}): Promise<void> {
    const drone = this.drones[index];
    await drone?.stopAgent();
    meanwhile();
    this.#boots[index] = bootId(index, 1 + Number.parseInt(this.bootOf(index).slice(-4), 16));
    await drone?.startAgent();
  }
}

const bootId = (index: number, n: number): string =>
  `${String(index).padStart(8, '0')}-4a59-4e68-8777-00000000${n.toString(16).padStart(4, '0')}`;

/** Each drone is known well enough to be restarted: its boot, who flies, and whether it stands on the ground. */
export async function known(live: LiveFollower, ids: readonly string[]): Promise<void> {
  const unknown = () =>
    ids.filter((id) => {
      const drone = live.drones.get(id);
      return (
        !drone?.autopilotBoot ||
        (drone.kinds.status?.values.landed ?? 'unknown') === 'unknown' ||
        drone.freshness.state === 'never'
      );
    });
  await until(() => unknown().length === 0, { timeoutMs: 120_000, what: 'drones that are known', seen: unknown });
}

/** How often the simulated autopilot was started, the first time included. */
export const bootsOf = (drone: InProcessDrone): number => drone.simulator.simulator.autopilot.boots;
