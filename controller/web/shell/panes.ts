/** The panes that few open, in a chunk of their own: the editor brings the schemas and checks of itineraries along. */
import type { Fleet } from '../live/fleet.ts';
import { lazyPane } from './lazy-pane.tsx';

const panels = () => import('./panels.ts');

export const PlanPane = lazyPane<{ readonly fleet: Fleet }>(
  'Itinerary',
  'editor',
  async () => (await panels()).PlanPanel,
);

export const HistoryPane = lazyPane<{ readonly fleet: Fleet; readonly id: string }>(
  'History',
  'history',
  async () => (await panels()).HistoryPanel,
);

export const EventsPane = lazyPane<{ readonly fleet: Fleet }>(
  'Events',
  'event log',
  async () => (await panels()).EventsPanel,
);
