/** What else the local door offers: the composition root gives routes, the door reads bodies and writes answers. */
import type { IncomingMessage } from 'node:http';

export interface RouteAnswer {
  readonly code: number;
  readonly body: object;
}

/** `GET /preflight`, `POST /lock`. The body is the parsed JSON of a POST, undefined without one. */
export type Routes = Readonly<Record<string, (body: unknown) => RouteAnswer | Promise<RouteAnswer>>>;

/** A whole parameter list in JSON is some 60 kB. */
const MAX_BODY_BYTES = 1 << 20;

export type ReadBody = { readonly ok: true; readonly body: unknown } | { readonly ok: false; readonly message: string };

export async function readBody(request: IncomingMessage): Promise<ReadBody> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      bytes += (chunk as Buffer).length;
      if (bytes > MAX_BODY_BYTES) return { ok: false, message: `more than ${MAX_BODY_BYTES} bytes` };
      chunks.push(chunk as Buffer);
    }
    if (bytes === 0) return { ok: true, body: undefined };
    return { ok: true, body: JSON.parse(Buffer.concat(chunks).toString()) as unknown };
  } catch (error) {
    return { ok: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** A refusal as every route gives it: a stable code and what to do. */
export function refusal(code: number, error: string, message: string): RouteAnswer {
  return { code, body: { error, message } };
}
