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

const SETUP_SIGNING_ID = 256;

/** True for messages that carry a key: never to be recorded, logged, forwarded or shown. */
export function isSecret(msgid: number): boolean {
  return msgid === SETUP_SIGNING_ID;
}
