/** The broker the config names, and what is said when a port cannot be had. */
import { AedesBus, type Bus, MAX_CONNECT_BYTES, MqttBus, type MqttBusOptions } from './broker/index.ts';
import type { Config } from './config.ts';

/** It cannot run as it is set, in words that say what to change. */
export class StartError extends Error {}

/** The broker the config names. */
export function makeBus(config: Config, o: Omit<MqttBusOptions, 'url'> & { readonly nowUs: () => number }): Bus {
  const { url, host, port, topicRoot, maxPacketKB, ...limits } = config.broker;
  if (url !== '') return new MqttBus({ url, ...o });
  const all = { ...limits, maxPacketBytes: maxPacketKB * 1024, maxConnectBytes: MAX_CONNECT_BYTES };
  return new AedesBus({ host, port, topicRoot, limits: all, nowUs: o.nowUs, count: o.count });
}

/** A port that cannot be had, in words that name the key to change. */
export function portError(error: unknown, key: string, host: string, port: number): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : '';
  if (code === 'EADDRINUSE') {
    return new StartError(
      `${key}: port ${port} on ${host} is taken; choose another with --${key}=N (0: any that is free)`,
    );
  }
  if (code === 'EACCES')
    return new StartError(`${key}: port ${port} needs rights this user lacks; choose one above 1023`);
  return error;
}
