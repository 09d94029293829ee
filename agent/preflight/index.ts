export type { Preflight, PreflightFacts, PreflightItem, PreflightVerdict } from './facts.ts';
export { GROUND_LINK_MS } from './limits.ts';
export { PreflightNews } from './news.ts';
export { preflightOf } from './preflight.ts';
export { LastSeen } from './seen.ts';
