export { type FaultCode, fault, faultOf, type LinkFault } from './faults.ts';
export { createLink } from './link.ts';
export type { Phase } from './machine.ts';
export { createMemoryHub, type MemoryHub, type MemoryPeer } from './ports/memory.ts';
export type { Port, PortEvents } from './ports/port.ts';
export { type Priority, priorities } from './queue.ts';
export type { Link, LinkCounters, LinkLog, LinkOptions } from './types.ts';
export { type Endpoint, type ParsedUrl, parseLinkUrl } from './url.ts';
