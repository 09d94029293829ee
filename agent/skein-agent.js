#!/usr/bin/env node
// Starts the agent with a Node that can run it. Plain JavaScript, old syntax: it must load on any Node.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const NEEDED = 24;
const here = dirname(fileURLToPath(import.meta.url));
const main = join(here, 'main.ts');

function pinnedNode() {
  for (let folder = here; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', '.bin', 'node');
    if (existsSync(candidate)) return candidate;
    if (dirname(folder) === folder) return null;
  }
}

/**
 * `run --respawn`: watches the agent and starts it again when it ends by itself, at once when it asks for that (75), else
 * after a second; not when it was stopped, or would only be refused again.
 */
function respawn(args) {
  const AGAIN = 75;
  const FINAL = [0, 2, 4];
  let child = null;
  let stopping = false;
  const start = () => {
    if (stopping) process.exit(0);
    const env = { ...process.env, _SKEIN_RESPAWN: '1' };
    child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], { stdio: 'inherit', env });
    child.on('exit', (code) => {
      child = null;
      if (stopping || FINAL.includes(code)) process.exit(code === null ? 1 : code);
      setTimeout(start, code === AGAIN ? 0 : 1000);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      stopping = true;
      if (child === null) process.exit(0);
      child.kill(signal);
    });
  }
  start();
}

const args = process.argv.slice(2);
if (args[0] === 'run' && args.includes('--respawn')) {
  respawn(args.filter((word) => word !== '--respawn'));
} else if (Number(process.versions.node.split('.')[0]) >= NEEDED) {
  process.argv[1] = main;
  // Half the start is compiling; after a restart in the air the heartbeat must be back within seconds.
  // By the environment, so that its threads find it too: each would load the compiler, some 20 MB, otherwise.
  if (!process.env.NODE_COMPILE_CACHE) process.env.NODE_COMPILE_CACHE = join(tmpdir(), 'node-compile-cache');
  const module = await import('node:module');
  if (module.enableCompileCache) module.enableCompileCache(process.env.NODE_COMPILE_CACHE);
  await import('./main.ts');
} else {
  const node = process.env._SKEIN_REEXEC === '1' ? null : pinnedNode();
  if (node === null) {
    console.error(
      `skein-agent needs Node ${NEEDED} or newer; this is ${process.version}.\n` +
        'Run "npm ci" in the Skein folder, which brings the right one along, or install Node 24 from https://nodejs.org.',
    );
    process.exit(1);
  }
  const child = spawn(node, [main, ...process.argv.slice(2)], {
    stdio: 'inherit',
    env: { ...process.env, _SKEIN_REEXEC: '1' },
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}
