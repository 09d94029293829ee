#!/usr/bin/env node
// Runs main.ts on Node 24 or newer: on this Node, or on the one the project pins (node_modules/.bin/node).
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as nodeModule from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

// Not there on the older Nodes this file has to run on, hence not imported by name.
const { enableCompileCache } = nodeModule;
const WANTED = 24;
const here = path.dirname(fileURLToPath(import.meta.url));
const major = Number(process.versions.node.split('.')[0]);

if (major >= WANTED) {
  // Starts twice as fast from the second time on.
  enableCompileCache?.();
  await import(pathToFileURL(path.join(here, 'main.ts')).href);
} else {
  const pinned = [path.join(here, '..'), here]
    .map((dir) => path.join(dir, 'node_modules', '.bin', 'node'))
    .find((file) => existsSync(file));
  if (pinned === undefined) {
    console.error(
      `skein-controller needs Node ${WANTED}, this is ${process.versions.node}. ` +
        'Run `npm ci` in the project directory (it brings the right one), or install Node 24 from nodejs.org.',
    );
    process.exit(1);
  }
  const { execve } = process;
  if (typeof execve === 'function') {
    execve(pinned, [pinned, fileURLToPath(import.meta.url), ...process.argv.slice(2)], process.env);
  }
  // Without execve the child shares our terminal and gets Ctrl-C itself; other signals are passed on.
  const child = spawn(pinned, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
