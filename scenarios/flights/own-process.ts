/** The agent of one drone as a process of its own, which kill -9 ends; the simulated autopilot stays in this process and is looked at. */
import { join } from 'node:path';
import { listenTcp } from '@skein/hardware/simulator';
import type { InProcessDrone, InProcessWorld } from '../in-process.ts';
import { Agent } from '../kit/agent.ts';
import { freePort } from '../kit/ports.ts';

const HOST = '127.0.0.1';

export interface OwnProcess {
  readonly agent: Agent;
  /** Ends it, and closes its line. */
  close(): Promise<void>;
}

/** Resolves when it has started. */
export async function runsAlone(
  world: InProcessWorld,
  drone: InProcessDrone,
  flags: readonly string[],
): Promise<OwnProcess> {
  const { simulator, driver } = drone.simulator;
  const port = await freePort();
  const line = await listenTcp(HOST, port, { simulator, driver, tell: () => {} });
  const agent = new Agent({
    id: drone.id,
    dir: join(world.dir, `${drone.id}-alone`),
    linkUrl: () => `tcp://${HOST}:${port}`,
    brokerUrl: world.mqttUrl,
    extraArgs: flags,
  });
  await agent.start();
  return {
    agent,
    async close() {
      await agent.program.kill9();
      await line.close();
    },
  };
}
