import type { Extensions, Messages } from './dialect/messages.generated.ts';

export type MessageName = keyof Messages;

/** A decoded message: a union by `name`, so `switch (message.name)` gives the right `fields`. */
export type Message = {
  [N in MessageName]: { readonly name: N; readonly msgid: number; readonly fields: Messages[N] };
}[MessageName];

type Optional<T, K extends PropertyKey> = { readonly [P in Exclude<keyof T, K>]: Accepted<T[P]> } & {
  readonly [P in Extract<keyof T, K>]?: Accepted<T[P]> | undefined;
};
type Accepted<T> = T extends readonly number[] ? ArrayLike<number> : T;

/**
 * What `encode` takes: extension fields may be left out (sent as zero, which means "not supplied"); arrays may be
 * shorter than the field (the rest is zero) and may be typed arrays.
 */
export type FieldsIn<N extends MessageName> = Optional<Messages[N], N extends keyof Extensions ? Extensions[N] : never>;

export type FieldType =
  | 'uint8'
  | 'int8'
  | 'uint16'
  | 'int16'
  | 'uint32'
  | 'int32'
  | 'uint64'
  | 'int64'
  | 'float'
  | 'double'
  | 'char';

/** One field as it lies in the payload. */
export interface FieldInfo {
  readonly name: string;
  readonly type: FieldType;
  /** Elements of an array field, 0 for a single value. */
  readonly arrayLength: number;
  /** Bytes from the start of the payload. */
  readonly offset: number;
  /** Extension fields exist only in MAVLink 2 and do not enter CRC_EXTRA. */
  readonly extension: boolean;
  /** As in the definitions ("m/s", "degE7", "cdeg", …), empty if none. */
  readonly units: string;
}

/** What the dialect knows of one message. */
export interface MessageInfo {
  readonly id: number;
  readonly name: MessageName;
  readonly crcExtra: number;
  /** Payload length in MAVLink 1: without extensions. */
  readonly minLength: number;
  /** Payload length in MAVLink 2 before trailing zeros are cut. */
  readonly maxLength: number;
  /** In the order of the definitions. */
  readonly fields: readonly FieldInfo[];
}
