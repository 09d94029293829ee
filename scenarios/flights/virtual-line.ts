/** The line between agent and autopilot in virtual time: it loses frames and brings them late, both ways, and tells the truth about it. */
import type { Port, Random, Simulator } from '@skein/hardware/simulator';
import { decode, FrameParser } from '@skein/protocol/mavlink';
import type { FlightTruth } from './flight-truth.ts';
import type { VirtualAgent } from './virtual-agent.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface VirtualLineOptions {
  readonly simulator: Simulator;
  readonly time: VirtualTime;
  readonly truth: FlightTruth;
  readonly random: Random;
  /** Share of the frames that are lost, each way. */
  readonly loss: number;
  readonly delayMs: number;
  /** Who listens; null: nobody. */
  readonly agent: () => VirtualAgent | null;
}

export class VirtualLine {
  readonly #o: VirtualLineOptions;
  readonly #port: Port;
  readonly #up = new FrameParser();
  /** Nothing of the autopilot is heard until then. */
  muteUntilMs = 0;

  constructor(o: VirtualLineOptions) {
    this.#o = o;
    this.#port = o.simulator.attach({
      name: 'line',
      carrier: {
        send: (chunks) => {
          for (const chunk of chunks) this.#down(chunk);
          return chunks.length;
        },
      },
    });
    this.#port.connected = true;
  }

  #down(chunk: Uint8Array): void {
    const { time, simulator, random, loss, delayMs, agent } = this.#o;
    const to = agent();
    if (to === null || time.nowMs < this.muteUntilMs || random.next() < loss) return;
    const sentMs = simulator.nowMs;
    if (delayMs === 0) {
      this.#heard(to, chunk, sentMs);
      return;
    }
    const bytes = chunk.slice();
    time.after(delayMs, () => agent() === to && this.#heard(to, bytes, sentMs));
  }

  #heard({ client, parser, sampler, itineraries, trust }: VirtualAgent, chunk: Uint8Array, sentMs: number): void {
    const { time, truth } = this.#o;
    parser.push(chunk, (frame) => {
      const { sysid, compid, msgid } = frame;
      if (!client.wants(sysid, compid, msgid)) return;
      const message = decode(frame);
      if (message === null) return;
      client.take(message, sysid, compid, time.nowMs);
      if (!client.isOurs(sysid, compid)) return;
      truth.heard(message, sentMs);
      for (const sample of sampler.take(message, time.nowMs * 1000, sysid)) {
        trust.take(sample);
        itineraries.take(sample);
      }
    });
  }

  /** A frame of ours, or of a mutation that goes past the client. */
  send(bytes: Uint8Array): boolean {
    const { time, truth, random, loss, delayMs } = this.#o;
    this.#up.push(bytes, (frame) => {
      const message = decode(frame);
      if (message !== null) truth.sends(message);
    });
    if (random.next() < loss) return true;
    // The autopilot answers within the call that brings it the frame; a real one never does.
    time.after(Math.max(1, delayMs), () => this.#port.receive(bytes));
    return true;
  }
}
