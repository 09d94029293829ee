import { MavSeverity } from '@skein/protocol/mavlink';
import type { Autopilot } from './autopilot.ts';
import { bootEvents, bootMs } from './boot.ts';
import type { Schedule } from './schedule.ts';

const HEARTBEAT = 0;
const HEARTBEAT_US = 1_000_000;
const TIMESYNC_MS = 10_000;
const STATISTICS_MS = 30_000;
const PRE_ARM_MS = 1_000;
/** The pre-arm bit comes 23.7 s after power-on. */
const PRE_ARM_PHASE_MS = 700;
const PRE_ARM_REPORT_MS = 30_000;
const PRE_ARM_PAUSE_MS = 4_000;

/** Everything that a power-on brings, each at its time from now. */
export function scheduleBoot(autopilot: Autopilot, schedule: Schedule): void {
  const { nowMs, ports, voice } = autopilot;
  for (const event of bootEvents) {
    schedule.once(nowMs + event.atMs, () => {
      if ('text' in event) voice.say(event.text, event.severity);
      else if ('console' in event) for (const port of ports) port.sendConsole(event.console);
      else if ('parameter' in event) voice.announce(event.parameter, event.count);
      else if ('elevation' in event) voice.say(`Field Elevation Set: ${Math.round(autopilot.world.altM)}m`);
      else autopilot.setOrigin();
    });
  }
  // In its first second a real one sends each heartbeat twice.
  const first = nowMs + bootMs.firstHeartbeat;
  const twice = (): void => {
    for (const port of ports) for (let i = 0; i < 2; i += 1) voice.sendOne(HEARTBEAT, port);
  };
  schedule.once(first, twice);
  schedule.once(first + 1_000, () => {
    twice();
    for (const port of ports) port.streams.set(HEARTBEAT, HEARTBEAT_US, autopilot.nowMs);
  });
}

/** What comes again and again without being asked for, heartbeats aside; counted from boot. */
export function schedulePeriodic(autopilot: Autopilot, schedule: Schedule): void {
  const { ports, nowMs, sinceBootMs } = autopilot;
  const every = (everyMs: number, run: () => void): void => {
    const firstMs = nowMs - sinceBootMs + (Math.floor(sinceBootMs / everyMs) + 1) * everyMs;
    schedule.every(firstMs, everyMs, run);
  };
  every(TIMESYNC_MS, () => {
    for (const port of ports) port.send('TIMESYNC', { tc1: 0n, ts1: autopilot.bootNs });
  });
  every(STATISTICS_MS, () => announceStatistics(autopilot));
  const watch = new PreArmWatch(autopilot);
  watch.look();
  const phaseMs = nowMs - sinceBootMs + PRE_ARM_PHASE_MS;
  schedule.every(phaseMs + Math.ceil((nowMs - phaseMs) / PRE_ARM_MS) * PRE_ARM_MS, PRE_ARM_MS, () => watch.look());
}

/** How long it has run and flown. */
export function announceStatistics({ flight, parameters, voice, sinceBootMs }: Autopilot): void {
  const { flownMs } = flight;
  parameters.set('STAT_RUNTIME', Math.floor(sinceBootMs / 1_000));
  parameters.set('STAT_FLTTIME', Math.floor(flownMs / 1_000));
  if (flownMs > 0) voice.announce('STAT_FLTTIME');
  voice.announce('STAT_RUNTIME');
}

/** Once a second it looks whether it could be armed; what speaks against it is told each 31 s, and soon when it has just come up. */
class PreArmWatch {
  readonly #autopilot: Autopilot;
  #toldMs = 0;
  #wasUrgent = true;
  #tellSoon = false;

  constructor(autopilot: Autopilot) {
    this.#autopilot = autopilot;
    // One that booted long ago is somewhere between two reports.
    this.#toldMs = Math.max(0, autopilot.sinceBootMs - PRE_ARM_REPORT_MS / 2);
  }

  look(): void {
    const { flight, sinceBootMs, voice } = this.#autopilot;
    if (flight.armed) return;
    const silentMs = sinceBootMs - this.#toldMs;
    const tell = (this.#tellSoon && silentMs > PRE_ARM_PAUSE_MS) || silentMs > PRE_ARM_REPORT_MS;
    const { faults, urgent } = flight.checkPreArm();
    if (tell) {
      this.#tellSoon = false;
      this.#toldMs = sinceBootMs;
      for (const fault of faults) voice.say(`PreArm: ${fault}`, MavSeverity.CRITICAL);
    }
    if (urgent && !this.#wasUrgent) this.#tellSoon = true;
    this.#wasUrgent = urgent;
  }
}
