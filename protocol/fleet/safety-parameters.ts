/** Parameters whose change weakens safety: they need the admin's right (flight rules §4). */
export function isSafetyParameter(name: string): boolean {
  return /^(ARMING_|FS_|FENCE_|BATT\d*_|SERIAL\d+_|AUTO_OPTIONS$|BRD_SAFETY|RTL_|DISARM_DELAY$|COM_|NAV_(DLL|RCL)_ACT|GF_|CBRK_)|GCS_SYSID$|SYSID_MYGCS$/.test(
    name,
  );
}
