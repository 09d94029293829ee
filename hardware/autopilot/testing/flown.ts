/** An AutopilotClient and a whole simulated autopilot, in virtual time, with one line between them. */
import { decode, FrameParser } from '@skein/protocol/mavlink';
import {
  createRandom,
  createSimulator,
  loseFrames,
  type Simulator,
  type SimulatorOptions,
} from '../../simulator/index.ts';
import { AutopilotClient } from '../client.ts';
import { forbidden } from './forbidden.ts';

const STEP_MS = 20;
const TICK_MS = 100;

/** Of frames, each way. */
export interface FlownLine {
  readonly lossPct?: number;
  readonly delayMs?: number;
}

export class Flown {
  readonly simulator: Simulator;
  readonly client: AutopilotClient;
  readonly texts: string[] = [];
  #under: { readonly atMs: number; readonly arrive: () => void }[] = [];

  constructor(options: SimulatorOptions, line: FlownLine = {}) {
    this.simulator = createSimulator(options);
    const { simulator } = this;
    const [down, up] = [new FrameParser(), new FrameParser()];
    const { lossPct = 0, delayMs = 0 } = line;
    const random = createRandom(options.seed ?? 1);
    const lose = loseFrames(lossPct / 100, random);
    simulator.damage(loseFrames(lossPct / 100, random));
    const carry = (arrive: () => void): void => {
      if (delayMs === 0) arrive();
      else this.#under.push({ atMs: simulator.nowMs + delayMs, arrive });
    };
    let boots = 0;
    const port = simulator.attach({
      name: 'flown',
      carrier: {
        send: (chunks) => {
          for (const chunk of chunks) {
            down.push(chunk, (frame) => {
              const message = decode(frame);
              const { sysid, compid } = frame;
              if (message !== null) carry(() => this.client.take(message, sysid, compid, simulator.nowMs));
            });
          }
          return chunks.length;
        },
      },
    });
    this.client = new AutopilotClient({
      sharePct: 60,
      nowMs: () => simulator.nowMs,
      drawId: () => `boot${++boots}`,
      send: (bytes) => {
        up.push(bytes, (frame) => {
          const message = decode(frame);
          const why = message === null ? null : forbidden(message, frame.sysid, frame.compid);
          if (why !== null) throw new Error(`it sent ${why}`);
        });
        if (lose(bytes) !== null) carry(() => port.receive(bytes));
        return true;
      },
    });
    port.connected = true;
    this.client.onText(({ text }) => this.texts.push(text));
  }

  async pass(ms: number): Promise<void> {
    const { simulator, client } = this;
    for (const endMs = simulator.nowMs + ms; simulator.nowMs < endMs; ) {
      simulator.advanceTo(simulator.nowMs + STEP_MS);
      const due = this.#under.filter(({ atMs }) => atMs <= simulator.nowMs);
      this.#under = this.#under.filter(({ atMs }) => atMs > simulator.nowMs);
      for (const { arrive } of due) arrive();
      if (simulator.nowMs % TICK_MS === 0) {
        client.tick({ nowMs: simulator.nowMs, loopTurnedMs: simulator.nowMs, linkOpen: true, lineBytesPerS: 1e6 });
      }
      await new Promise((resolve) => setImmediate(resolve));
    }
  }

  async until<T>(promise: Promise<T>, withinMs = 60_000): Promise<T> {
    let settled = false;
    void promise.finally(() => {
      settled = true;
    });
    for (let spent = 0; !settled && spent < withinMs; spent += TICK_MS) await this.pass(TICK_MS);
    if (!settled) throw new Error(`not settled after ${withinMs} ms`);
    return promise;
  }

  /** Until it is so; false after so long. */
  async sees(what: () => boolean, withinMs: number): Promise<boolean> {
    for (let spent = 0; !what() && spent < withinMs; spent += TICK_MS) await this.pass(TICK_MS);
    return what();
  }
}
