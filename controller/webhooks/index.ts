export type * from './ports.ts';
export { WEBHOOK_COUNTERS } from './ports.ts';
export { httpPoster } from './poster.ts';
export type { Patience } from './sender.ts';
export { readSecrets } from './signature.ts';
export type { Subscription } from './subscription.ts';
export { Webhooks, type WebhookView } from './webhooks.ts';
