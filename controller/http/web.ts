/** The page: the built files of controller/web/dist, or how to build them. */
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance } from 'fastify';

const NOT_BUILT = `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Skein controller</title></head>
<body><h1>Skein controller</h1>
<p>The controller is running, but the fleet view has not been built. In the project directory run</p>
<pre>make build</pre>
<p>and reload this page. Meanwhile: <a href="/docs">API</a>, <a href="/api/v1/drones">drones</a>,
<a href="/healthz">health</a>, <a href="/metrics">metrics</a>.</p></body></html>
`;

/** Which build of the page lies there, by the file that names all others by their content; empty: none. */
export function pageBuild(dir: string): { readonly page?: string } {
  const index = path.join(dir, 'index.html');
  if (!fs.existsSync(index)) return {};
  return { page: createHash('sha256').update(fs.readFileSync(index)).digest('hex').slice(0, 16) };
}

/** Looked for at each start; `dir` is where the build puts it. */
export async function webRoutes(app: FastifyInstance, dir: string): Promise<{ built: boolean }> {
  const built = fs.existsSync(path.join(dir, 'index.html'));
  if (built) {
    await app.register(fastifyStatic, {
      root: dir,
      prefix: '/',
      // Names of built files carry a hash; the page that names them must always be asked for.
      setHeaders: (reply, file) => {
        const hashed = file.includes(`${path.sep}assets${path.sep}`);
        reply.header('cache-control', hashed ? 'public, max-age=31536000, immutable' : 'no-cache');
      },
    });
  } else app.get('/', { schema: { hide: true } }, (_, reply) => reply.type('text/html').send(NOT_BUILT));
  return { built };
}
