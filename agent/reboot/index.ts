export { ChargeMemory, type ChargeStatus, packSample, savedChargeOf } from './charge.ts';
export { type RebootOutcome, type RebootVehicle, rebootExecutor } from './executor.ts';
export { companionHelper } from './helper.ts';
export { RebootWatch } from './watch.ts';
