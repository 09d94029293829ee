export type { AlertPort } from './alert-port.ts';
export type { ConfigurationPort } from './configuration-port.ts';
export { toCursor as cursorOf } from './cursor.ts';
export { shownEvent } from './events.ts';
export type { HealthReport, HttpCounter, HttpPorts, OrderPort, PlacePort } from './ports.ts';
export { HTTP_COUNTERS } from './ports.ts';
export { buildHttp, type HttpOptions } from './server.ts';
export { trackFeature } from './track.ts';
export type { WebhookPort } from './webhook-port.ts';
