export type { Facts } from './facts.ts';
export { RecentLines } from './recent.ts';
export { PageServer, type PageStatus } from './server.ts';
export { addressOf, PageSettings } from './settings.ts';
export { viewOf } from './view.ts';
