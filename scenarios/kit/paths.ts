import { fileURLToPath } from 'node:url';

/** A path inside this repository. */
export function inRepository(relative: string): string {
  return fileURLToPath(new URL(`../../${relative}`, import.meta.url));
}

/** The programs as people start them: small shims that check the Node version. */
export const programs = {
  agent: inRepository('agent/skein-agent.js'),
  controller: inRepository('controller/skein-controller.js'),
  simulator: inRepository('hardware/simulator/skein-sim.js'),
} as const;

/** What `make build` makes, served by every controller. */
export const builtPage = inRepository('controller/web/dist/index.html');
