export { Feed, type FeedPage } from './feed.ts';
export type * from './ports.ts';
