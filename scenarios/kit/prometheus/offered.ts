/** What a real controller and a real agent offer to Prometheus, each started for it and closed again. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLink, createMemoryHub } from '@skein/hardware/link';
import { resolveConfig } from '@skein/protocol/config';
import { createAgent } from '../../../agent/compose.ts';
import { AgentConfig } from '../../../agent/config.ts';
import { systemPorts } from '../../../agent/ports.ts';
import { askAgent } from '../../../agent/status/index.ts';
import { startController, tempDir } from '../../../controller/testing/controller.ts';
import { type Offered, readExposition } from './exposition.ts';

export async function offeredByController(): Promise<Offered[]> {
  const dir = tempDir();
  try {
    const { controller } = await startController(dir, { processMetrics: true });
    try {
      const answer = await controller.http.inject({ url: '/metrics', headers: { host: '127.0.0.1' } });
      return readExposition(answer.body);
    } finally {
      await controller.close();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

/** Nobody is at the other end of its link, and no controller: it offers the same. */
export async function offeredByAgent(): Promise<Offered[]> {
  // A unix socket's path is short.
  const dir = mkdtempSync(join(tmpdir(), 'sk-'));
  try {
    const flags = ['--drone=kite-1', `--dataDir=${dir}`, '--link.url=memory://fc', '--uplink.url=', '--page.address='];
    const config = resolveConfig(AgentConfig, { env: {}, flags });
    if (!config.ok) throw new Error(config.problems.join('; '));
    const memory = createMemoryHub();
    const agent = createAgent(config.config, systemPorts({ createLink: (url) => createLink({ url, memory }) }));
    try {
      await agent.start();
      const answer = await askAgent(join(dir, 'agent.sock'), '/metrics');
      if (!answer.ok) throw new Error('the agent does not answer');
      return readExposition(answer.body);
    } finally {
      await agent.close();
    }
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}
