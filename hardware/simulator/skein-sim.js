#!/usr/bin/env node
// Plain JavaScript, so that an older Node can read it too and say what to do, or start the one pinned in node_modules.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const PINNED = 'SKEIN_PINNED_NODE';

function pinnedNode() {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const node = join(folder, 'node_modules', '.bin', 'node');
    if (existsSync(node)) return node;
    if (folder === dirname(folder)) return null;
  }
}

if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  // Most of the start is compiling; a fleet starts many of these at once.
  const module = await import('node:module');
  if (module.enableCompileCache) module.enableCompileCache();
  await import('./main.ts');
} else {
  const node = process.env[PINNED] === '1' ? null : pinnedNode();
  if (node === null) {
    process.stderr.write(
      `skein-sim needs Node ${NEEDED} or newer; this is ${process.versions.node}. Run \`npm ci\`, which brings one, or install it.\n`,
    );
    process.exit(1);
  }
  const child = spawn(node, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, [PINNED]: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR1']) process.on(signal, () => child.kill(signal));
  child.on('error', (error) => {
    process.stderr.write(`skein-sim: cannot start ${node}: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => process.exit(code ?? (signal === null ? 1 : 128)));
}
