/**
 * The same fleet as world.ts, all in this process and without devices: simulators and agents are joined by memory links,
 * the rest talks over loopback. Starts in a second; nothing in it can be killed.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { createLink, createMemoryHub, type MemoryHub, type MemoryPeer } from '@skein/hardware/link';
import { createSimulator, Driver } from '@skein/hardware/simulator';
import { resolveConfig } from '@skein/protocol/config';
import { type Agent, createAgent } from '../agent/compose.ts';
import { AgentConfig } from '../agent/config.ts';
import { systemPorts } from '../agent/ports.ts';
import { type Controller, createController } from '../controller/compose.ts';
import { ConfigSchema } from '../controller/config.ts';
import { systemClock } from '../controller/system-clock.ts';
import { followLive, type LiveFollower } from './kit/live.ts';
import { type DronePlace, FLEET } from './kit/places.ts';

export interface InProcessWorld {
  readonly ids: readonly string[];
  readonly agents: readonly Agent[];
  readonly controller: Controller;
  readonly httpUrl: string;
  live(): LiveFollower;
  close(): Promise<void>;
}

const silent = { info() {}, warn() {}, error() {} };

function configOf<S extends Parameters<typeof resolveConfig>[0]>(schema: S, flags: readonly string[]) {
  const resolved = resolveConfig(schema, { env: {}, flags: [...flags] });
  if (!resolved.ok) throw new Error(resolved.problems.join('; '));
  return resolved.config;
}

/** A simulator in real time whose only port is `memory://<id>` of the hub; the returned function stops it. */
function startSimulator(hub: MemoryHub, { id, seed, home }: DronePlace): () => void {
  const simulator = createSimulator({
    seed,
    home: { latE7: Math.round(home.latDeg * 1e7), lonE7: Math.round(home.lonDeg * 1e7), altM: home.altM },
    start: 'airborne',
    epochUs: BigInt(Date.now()) * 1_000n,
  });
  const driver = new Driver({ simulator });
  let peer: MemoryPeer | null = null;
  const port = simulator.attach({
    name: id,
    carrier: {
      send(chunks) {
        for (const chunk of chunks) peer?.write(chunk);
        return peer === null ? 0 : chunks.length;
      },
    },
  });
  const stopListening = hub.listen(id, (connected) => {
    peer = connected;
    connected.onData = (bytes) => driver.receive(port, bytes);
    connected.onClose = () => {
      if (peer === connected) peer = null;
      port.connected = peer !== null;
    };
    port.connected = true;
    driver.act(() => {});
  });
  driver.start();
  return () => {
    stopListening();
    driver.stop();
  };
}

/** Starts it and resolves when everything runs; on failure nothing is left behind. */
export async function createInProcessWorld(options: { readonly drones: number }): Promise<InProcessWorld> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-world-'));
  const undo: (() => unknown)[] = [() => fs.rmSync(dir, { recursive: true, force: true })];
  const close = async (): Promise<void> => {
    for (const step of undo.splice(0).reverse()) await step();
  };
  try {
    const controller = await createController(
      configOf(ConfigSchema, [`--dataDir=${path.join(dir, 'controller')}`, '--http.port=0', '--broker.port=0']),
      { clock: systemClock(), random: Math.random, log: silent, version: 'scenario', processMetrics: false },
    );
    undo.push(() => controller.close());
    const { http, mqtt } = await controller.start();

    const hub = createMemoryHub();
    const places = FLEET.slice(0, options.drones);
    const agents: Agent[] = [];
    for (const place of places) {
      undo.push(startSimulator(hub, place));
      const config = configOf(AgentConfig, [
        `--drone=${place.id}`,
        `--dataDir=${path.join(dir, place.id)}`,
        `--link.url=memory://${place.id}`,
        `--uplink.url=${mqtt}`,
      ]);
      const agent = createAgent(config, systemPorts({ createLink: (url) => createLink({ url, memory: hub }) }));
      undo.push(() => agent.close());
      agents.push(agent);
      await agent.start();
    }
    return {
      ids: places.map(({ id }) => id),
      agents,
      controller,
      httpUrl: http,
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
