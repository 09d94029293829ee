export { type Asked, type AskOptions, askAgent } from './client.ts';
export { metricsOf, renderMetrics } from './metrics.ts';
export { headline, statusPage } from './page.ts';
export { type RouteAnswer, type Routes, refusal } from './route.ts';
export { StatusServer } from './server.ts';
export type { AgentStatus } from './status.ts';
