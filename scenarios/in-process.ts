/**
 * The same fleet as world.ts, all in this process and without devices: simulators and agents are joined by memory links,
 * the rest talks over loopback. Starts in a second; nothing in it can be killed, but agents and simulated autopilots can
 * be stopped, started again and hurt one by one.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createLink, createMemoryHub, type MemoryHub } from '@skein/hardware/link';
import type { SimulatorOptions } from '@skein/hardware/simulator';
import { resolveConfig } from '@skein/protocol/config';
import { type Agent, createAgent } from '../agent/compose.ts';
import { AgentConfig } from '../agent/config.ts';
import { type AgentPorts, systemPorts } from '../agent/ports.ts';
import { type Controller, createController } from '../controller/compose.ts';
import { ConfigSchema } from '../controller/config.ts';
import { systemClock } from '../controller/system-clock.ts';
import { followLive, type LiveFollower } from './kit/live.ts';
import { type MemorySimulator, startMemorySimulator } from './kit/memory-simulator.ts';
import { type DronePlace, placeOf } from './kit/places.ts';
import { createRelay, type Relay } from './kit/relay.ts';

export interface InProcessOptions {
  readonly drones: number;
  /** Of the simulators; `airborne` and seeded by place unless said otherwise. */
  readonly simulator?: Partial<SimulatorOptions>;
  /** Further ones of the drone at this index. */
  readonly simulatorOf?: (index: number) => Partial<SimulatorOptions>;
  readonly agentFlags?: readonly string[];
  /** What stands in the agents' configuration file. */
  readonly agentFile?: Readonly<Record<string, unknown>>;
  /** Further ones of the drone at this index. */
  readonly agentFlagsOf?: (index: number) => readonly string[];
  readonly controllerFlags?: readonly string[];
  /** In place of the real board, clock and log, by index. */
  readonly agentPorts?: (index: number) => Partial<AgentPorts>;
  /** Agents that are not started yet: `drone.startAgent()` does. */
  readonly agentsLater?: boolean;
  /** The way of each to the controller can be cut: `drone.uplink`. */
  readonly cuttable?: boolean;
}

export interface InProcessDrone {
  readonly id: string;
  readonly dir: string;
  readonly simulator: MemorySimulator;
  /** The one that runs; throws when none does. */
  readonly agent: Agent;
  /** Its way to the controller; throws unless the world is `cuttable`. */
  readonly uplink: Relay;
  startAgent(): Promise<void>;
  /** Closes it in order, as SIGTERM does. */
  stopAgent(): Promise<void>;
}

export interface InProcessWorld {
  readonly ids: readonly string[];
  readonly drones: readonly InProcessDrone[];
  readonly agents: readonly Agent[];
  /** The one that runs; throws when none does. */
  readonly controller: Controller;
  readonly httpUrl: string;
  readonly mqttUrl: string;
  readonly dir: string;
  /** Closes it in order, as SIGTERM does; `startController` opens it again with the same files at the same ports. */
  stopController(): Promise<void>;
  startController(): Promise<void>;
  live(): LiveFollower;
  close(): Promise<void>;
}

const silent = { info() {}, warn() {}, error() {} };

function configOf<S extends Parameters<typeof resolveConfig>[0]>(
  schema: S,
  flags: readonly string[],
  file: Readonly<Record<string, unknown>> = {},
) {
  const resolved = resolveConfig(schema, { env: {}, flags: [...flags], file });
  if (!resolved.ok) throw new Error(resolved.problems.join('; '));
  return resolved.config;
}

/** Starts it and resolves when everything runs; on failure nothing is left behind. */
export async function createInProcessWorld(options: InProcessOptions): Promise<InProcessWorld> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-world-'));
  const undo: (() => unknown)[] = [() => fs.rmSync(dir, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    let controller: Controller | null = null;
    const stopController = async (): Promise<void> => {
      await controller?.close();
      controller = null;
    };
    const startController = async (httpPort: string, mqttPort: string) => {
      const flags = [
        `--dataDir=${path.join(dir, 'controller')}`,
        `--http.port=${httpPort}`,
        `--broker.port=${mqttPort}`,
        '--store.reserveMB=1',
      ];
      controller = await createController(configOf(ConfigSchema, [...flags, ...(options.controllerFlags ?? [])]), {
        clock: systemClock(),
        random: Math.random,
        log: silent,
        version: 'scenario',
        processMetrics: false,
      });
      return controller.start();
    };
    undo.push(stopController);
    const { http, mqtt } = await startController('0', '0');

    const hub = createMemoryHub();
    const drones: InProcessDrone[] = [];
    for (let index = 0; index < options.drones; index++) {
      const { hostname, port } = new URL(mqtt);
      const relay = options.cuttable === true ? await createRelay({ host: hostname, port: Number(port) }) : null;
      undo.push(() => relay?.close());
      const drone = createDrone({ place: placeOf(index), index, dir, hub, mqtt, relay, options });
      undo.push(() => drone.close());
      drones.push(drone);
    }
    if (options.agentsLater !== true) await Promise.all(drones.map((drone) => drone.startAgent()));
    return {
      ids: drones.map(({ id }) => id),
      drones,
      get agents() {
        return drones.map(({ agent }) => agent);
      },
      get controller() {
        if (controller === null) throw new Error('the controller does not run');
        return controller;
      },
      httpUrl: http,
      mqttUrl: mqtt,
      dir,
      stopController,
      async startController() {
        await startController(new URL(http).port, new URL(mqtt).port);
      },
      live() {
        const follower = followLive(http);
        undo.push(() => follower.close());
        return follower;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

interface DroneSetup {
  readonly place: DronePlace;
  readonly index: number;
  readonly dir: string;
  readonly hub: MemoryHub;
  readonly mqtt: string;
  readonly relay: Relay | null;
  readonly options: InProcessOptions;
}

function createDrone({
  place,
  index,
  dir,
  hub,
  mqtt,
  relay,
  options,
}: DroneSetup): InProcessDrone & { close(): Promise<void> } {
  const { id } = place;
  const simulator = startMemorySimulator(hub, place, { ...options.simulator, ...options.simulatorOf?.(index) });
  const own = path.join(dir, id);
  const flags = [
    `--drone=${id}`,
    `--dataDir=${own}`,
    `--link.url=memory://${id}`,
    '--page.address=',
    `--uplink.url=${relay === null ? mqtt : `mqtt://127.0.0.1:${relay.port}`}`,
    ...(options.agentFlags ?? []),
    ...(options.agentFlagsOf?.(index) ?? []),
  ];
  const config = configOf(AgentConfig, flags, options.agentFile);
  let agent: Agent | null = null;
  const stopAgent = async (): Promise<void> => {
    await agent?.close();
    agent = null;
  };
  return {
    id,
    dir: own,
    simulator,
    get agent() {
      if (agent === null) throw new Error(`the agent of ${id} does not run`);
      return agent;
    },
    get uplink() {
      if (relay === null) throw new Error('the world is not cuttable');
      return relay;
    },
    async startAgent() {
      const ports = options.agentPorts?.(index) ?? {};
      agent = createAgent(config, systemPorts({ createLink: (url) => createLink({ url, memory: hub }), ...ports }));
      await agent.start();
    },
    stopAgent,
    async close() {
      await stopAgent();
      simulator.stop();
    },
  };
}
