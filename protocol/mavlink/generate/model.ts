/** The dialect as the generator sees it: everything that `emit.ts` needs and nothing of where it came from. */

export interface EnumEntry {
  readonly name: string;
  readonly value: number;
  readonly documentation: string;
}

export interface EnumModel {
  readonly name: string;
  documentation: string;
  readonly entries: EnumEntry[];
}

export interface FieldModel {
  /** Name in the XML definitions. */
  readonly name: string;
  /** uint8_t, float, char, …; without `[]`. */
  readonly type: string;
  readonly arrayLength: number;
  readonly offset: number;
  readonly extension: boolean;
  readonly units: string;
  /** Name of the enum whose values it carries. */
  readonly enumName: string | null;
  readonly documentation: string;
}

export interface MessageModel {
  readonly id: number;
  readonly name: string;
  readonly crcExtra: number;
  readonly minLength: number;
  readonly maxLength: number;
  readonly documentation: string;
  /** In the order of the definitions. */
  readonly fields: readonly FieldModel[];
}

export interface DialectModel {
  readonly source: string;
  readonly enums: readonly EnumModel[];
  readonly messages: readonly MessageModel[];
}
