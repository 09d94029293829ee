export { type HealthReport, HTTP_COUNTERS, type HttpCounter, type HttpPorts } from './ports.ts';
export { buildHttp, type HttpOptions } from './server.ts';
