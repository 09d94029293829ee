/** The broker, what is known of the connection to it, and who else gives orders there. */
import { downTopic } from '@skein/protocol/fleet';
import { BROKER_COUNTERS } from './broker/index.ts';
import { makeBus } from './bus-of.ts';
import type { Config } from './config.ts';
import { expand } from './expand.ts';
import type { Metrics } from './metrics/index.ts';
import { OTHER_COUNTERS, OtherControllers } from './other-controllers.ts';
import type { ControllerPorts } from './outside.ts';
import { systemTimers } from './timers.ts';

export interface BrokerWiring {
  readonly config: Config;
  readonly ports: Pick<ControllerPorts, 'bus' | 'clock' | 'random' | 'log'>;
  /** Name and per-start id of this controller. */
  readonly controller: { readonly name: string; readonly start: string };
  readonly metrics: Metrics;
  /** Another controller is heard; null: not any more. */
  readonly onOther: (words: string | null) => void;
}

const TICK_MS = 1000;

export function makeBroker({ config, ports, controller, metrics, onOther }: BrokerWiring) {
  const { clock, random, log } = ports;
  const { url, topicRoot } = config.broker;
  let state: { readonly up: boolean; readonly reason: string | null } = { up: url === '', reason: null };
  const bus =
    ports.bus ??
    makeBus(config, {
      ...{ clientId: controller.name, nowUs: clock.monoUs, random },
      count: metrics.counters('broker', BROKER_COUNTERS),
      onState: (up, reason) => {
        const changed = up !== state.up || reason !== state.reason;
        state = { up, reason };
        const said = up ? 'connected to the broker' : 'no connection to the broker; trying again';
        if (changed) log.info({ url, reason }, said);
      },
    });
  const others = new OtherControllers({
    ...{ bus, topicRoot, start: controller.start, monoUs: clock.monoUs, expand },
    count: metrics.counters('other_controllers', OTHER_COUNTERS),
    onHeard: (words) => {
      log.error({ words }, 'another controller works with this fleet');
      onOther(words);
    },
    onGone: () => onOther(null),
  });
  // On the broker of our own nobody else may say what goes down.
  const isShared = url !== '';
  let stop = (): void => {};
  return {
    bus,
    /** In words; null: connected. */
    problem: () => (state.up ? null : `no connection to ${url}: ${state.reason}`),
    /** To one drone. */
    tell(drone: string, channel: 'command' | 'itinerary', message: string): void {
      const topic = downTopic(topicRoot, drone, channel);
      if (isShared) others.sent(topic, message);
      bus.publish(topic, message, 1);
    },
    /** Its presence has come. */
    there(drone: string): void {
      if (isShared) others.there(drone);
    },
    /** Once the bus has started. */
    listen(): void {
      stop = systemTimers.every(TICK_MS, () => others.tick());
      // What is not granted now is with the next connection.
      if (isShared)
        others.start().catch((error) => log.warn({ reason: String(error) }, 'nobody else is listened to yet'));
    },
    close: () => stop(),
  };
}
