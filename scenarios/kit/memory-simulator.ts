import type { MemoryHub, MemoryPeer } from '@skein/hardware/link';
import { createSimulator, Driver, type Simulator, type SimulatorOptions } from '@skein/hardware/simulator';
import type { DronePlace } from './places.ts';

export interface MemorySimulator {
  readonly simulator: Simulator;
  readonly driver: Driver;
  /** Does something to it at the present moment, as a fault, a pilot or a station would. */
  act(what: (simulator: Simulator) => void): void;
  /** Pulls the cable, and plugs it in again. */
  unplug(): void;
  plug(): void;
  stop(): void;
}

/** A simulator in real time whose port is `memory://<id>` of the hub. */
export function startMemorySimulator(
  hub: MemoryHub,
  { id, seed, home }: DronePlace,
  options: Partial<SimulatorOptions> = {},
): MemorySimulator {
  const bornMs = performance.now();
  const simulator = createSimulator({
    seed,
    home: { latE7: Math.round(home.latDeg * 1e7), lonE7: Math.round(home.lonDeg * 1e7), altM: home.altM },
    start: 'airborne',
    epochUs: BigInt(Date.now()) * 1_000n,
    ...options,
  });
  const driver = new Driver({ simulator, bornMs });
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
  const listen = (): (() => void) =>
    hub.listen(id, (connected) => {
      peer = connected;
      connected.onData = (bytes) => driver.receive(port, bytes);
      connected.onClose = () => {
        if (peer === connected) peer = null;
        port.connected = peer !== null;
      };
      port.connected = true;
      driver.act(() => {});
    });
  let deafen: (() => void) | null = listen();
  driver.start();
  const unplug = (): void => {
    deafen?.();
    deafen = null;
    peer?.close();
  };
  return {
    simulator,
    driver,
    act: (what) => driver.act(() => what(simulator)),
    unplug,
    plug() {
      deafen ??= listen();
    },
    stop() {
      unplug();
      driver.stop();
    },
  };
}
