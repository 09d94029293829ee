import { createRequire } from 'node:module';

const manifest: { readonly version: string } = createRequire(import.meta.url)('./package.json');

/** Version of the agent, from its package. */
export const AGENT_VERSION = manifest.version;
