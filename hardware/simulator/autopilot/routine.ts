import { MavSeverity } from '@skein/protocol/mavlink';
import type { Autopilot } from './autopilot.ts';
import { bootEvents, bootMs, preArmFault } from './boot.ts';
import type { Schedule } from './schedule.ts';

const HEARTBEAT = 0;
const HEARTBEAT_US = 1_000_000;
const TIMESYNC_MS = 10_000;
const STATISTICS_MS = 30_000;
const PRE_ARM_MS = 31_000;

/** Everything that a power-on brings, each at its time from now. */
export function scheduleBoot(autopilot: Autopilot, schedule: Schedule): void {
  const { nowMs, ports, voice } = autopilot;
  for (const event of bootEvents) {
    schedule.once(nowMs + event.atMs, () => {
      if ('text' in event) voice.say(event.text, event.severity);
      else if ('console' in event) for (const port of ports) port.sendConsole(event.console);
      else if ('parameter' in event) voice.announce(event.parameter);
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
  const { parameters, ports, voice, nowMs, sinceBootMs } = autopilot;
  const every = (everyMs: number, run: () => void): void => {
    const firstMs = nowMs - sinceBootMs + (Math.floor(sinceBootMs / everyMs) + 1) * everyMs;
    schedule.every(firstMs, everyMs, run);
  };
  every(TIMESYNC_MS, () => {
    for (const port of ports) port.send('TIMESYNC', { tc1: 0n, ts1: autopilot.bootNs });
  });
  every(STATISTICS_MS, () => {
    const { flownMs } = autopilot.flight;
    parameters.set('STAT_RUNTIME', Math.floor(autopilot.sinceBootMs / 1_000));
    parameters.set('STAT_FLTTIME', Math.floor(flownMs / 1_000));
    if (flownMs > 0) voice.announce('STAT_FLTTIME');
    voice.announce('STAT_RUNTIME');
  });
  every(PRE_ARM_MS, () => {
    const fault = autopilot.flight.armed ? null : preArmFault(autopilot.sinceBootMs);
    if (fault !== null) voice.say(`PreArm: ${fault}`, MavSeverity.CRITICAL);
  });
}
