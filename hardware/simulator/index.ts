export { addNoise, loseBytes, loseFrames, silence } from './behaviours/damage.ts';
export { Driver, type DriverOptions } from './driver.ts';
export type { Place } from './geo.ts';
export type { Carrier, Damage, Port, PortOptions } from './port.ts';
export { createRandom, type Random } from './random.ts';
export { createSimulator, type Simulator, type SimulatorOptions } from './simulator.ts';
