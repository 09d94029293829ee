import { rows } from './dialect/table.generated.ts';
import type { FieldInfo, MessageInfo, MessageName } from './message.ts';

/** All messages of the dialect, by ascending id. */
export const messages: readonly MessageInfo[] = rows.map(([id, name, crcExtra, minLength, maxLength, fields]) => ({
  id,
  name,
  crcExtra,
  minLength,
  maxLength,
  fields: fields.map(
    ([fieldName, type, arrayLength, offset, extension, units]): FieldInfo => ({
      name: fieldName,
      type,
      arrayLength,
      offset,
      extension: extension === 1,
      units,
    }),
  ),
}));

const byId = new Map(messages.map((message) => [message.id, message]));
const byName = new Map<string, MessageInfo>(messages.map((message) => [message.name, message]));

export function messageById(id: number): MessageInfo | undefined {
  return byId.get(id);
}

/** Known for every `MessageName`; any other text (a config, a command line) gives undefined. */
export function messageByName(name: MessageName): MessageInfo;
export function messageByName(name: string): MessageInfo | undefined;
export function messageByName(name: string): MessageInfo | undefined {
  return byName.get(name);
}

/**
 * By their fields: passkey; key; secret_key; password (the access point answers with its MD5, soon turned back into a word); PIN
 * and PUK of a SIM.
 */
const SECRET_IDS: ReadonlySet<number> = new Set(
  (['CHANGE_OPERATOR_CONTROL', 'AUTH_KEY', 'SETUP_SIGNING', 'WIFI_CONFIG_AP', 'CELLULAR_CONFIG'] as const).map(
    (name) => messageByName(name).id,
  ),
);

/** True for messages that carry a key or a password: never to be recorded, logged, forwarded or shown. */
export function isSecret(msgid: number): boolean {
  return SECRET_IDS.has(msgid);
}
