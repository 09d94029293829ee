/** Who asks for a change, from where, and whether it is a repeat. */
import { createHash } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { Problem } from './errors.ts';
import { originAllowed } from './origin.ts';
import type { HttpPorts, Key, Sender } from './ports.ts';

/** A page of another site may not command drones through the operator's browser. */
export function checkOrigin(request: FastifyRequest, ports: HttpPorts): void {
  if (originAllowed(request.headers.origin, request.headers.host)) return;
  ports.count('foreign');
  throw new Problem('foreign-origin', request.headers.origin);
}

/** Until accounts exist whoever can reach us (loopback only) is an admin, under the name that is given. */
export function senderOf(request: FastifyRequest, issuedBy: string | undefined): Sender {
  const header = request.headers['x-skein-operator'];
  const name = issuedBy ?? (typeof header === 'string' ? header.trim().slice(0, 64) : '');
  return { name: name === '' ? 'operator' : name, role: 'admin' };
}

export function keyOf(request: FastifyRequest): Key | null {
  const key = request.headers['idempotency-key'];
  if (key === undefined) return null;
  if (typeof key !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(key)) throw new Problem('bad-key');
  const asked = JSON.stringify([
    request.method,
    request.url,
    request.body ?? null,
    request.headers['x-skein-operator'],
  ]);
  return { key, hash: createHash('sha256').update(asked).digest('hex') };
}
