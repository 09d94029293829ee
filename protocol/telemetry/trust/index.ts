export { FAR_LIMITS, NEAR_LIMITS, type TrustLimits } from './limits.ts';
export {
  isTrustReason,
  TRUST_REASON_CODES,
  TRUST_REASONS,
  type TrustReason,
  type TrustState,
  trustWords,
} from './reasons.ts';
export type { Estimate } from './reckoning.ts';
export { PositionTrust, type Trust, type TrustCounters } from './trust.ts';
