export { ADVICE, type AdviceName } from './advice.ts';
export type { About, Alert, AlertState, Proposal, Raise } from './alert.ts';
export { Alerts, type AlertsOptions, type Answer as AlertAnswer } from './alerts.ts';
export { Detector, type DetectorOptions, mayPropose } from './detector.ts';
export { DETECTOR_COUNTERS, type Held, type Kept, type Send } from './ports.ts';
export type { PlanSeen, Seen } from './seen.ts';
export { CLASSES, classOf } from './table.ts';
export { ALERT_SEVERITIES, type AlertSeverity } from './verdict.ts';
