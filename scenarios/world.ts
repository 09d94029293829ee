/**
 * A whole fleet on this machine: one controller and any number of (autopilot simulator, agent) pairs, each a process of
 * its own that can be killed and started again at any moment.
 *
 *   skein-sim ──pty or TCP──► skein-agent ──MQTT──► broker (the controller's own, or an external one) ──► skein-controller
 *
 * Everything is on loopback and below one directory; `close` ends what was started in reverse order. in-process.ts has
 * the same without processes.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Agent } from './kit/agent.ts';
import { Controller } from './kit/controller.ts';
import { type BrokerKind, type ExternalBroker, startBroker } from './kit/external-broker.ts';
import { followLive, type LiveFollower } from './kit/live.ts';
import { type DronePlace, FLEET } from './kit/places.ts';
import { freePort } from './kit/ports.ts';
import type { Program } from './kit/program.ts';
import { createRelay, type Relay } from './kit/relay.ts';
import { type LinkKind, Simulator } from './kit/simulator.ts';

export interface WorldOptions {
  /** How many of FLEET, or which places. */
  readonly drones: number | readonly DronePlace[];
  /** Between simulator and agent; `tcp` unless said otherwise. */
  readonly link?: LinkKind;
  readonly broker?: 'embedded' | BrokerKind;
  /** Left out: a directory of its own under the system's, removed by `close` (kept with KEEP=1). */
  readonly dir?: string;
  readonly httpPort?: number;
  readonly mqttPort?: number;
  readonly controllerArgs?: readonly string[];
  /** Put before the controller's command (private-mount.ts, whole-disk.ts), given where its data will lie. */
  readonly controllerPrefix?: (dataDir: string) => readonly string[];
  readonly agentArgs?: readonly string[];
  /** Drones whose way to the controller can be cut: `drone.uplink`. */
  readonly cuttable?: readonly string[];
  readonly simulatorArgs?: readonly string[];
  /** Further ones, of the drone with this place in FLEET. */
  readonly simulatorArgsOf?: (index: number) => readonly string[];
  /** Ends what has been started so far and makes `createWorld` reject. */
  readonly signal?: AbortSignal;
}

export interface Drone {
  readonly id: string;
  readonly simulator: Simulator;
  readonly agent: Agent;
  /** Its way to the controller; null unless it is `cuttable`. */
  readonly uplink: Relay | null;
}

export interface World {
  readonly dir: string;
  readonly controller: Controller;
  readonly drones: readonly Drone[];
  /** Every process of it. */
  readonly programs: readonly Program[];
  /** Set when the broker is external. */
  readonly broker: ExternalBroker | null;
  /** `performance.now()` when the first program was started. */
  readonly startedAtMs: number;
  /** A follower of the live view; `close` closes it. */
  live(): LiveFollower;
  /** Ends everything, newest first; safe to call twice. */
  close(): Promise<void>;
}

/** Starts a world and resolves when every program has said that it is ready. On failure nothing is left behind. */
export async function createWorld(options: WorldOptions): Promise<World> {
  const dir = options.dir ?? fs.mkdtempSync(path.join(os.tmpdir(), 'skein-world-'));
  const undo: (() => Promise<unknown>)[] = [];
  const startedAtMs = performance.now();

  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      for (const step of undo.splice(0).reverse()) await step();
      if (options.dir === undefined && process.env.KEEP === undefined) fs.rmSync(dir, { recursive: true, force: true });
    })();
    return closing;
  };

  const { signal } = options;
  const onAbort = (): void => void close();
  signal?.addEventListener('abort', onAbort, { once: true });

  try {
    signal?.throwIfAborted();
    const { broker: kind = 'embedded' } = options;
    const broker = kind === 'embedded' ? null : await startBroker(kind, path.join(dir, 'broker'));
    if (broker) undo.push(() => broker.close());

    const controller = new Controller({
      dir: path.join(dir, 'controller'),
      httpPort: options.httpPort ?? (await freePort()),
      mqttPort: options.mqttPort ?? (await freePort()),
      ...(broker && { brokerUrl: broker.url }),
      ...(options.controllerArgs && { extraArgs: options.controllerArgs }),
    });
    controller.program.prefix = options.controllerPrefix?.(controller.dataDir) ?? [];
    undo.push(() => controller.stop());

    const places = typeof options.drones === 'number' ? FLEET.slice(0, options.drones) : options.drones;
    const drones: Drone[] = [];
    for (const [index, place] of places.entries()) {
      const uplink = options.cuttable?.includes(place.id) ? await createRelay(addressOf(controller.mqttUrl)) : null;
      if (uplink !== null) undo.push(() => uplink.close());
      drones.push(pairOf({ place, index, dir, brokerUrl: controller.mqttUrl, uplink, options }));
    }
    undo.push(() => Promise.all(drones.map(({ simulator }) => simulator.program.stop())));
    undo.push(() => Promise.all(drones.map(({ agent }) => agent.stop())));

    // Simulators need nobody; agents and controller find each other in whatever order they come up.
    const simulators = drones.map(({ simulator }) => simulator.start());
    await allOf([controller.start(), ...simulators]);
    signal?.throwIfAborted();
    await allOf(drones.map(({ agent }) => agent.start()));

    return {
      dir,
      controller,
      drones,
      programs: [controller.program, ...drones.flatMap(({ simulator, agent }) => [simulator.program, agent.program])],
      broker,
      startedAtMs,
      live() {
        const follower = followLive(controller.httpUrl);
        undo.push(() => follower.close());
        return follower;
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  } finally {
    signal?.removeEventListener('abort', onAbort);
  }
}

interface PairOptions {
  readonly place: DronePlace;
  readonly index: number;
  readonly dir: string;
  readonly brokerUrl: string;
  readonly uplink: Relay | null;
  readonly options: WorldOptions;
}

function addressOf(url: string): { readonly host: string; readonly port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port) };
}

function pairOf({ place, index, dir, brokerUrl, uplink, options }: PairOptions): Drone {
  const own = path.join(dir, place.id);
  const simulator = new Simulator({
    ...place,
    dir: own,
    link: options.link ?? 'tcp',
    extraArgs: [
      ...(options.simulatorArgs ?? []),
      ...(place.simulatorArgs ?? []),
      ...(options.simulatorArgsOf?.(index) ?? []),
    ],
  });
  const agent = new Agent({
    id: place.id,
    dir: own,
    linkUrl: () => simulator.linkUrl,
    brokerUrl: uplink === null ? brokerUrl : `mqtt://127.0.0.1:${uplink.port}`,
    extraArgs: [...(options.agentArgs ?? []), ...(place.agentArgs ?? [])],
  });
  return { id: place.id, simulator, agent, uplink };
}

/** Waits for all, also when one fails early: nothing still starts while the rest is being ended. */
async function allOf(promises: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(promises);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed) throw failed.reason;
}
