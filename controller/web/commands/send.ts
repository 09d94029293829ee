/** Commands, asked of the controller. */
import type { CommandType } from '@skein/protocol/fleet';
import { type Asked, ask, failed, type SendPorts } from '../shell/ask.ts';
import { type Command, readCommand, readCommands } from './answers.ts';

export interface CommandBody {
  readonly targets: readonly string[] | 'all';
  readonly type: CommandType;
  readonly params: Readonly<Record<string, unknown>>;
  readonly issuedBy: string;
  /** Of two boards with one identity, the one meant. */
  readonly session?: string;
  readonly staggerMs?: number;
  readonly maxFailures?: number;
}

export async function postCommand(body: CommandBody, key: string, ports?: SendPorts): Promise<Asked<Command>> {
  return asCommand(await ask('/api/v1/commands', { body, key }, ports));
}

export async function cancelCommand(
  id: string,
  issuedBy: string,
  key: string,
  ports?: SendPorts,
): Promise<Asked<unknown>> {
  return ask(`/api/v1/commands/${id}/cancel`, { body: { issuedBy }, key }, ports);
}

export async function fetchCommand(id: string, ports?: SendPorts): Promise<Asked<Command>> {
  return asCommand(await ask(`/api/v1/commands/${id}`, {}, ports));
}

/** Newest first. */
export async function fetchCommands(
  drone: string,
  limit: number,
  ports?: SendPorts,
): Promise<Asked<readonly Command[]>> {
  const asked = await ask(`/api/v1/commands?drone=${drone}&limit=${limit}`, {}, ports);
  return asked.ok ? { ok: true, value: readCommands(asked.value) } : asked;
}

function asCommand(asked: Asked<unknown>): Asked<Command> {
  if (!asked.ok) return asked;
  const value = readCommand(asked.value);
  if (value !== null) return { ok: true, value };
  return failed(null, 'The controller answered with something that is no command.', true);
}
