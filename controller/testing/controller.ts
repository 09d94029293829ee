/** A whole controller in this process on free ports, in a directory of its own. */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { resolveConfig } from '@skein/protocol/config';
import { type Addresses, type Controller, type ControllerPorts, createController } from '../compose.ts';
import { type Config, ConfigSchema } from '../config.ts';
import { systemClock } from '../system-clock.ts';

export function testConfig(dataDir: string, flags: readonly string[] = []): Config {
  const all = [`--dataDir=${dataDir}`, '--http.port=0', '--broker.port=0', '--store.reserveMB=1', ...flags];
  const resolved = resolveConfig(ConfigSchema, { flags: all });
  if (!resolved.ok) throw new Error(resolved.problems.join('; '));
  return resolved.config;
}

export function tempDir(): string {
  return fs.mkdtempSync(path.join(os.tmpdir(), 'skein-controller-'));
}

export interface Running {
  readonly controller: Controller;
  readonly addresses: Addresses;
  readonly get: (url: string) => Promise<{ status: number; body: Record<string, unknown> }>;
  readonly post: (
    url: string,
    body?: object,
    headers?: Readonly<Record<string, string>>,
  ) => Promise<{ status: number; body: Record<string, unknown> }>;
  readonly metric: (name: string) => Promise<number>;
}

const SILENT = { info: () => {}, warn: () => {}, error: () => {} };

export async function startController(
  dataDir: string,
  ports: Partial<ControllerPorts> = {},
  flags: readonly string[] = [],
  more: Partial<Config> = {},
): Promise<Running> {
  const controller = await createController(
    { ...testConfig(dataDir, flags), ...more },
    {
      ...{ clock: systemClock(), random: Math.random, log: SILENT, version: 'test', processMetrics: false },
      ...ports,
    },
  );
  const addresses = await controller.start();
  const inject = (url: string) => controller.http.inject({ url, headers: { host: '127.0.0.1' } });
  return {
    controller,
    addresses,
    async get(url) {
      const answer = await inject(url);
      return { status: answer.statusCode, body: answer.json() };
    },
    async post(url, body, headers = {}) {
      const about = { method: 'POST' as const, url, headers: { host: '127.0.0.1', ...headers } };
      const answer = await controller.http.inject(body === undefined ? about : { ...about, payload: body });
      return { status: answer.statusCode, body: answer.json() };
    },
    async metric(name) {
      const text = (await inject('/metrics')).body;
      const line = text.split('\n').find((one) => one.startsWith(`skein_controller_${name} `));
      return Number(line?.split(' ')[1] ?? Number.NaN);
    },
  };
}
