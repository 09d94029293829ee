/** What goes wrong in a random flight, and when: all of it from the run's seed. */
import type { Random } from '@skein/hardware/simulator';
import { type Plot, play } from './plots.ts';
import type { Stranger } from './stranger.ts';
import type { VirtualFlight } from './virtual-flight.ts';

export interface MisfortunesOptions {
  readonly flight: VirtualFlight;
  readonly stranger: Stranger;
  readonly random: Random;
  /** Nothing goes wrong but what people do. */
  readonly quiet: boolean;
  /** At this time of the story. */
  readonly at: (atMs: number, run: () => void) => void;
  readonly storyMs: number;
  /** The controller is out of reach for so long. */
  readonly disconnect: (ms: number) => void;
  readonly plot: Plot;
}

const BLINDING = [
  'gps-zero:fused=1',
  'gps-loss',
  'gps-poor',
  'gps-stale:fused=1',
  'gps-glitch:metres=80,fused=1',
] as const;
const STUCK = { winch: ['winch-stuck', 'hook-stuck'], gripper: ['gripper-stuck'] } as const;
/** These are noticed while they last; a jump is believed in the end. */
const LASTING: readonly string[] = ['gps-zero', 'gps-loss', 'gps-poor', 'gps-stale'];

export function misfortunes(o: MisfortunesOptions): void {
  const { flight, stranger, random, quiet, at, storyMs, disconnect } = o;
  if (quiet) return;
  const { simulator } = flight;
  const between = (low: number, high: number): number => low + random.next() * (high - low);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)] as T;
  /** Up to so many times. */
  const some = (share: number, most: number, run: () => void): void => {
    if (random.next() >= share) return;
    for (let n = 1 + Math.floor(random.next() * most); n > 0; n--) at(between(2_000, storyMs - 10_000), run);
  };
  const restart = (): void => {
    flight.crash();
    at(flight.nowMs - flight.beginMs + between(300, 6_000), () => {
      if (flight.session === null) flight.start();
    });
  };

  some(0.5, 3, restart);
  // At the moments when it hurts: while a list is written, when a release has begun.
  const hurting = pick([null, 'uploading', 'starting', 'at-gate', 'releasing', 'returning']);
  if (hurting !== null) {
    let done = false;
    flight.listen((state) => {
      if (done || state !== hurting) return;
      done = true;
      flight.after(between(20, 3_000), restart);
    });
  }
  some(0.35, 2, () => {
    if (!flight.isArmed) simulator.reboot();
    flight.people.holdLine();
  });
  some(0.35, 2, () => {
    if (flight.isArmed) return;
    const count = pick([3, 5, 8, simulator.autopilot.mission.items.length]);
    stranger.upload(count, random.next() < 0.7 ? count : 1);
  });
  some(0.3, 2, () => flight.people.turnSwitch(1 + Math.floor(random.next() * 6)));
  some(0.4, 2, () => disconnect(random.next() < 0.5 ? between(16_000, 28_000) : between(30_000, 90_000)));
  some(0.3, 2, () => {
    flight.line.muteUntilMs = flight.nowMs + between(500, 9_000);
  });
  const blindBy = (fault: string, forMs: number): void => {
    const end = simulator.fault(fault);
    const [kind = ''] = fault.split(':');
    const blind = { kind, sinceMs: flight.nowMs };
    if (LASTING.includes(kind)) flight.blind = blind;
    flight.after(forMs, () => {
      end();
      if (flight.blind === blind) flight.blind = null;
    });
  };
  some(0.3, 2, () => blindBy(pick(BLINDING), between(3_000, 30_000)));
  const drain = (pct: number): void => {
    flight.lowSinceMs = flight.nowMs;
    simulator.fault(`battery:${Math.round(pct)}`);
  };
  some(0.25, 1, () => drain(between(15, 55)));
  some(0.3, 2, () => {
    const end = simulator.fault(pick(STUCK[flight.o.carries]));
    flight.after(between(20_000, 120_000), end);
  });
  play(o.plot, { flight, stranger, between, disconnect, restart, drain, blind: (ms) => blindBy('gps-poor', ms) });
}
