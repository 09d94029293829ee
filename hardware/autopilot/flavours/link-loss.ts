/**
 * How long an autopilot may wait before it acts on a lost ground link, s (FS_GCS_TIMEOUT, COM_DL_LOSS_T). The one place that says
 * so: `failsafeCheck` and the agent's safety profiles both ask here; a profile may be stricter, never laxer. Under 5 s a
 * restart of the agent (a gap of up to 4 s, flight rules §3) would bring the drone home.
 */
export const LINK_LOSS_S = { min: 5, max: 60 } as const;

export const isLinkLossTime = (seconds: number): boolean => seconds >= LINK_LOSS_S.min && seconds <= LINK_LOSS_S.max;
export const LINK_LOSS_WANTED = `${LINK_LOSS_S.min} to ${LINK_LOSS_S.max}`;
