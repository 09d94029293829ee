export { type FaultCode, fault, faultOf, type LinkFault } from './faults.ts';
export { createLink, type Link, type LinkCounters, type LinkLog, type LinkOptions } from './link.ts';
export type { Phase } from './machine.ts';
export { createMemoryHub, type MemoryHub, type MemoryPeer } from './ports/memory.ts';
export type { Port, PortEvents } from './ports/port.ts';
export { type Priority, priorities } from './queue.ts';
export { type Endpoint, type ParsedUrl, parseLinkUrl } from './url.ts';
