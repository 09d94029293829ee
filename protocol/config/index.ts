export { nearest } from './nearest.ts';
export { renderConfig } from './render.ts';
export { type ConfigInput, type ConfigSource, type Resolved, resolveConfig } from './resolve.ts';
export { environmentName } from './schema.ts';
export { withoutLogin } from './secret.ts';
