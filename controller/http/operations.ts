/** GET /metrics, /healthz, /readyz */
import type { FastifyInstance } from 'fastify';
import type { HttpPorts } from './ports.ts';

export function operationRoutes(app: FastifyInstance, ports: HttpPorts): void {
  const tags = ['operations'];
  app.get('/metrics', { schema: { tags, summary: 'Prometheus text', produces: ['text/plain'] } }, async (_, reply) => {
    reply.type(ports.metrics.contentType);
    return ports.metrics.text();
  });

  // Alive: restarting would not help a full disk, so that is 200 with words; /readyz says 503.
  app.get('/healthz', { schema: { tags, summary: 'Is the process alive, and what is wrong' } }, (_, reply) => {
    const { ready, ...report } = ports.health();
    const well = ready && report.store === 'ok' && report.broker === 'ok';
    reply.header('cache-control', 'no-store');
    return { status: well ? 'ok' : 'degraded', ...report };
  });

  app.get('/readyz', { schema: { tags, summary: 'Can it take and keep telemetry now' } }, (_, reply) => {
    const { ready, store, broker, messages } = ports.health();
    const able = ready && store !== 'failed' && broker === 'ok';
    reply.code(able ? 200 : 503).header('cache-control', 'no-store');
    return { status: able ? 'ready' : 'not-ready', messages };
  });
}
