import type { Simulator } from '@skein/hardware/simulator';
import { MavCmd } from '@skein/protocol/mavlink';
import { Stalls } from './stalls.ts';

/** Counts what reaches a simulated autopilot: orders to arm, and heartbeats by component, with the time of each. */
export class HeardOrders {
  readonly armsAtMs: number[] = [];
  readonly #beats = new Map<number, number[]>();
  readonly #stalls = new Stalls();

  constructor(simulator: Simulator) {
    simulator.stage('observer').stage.meddle({
      received: (message, frame) => {
        if (message?.name === 'HEARTBEAT') {
          const beats = this.#beats.get(frame.compid) ?? [];
          beats.push(performance.now());
          this.#beats.set(frame.compid, beats);
        }
        const isOrder = message?.name === 'COMMAND_LONG' || message?.name === 'COMMAND_INT';
        if (isOrder && message.fields.command === MavCmd.COMPONENT_ARM_DISARM && message.fields.param1 === 1) {
          this.armsAtMs.push(performance.now());
        }
        return false;
      },
    });
  }

  /** When the heartbeats of this component came, `performance.now()`, since then. */
  beats(compid: number, sinceMs = 0): readonly number[] {
    return (this.#beats.get(compid) ?? []).filter((atMs) => atMs >= sinceMs);
  }

  /**
   * The longest silence of this component since then, ms; what has not ended yet counts, what this process slept through
   * does not: agent and simulator are both in it.
   */
  longestGapMs(compid: number, sinceMs: number): number {
    const times = [sinceMs, ...this.beats(compid, sinceMs), performance.now()];
    const gaps = times.slice(1).map((atMs, index) => {
      const fromMs = times[index] ?? atMs;
      return atMs - fromMs - this.#stalls.withinMs(fromMs, atMs);
    });
    return Math.max(...gaps);
  }
}
