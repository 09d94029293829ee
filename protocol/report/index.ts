export { lengthOf, momentOf } from './axis.ts';
export { type EnergyTotal, EnergyUse } from './energy.ts';
export { escapeHtml } from './escape.ts';
export {
  type Flight,
  FlightRecord,
  ONE_FLIGHT_US,
  REPORT_COLUMNS,
  REPORT_KINDS,
  type ReportKind,
  type Seen,
  SILENCE_US,
  type Span,
} from './flight.ts';
export { type Flown, REPORT_POLICY, type ReportAbout, renderReport } from './page.ts';
export { Distance, isPlace, type Place } from './way.ts';
