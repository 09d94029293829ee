/**
 * Is this process started again when it ends? Only then may an order restart it: an agent that ends and stays away is worse
 * than one that is told no.
 */
export const RESTART_EXIT_CODE = 75;

/** Set by `skein-agent run --respawn` (skein-agent.js) for the agent it watches. */
const RESPAWN = '_SKEIN_RESPAWN';
/** systemd tells a service its own process id; whatever a service starts inherits the variable, but not the id. */
const SYSTEMD = 'SYSTEMD_EXEC_PID';

export function isSupervised(
  env: Readonly<Record<string, string | undefined>>,
  ids: { readonly pid: number; readonly ppid: number },
): boolean {
  if (env[RESPAWN] === '1') return true;
  const service = env[SYSTEMD];
  return service === String(ids.pid) || service === String(ids.ppid);
}
