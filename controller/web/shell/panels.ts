/** The panes that few open and the editor's layer: what one of them brings along the others use, so they load together. */
export { EventsPanel } from '../events/events-panel.tsx';
export { HistoryPanel } from '../history/history-panel.tsx';
export { keepPlan } from '../plan/plan-layer.ts';
export { PlanPanel } from '../plan/plan-panel.tsx';
