/** The certificates that Node was told to trust besides its own, and could not read. */
import { type Finding, found } from '../finding.ts';

export function unreadAuthority(path: string, problem: string): Finding {
  if (problem === 'ENOENT' || problem === 'ENOTDIR')
    return found(
      'ca-file',
      `NODE_EXTRA_CA_CERTS names ${path}, and the file is not there: Node goes on without it.`,
      `put the authority's certificate (PEM) at ${path}, or correct NODE_EXTRA_CA_CERTS (of the service: in /etc/skein/agent.env); then restart the agent, disarmed on the ground`,
    );
  return found(
    'ca-file',
    `NODE_EXTRA_CA_CERTS names ${path}, which cannot be read (${problem}): Node goes on without it.`,
    `correct the path, or: sudo chmod a+r ${path}`,
  );
}
