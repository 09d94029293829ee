/** The panes that few open, each in a chunk of its own: the editor brings the schemas and checks of itineraries along. */
import type { Fleet } from '../live/fleet.ts';
import { lazyPane } from './lazy-pane.tsx';

export const PlanPane = lazyPane<{ readonly fleet: Fleet }>('Itinerary', 'editor', async () => {
  const { PlanPanel } = await import('../plan/plan-panel.tsx');
  return PlanPanel;
});

export const HistoryPane = lazyPane<{ readonly fleet: Fleet; readonly id: string }>('History', 'history', async () => {
  const { HistoryPanel } = await import('../history/history-panel.tsx');
  return HistoryPanel;
});

export const EventsPane = lazyPane<{ readonly fleet: Fleet }>('Events', 'event log', async () => {
  const { EventsPanel } = await import('../events/events-panel.tsx');
  return EventsPanel;
});
