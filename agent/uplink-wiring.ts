/** Gives the uplink what it sends and whom it tells (a part of the composition root). */
import type { Clock } from './clock/index.ts';
import type { Commanding } from './commanding.ts';
import type { AgentConfig } from './config.ts';
import type { Itineraries } from './itinerary/index.ts';
import type { Outbox } from './outbox/index.ts';
import type { AgentPorts } from './ports.ts';
import { settingsHash } from './settings-hash.ts';
import { systemTimers } from './timers.ts';
import { Refusals, Uplink } from './uplink/index.ts';
import type { Vehicle } from './vehicle/index.ts';
import { AGENT_VERSION } from './version.ts';

export interface UplinkParts {
  readonly config: AgentConfig;
  readonly ports: AgentPorts;
  readonly session: string;
  readonly boot: string;
  readonly clock: Clock;
  readonly outbox: Outbox;
  readonly vehicle: Vehicle;
  readonly commanding: Commanding;
  readonly itineraries: Itineraries;
}

/** `n`: which start of this agent it is; `serial`: of the board. */
export function wireUplink(parts: UplinkParts, o: { readonly n: number; readonly serial: string }): Uplink {
  const { config, ports, session, boot, clock, outbox, vehicle, commanding, itineraries } = parts;
  const { nowUs, random, log } = ports;
  const { username, password, url, topicRoot, backfillKBps, gatherS } = config.uplink;
  const settings = settingsHash(config);
  const refusals = new Refusals();
  return new Uplink({
    url,
    topicRoot,
    backfillKBps,
    gatherS,
    ...(username === '' ? {} : { username }),
    ...(password === '' ? {} : { password }),
    drone: config.drone,
    groups: config.groups,
    session,
    boot,
    epoch: () => outbox.epoch,
    backoff: config.backoff,
    presence: () => {
      const autopilot = vehicle.status().version;
      return {
        n: o.n,
        ...commanding.presence(),
        ...itineraries.presence(),
        versions: {
          ...{ agent: AGENT_VERSION, node: process.version, settings },
          ...(autopilot === null ? {} : { autopilot }),
        },
        board: o.serial,
        ...(config.groups.length > 0 ? { groups: config.groups } : {}),
        bootAgeMs: Math.round(nowUs() / 1000),
      };
    },
    source: outbox,
    nowUs,
    random,
    timers: systemTimers,
    onTime: (answer, receivedMonoUs) => {
      clock.controller({
        sentMonoUs: answer.agentMonoUs,
        receivedMonoUs,
        remoteReceivedUtcUs: answer.receivedUtcUs,
        remoteSentUtcUs: answer.sentUtcUs,
      });
      commanding.exchange(answer, receivedMonoUs);
    },
    onCommand: (command, via) => commanding.take(command, via),
    onItinerary: (message) => itineraries.receive(message),
    onState: (state, detail) => {
      const { level, words } = refusals.say(state, detail);
      log[level]({ part: 'uplink', state }, words);
    },
  });
}
