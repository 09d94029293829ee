/** The HTTP server: `buildHttp` returns it unstarted, so tests use `inject()`. */
import helmet from '@fastify/helmet';
import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import websocket from '@fastify/websocket';
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { alertRoutes } from './alerts.ts';
import { baselineRoutes } from './baselines.ts';
import { commandRoutes } from './commands.ts';
import { configurationRoutes } from './configuration.ts';
import { droneRoutes } from './drones.ts';
import { Problem, problemBody, toProblem } from './errors.ts';
import { eventSearchRoute } from './event-search.ts';
import { eventRoutes } from './events.ts';
import { itineraryRoutes } from './itineraries.ts';
import { itineraryFileRoutes } from './itinerary-files.ts';
import { liveRoute } from './live.ts';
import { mapRoutes } from './map.ts';
import { operationRoutes } from './operations.ts';
import { orderRoutes } from './orders.ts';
import { hostAllowed } from './origin.ts';
import { packRoutes } from './packs.ts';
import { placeRoutes } from './places.ts';
import type { HttpPorts } from './ports.ts';
import { reportRoutes } from './report.ts';
import { rolloutRoutes } from './rollouts.ts';
import { webRoutes } from './web.ts';
import { webhookRoutes } from './webhooks.ts';

export interface HttpOptions {
  readonly ports: HttpPorts;
  readonly version: string;
  /** Built page. */
  readonly webDir: string;
  /** Host names besides loopback that we answer to. */
  readonly allowedHosts: readonly string[];
}

const BODY_LIMIT_BYTES = 65_536;
const REQUEST_TIMEOUT_MS = 15_000;
const MAX_WS_MESSAGE_BYTES = 4096;
/** Pages and requests that have not ended by themselves this long after we began to close are cut off. */
const CLOSE_GRACE_MS = 2000;

/** MapLibre's worker comes from a blob; styles are set by script on the map's elements. */
const CSP = {
  useDefaults: false,
  directives: {
    defaultSrc: ["'self'"],
    baseUri: ["'self'"],
    objectSrc: ["'none'"],
    frameAncestors: ["'none'"],
    formAction: ["'self'"],
    scriptSrc: ["'self'"],
    workerSrc: ["'self'", 'blob:'],
    childSrc: ["'self'", 'blob:'],
    imgSrc: ["'self'", 'data:', 'blob:'],
    styleSrc: ["'self'", "'unsafe-inline'"],
    fontSrc: ["'self'", 'data:'],
    connectSrc: ["'self'", 'blob:'],
  },
};

export async function buildHttp(o: HttpOptions): Promise<FastifyInstance> {
  const { ports } = o;
  const app = Fastify({
    logger: false,
    bodyLimit: BODY_LIMIT_BYTES,
    requestTimeout: REQUEST_TIMEOUT_MS,
    // Ends idle keep-alive connections at once when closing, waits for requests under way.
    forceCloseConnections: 'idle',
    return503OnClosing: true,
    ajv: { customOptions: { coerceTypes: true, removeAdditional: false, allErrors: false } },
    clientErrorHandler: (_error, socket) => {
      ports.count('malformed');
      if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
      else socket.destroy();
    },
  });
  // Response schemas are documentation; what is answered is what was made.
  app.setSerializerCompiler(() => (data) => JSON.stringify(data));
  closeInTime(app);
  guard(app, o);
  answerProblems(app, ports);

  await app.register(helmet, { contentSecurityPolicy: CSP, strictTransportSecurity: false });
  await app.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Skein controller',
        version: o.version,
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
    },
  });
  await app.register(swaggerUi, { routePrefix: '/docs', staticCSP: true });
  await app.register(websocket, { options: { maxPayload: MAX_WS_MESSAGE_BYTES, perMessageDeflate: false } });
  await app.register(async (api) => {
    api.addHook('preValidation', async (request) => knowsQuery(request));
    droneRoutes(api, ports);
    reportRoutes(api, ports);
    commandRoutes(api, ports);
    itineraryRoutes(api, ports);
    itineraryFileRoutes(api, ports);
    orderRoutes(api, ports);
    placeRoutes(api, ports);
    configurationRoutes(api, ports);
    alertRoutes(api, ports);
    packRoutes(api, ports);
    baselineRoutes(api, ports);
    rolloutRoutes(api, ports);
    eventRoutes(api, ports);
    eventSearchRoute(api, ports);
    webhookRoutes(api, ports);
    operationRoutes(api, ports);
    liveRoute(api, ports);
    await mapRoutes(api, ports);
  });
  await webRoutes(app, o.webDir);
  return app;
}

/** What a route does not know is a mistake: an answer without it would be taken for one with it. */
function knowsQuery({ query, routeOptions }: FastifyRequest): void {
  const { properties } = (routeOptions.schema?.querystring ?? {}) as { readonly properties?: object };
  if (properties === undefined) return;
  const unknown = Object.keys(query as object).find((name) => !Object.hasOwn(properties, name));
  if (unknown === undefined) return;
  throw new Problem(
    'bad-request',
    `this route has no "${unknown}" in its query, only ${Object.keys(properties).join(', ')}`,
  );
}

/** A page that is frozen answers no close frame, a caller that does not read ends no request: neither holds us up. */
function closeInTime(app: FastifyInstance): void {
  app.addHook('preClose', (done) => {
    const timer = setTimeout(() => {
      for (const socket of app.websocketServer.clients) socket.terminate();
      app.server.closeAllConnections();
    }, CLOSE_GRACE_MS);
    timer.unref();
    app.server.once('close', () => clearTimeout(timer));
    done();
  });
}

function guard(app: FastifyInstance, o: HttpOptions): void {
  app.addHook('onRequest', async (request) => {
    if (!hostAllowed(request.headers.host, o.allowedHosts)) {
      o.ports.count('foreign');
      throw new Problem('foreign-host', request.headers.host);
    }
  });
  app.addHook('onResponse', async (_request, reply) => {
    o.ports.count('requests');
    if (reply.statusCode >= 500) o.ports.count('failures');
    else if (reply.statusCode >= 400) o.ports.count('problems');
  });
}

function answerProblems(app: FastifyInstance, ports: HttpPorts): void {
  const answer = (problem: Problem, request: FastifyRequest, reply: FastifyReply) =>
    reply.code(problem.status).type('application/problem+json').send(problemBody(problem, request.id));
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const problem = toProblem(error);
    if (problem.code === 'internal') ports.onError(error, request.id);
    return answer(problem, request, reply);
  });
  app.setNotFoundHandler((request, reply) => answer(new Problem('not-found'), request, reply));
}
