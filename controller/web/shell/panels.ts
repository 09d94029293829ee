/** The panes that few open and their layers: what one of them brings along the others use, so they load together. */
export { EventsPanel } from '../events/events-panel.tsx';
export { HistoryPanel } from '../history/history-panel.tsx';
export { keepReplay } from '../history/replay-layer.ts';
export { keepPlan } from '../plan/plan-layer.ts';
export { PlanPanel } from '../plan/plan-panel.tsx';
