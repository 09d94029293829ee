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

/** `agentArgs`: settings of the agent. Those of a start come after them and are added. */
export async function startGround(
  linkUrl: string,
  agentArgs: readonly string[] = [],
  controllerArgs: readonly string[] = [],
): Promise<Ground> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-sitl-'));
  const controller = new Controller({
    dir: path.join(dir, 'controller'),
    httpPort: await freePort(),
    mqttPort: await freePort(),
    extraArgs: controllerArgs,
  });
  const agent = new Agent({
    id: 'sitl',
    dir,
    linkUrl: () => linkUrl,
    brokerUrl: controller.mqttUrl,
    extraArgs: ['--profile=bench', ...agentArgs],
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

/** The flight that shows the failsafe of the autopilot: it owns the loss. */
export const AUTOPILOT_OWNS_THE_LOSS = ['--linkLoss.owner=autopilot'] as const;

/** Our simulator with a parcel in its gripper. */
export const LOADED = ['--gripper', '--payload=0.6'] as const;

/** Our simulator with two TCP ports, as ArduPilot's has them. */
export async function startSimulatedAutopilot(args: readonly string[] = []): Promise<SimulatedAutopilot> {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'skein-sitl-sim-'));
  const [port, pilotPort] = [await freePort(), await freePort()];
  const program = new Program({
    name: 'skein-sim',
    command: process.execPath,
    args: [],
    logFile: path.join(dir, 'simulator.log'),
    readyEvent: 'listening',
  });
  await program.start([programs.simulator, `--tcp=127.0.0.1:${port},127.0.0.1:${pilotPort}`, '--start=ready', ...args]);
  return {
    linkUrl: `tcp://127.0.0.1:${port}`,
    pilotUrl: `tcp://127.0.0.1:${pilotPort}`,
    async close() {
      await program.stop();
      fs.rmSync(dir, { recursive: true, force: true });
    },
  };
}
