import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Agent } from '../kit/agent.ts';
import { Controller } from '../kit/controller.ts';
import { programs } from '../kit/paths.ts';
import { freePort } from '../kit/ports.ts';
import { Program } from '../kit/program.ts';

/** Controller and agent as processes, on the line to an autopilot. */
export interface Ground {
  readonly drone: string;
  readonly controller: Controller;
  readonly agent: Agent;
  readonly dir: string;
  /** Leaves the logs there if `keep`. */
  close(keep: boolean): Promise<void>;
}

export async function startGround(linkUrl: string): Promise<Ground> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-sitl-'));
  const controller = new Controller({
    dir: path.join(dir, 'controller'),
    httpPort: await freePort(),
    mqttPort: await freePort(),
  });
  const agent = new Agent({
    id: 'sitl',
    dir,
    linkUrl: () => linkUrl,
    brokerUrl: controller.mqttUrl,
    extraArgs: ['--profile=bench'],
  });
  const close = async (keep: boolean): Promise<void> => {
    await agent.stop();
    await controller.stop();
    if (!keep) fs.rmSync(dir, { recursive: true, force: true });
  };
  try {
    await controller.start();
    await agent.start();
  } catch (error) {
    await close(true);
    throw error;
  }
  return { drone: agent.id, controller, agent, dir, close };
}

export interface SimulatedAutopilot {
  readonly linkUrl: string;
  readonly pilotUrl: string;
  close(): Promise<void>;
}

/** Our simulator with two TCP ports, as ArduPilot's has them. */
export async function startSimulatedAutopilot(): Promise<SimulatedAutopilot> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-sitl-sim-'));
  const [port, pilotPort] = [await freePort(), await freePort()];
  const program = new Program({
    name: 'skein-sim',
    command: process.execPath,
    args: [],
    logFile: path.join(dir, 'simulator.log'),
    readyEvent: 'listening',
  });
  await program.start([programs.simulator, `--tcp=127.0.0.1:${port},127.0.0.1:${pilotPort}`, '--start=ready']);
  return {
    linkUrl: `tcp://127.0.0.1:${port}`,
    pilotUrl: `tcp://127.0.0.1:${pilotPort}`,
    async close() {
      await program.stop();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}
