/** The status socket in the data directory: how `skein-agent status` finds the agent. */
export const SOCKET_NAME = 'agent.sock';
