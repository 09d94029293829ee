/** What a page says, read from its text; null: it cannot be read. */
import type { ClientMessage } from './messages.ts';

export function readClientMessage(text: string): ClientMessage | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== 'object' || value === null || !('type' in value)) return null;
  if (value.type === 'resync') return { type: 'resync' };
  if (value.type !== 'select' || !('drones' in value) || !Array.isArray(value.drones)) return null;
  const drones = value.drones.filter((id): id is string => typeof id === 'string');
  const brief = 'others' in value && value.others === 'brief';
  const moves = 'moves' in value && value.moves === true;
  return { type: 'select', drones, ...(brief ? { others: 'brief' as const, moves } : {}) };
}
