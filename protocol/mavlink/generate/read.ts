/**
 * Reads the dialect out of `mavlink-mappings`. Layout, ids and original names come from its runtime tables; enums,
 * the enum of each field, the order of the definitions and all documentation stand only in its declaration files.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { DialectModel, EnumModel, FieldModel, MessageModel } from './model.ts';

/** In the order in which they include each other; enums of the same name are merged. */
export const DIALECTS = ['minimal', 'standard', 'common', 'uavionix', 'icarous', 'ardupilotmega'];

interface MappedField {
  readonly source: string;
  readonly name: string;
  readonly type: string;
  readonly length: number;
  readonly offset: number;
  readonly extension: boolean;
  readonly size: number;
  readonly units: string;
}

interface MappedMessage {
  readonly name: string;
  readonly MSG_ID: number;
  readonly MSG_NAME: string;
  readonly PAYLOAD_LENGTH: number;
  readonly MAGIC_NUMBER: number;
  readonly FIELDS: readonly MappedField[];
}

type Mapped = Record<string, { readonly REGISTRY: Record<string, MappedMessage> }>;

interface DeclaredMember {
  readonly name: string;
  readonly type: string;
  readonly documentation: string;
}

interface DeclaredClass {
  readonly documentation: string;
  readonly members: readonly DeclaredMember[];
}

export function readDialect(): DialectModel {
  const require = createRequire(import.meta.url);
  const mapped = require('mavlink-mappings') as Mapped;
  const root = dirname(require.resolve('mavlink-mappings/package.json'));
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };

  const enums = new Map<string, EnumModel>();
  const messages = new Map<number, MessageModel>();
  for (const dialect of DIALECTS) {
    const declarations = readFileSync(join(root, 'dist', 'lib', `${dialect}.d.ts`), 'utf8').split('\n');
    readEnums(declarations, enums);
    const classes = readClasses(declarations);
    for (const message of Object.values(mapped[dialect]?.REGISTRY ?? {})) {
      const declared = classes.get(message.name);
      if (declared === undefined) throw new Error(`${dialect}.d.ts declares no class ${message.name}`);
      messages.set(message.MSG_ID, toMessage(message, declared, enums));
    }
  }
  return {
    source: `mavlink-mappings ${version}`,
    enums: [...enums.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    messages: [...messages.values()].sort((a, b) => a.id - b.id),
  };
}

function toMessage(
  message: MappedMessage,
  declared: DeclaredClass,
  enums: ReadonlyMap<string, EnumModel>,
): MessageModel {
  const fields = declared.members.map((member): FieldModel => {
    const field = message.FIELDS.find((candidate) => candidate.name === member.name);
    if (field === undefined) throw new Error(`${message.MSG_NAME} has no field ${member.name}`);
    return {
      name: field.source,
      type: field.type.replace('[]', '').replace('_mavlink_version', ''),
      arrayLength: field.type.endsWith('[]') ? field.length : 0,
      offset: field.offset,
      extension: field.extension,
      units: field.units,
      enumName: enums.has(member.type) ? member.type : null,
      documentation: member.documentation,
    };
  });
  if (fields.length !== message.FIELDS.length) throw new Error(`${message.MSG_NAME}: fields differ from declaration`);
  const end = (field: MappedField) => field.offset + field.size * Math.max(1, field.length);
  return {
    id: message.MSG_ID,
    name: message.MSG_NAME,
    crcExtra: message.MAGIC_NUMBER,
    minLength: Math.max(...message.FIELDS.filter((field) => !field.extension).map(end)),
    maxLength: message.PAYLOAD_LENGTH,
    documentation: declared.documentation,
    fields,
  };
}

function readEnums(lines: readonly string[], enums: Map<string, EnumModel>): void {
  for (const [start, line] of lines.entries()) {
    const name = /^export declare enum (\w+) \{/.exec(line)?.[1];
    if (name === undefined) continue;
    const model = enums.get(name) ?? { name, documentation: '', entries: [] };
    model.documentation ||= commentBefore(lines, start);
    for (let index = start + 1; lines[index] !== '}'; index++) {
      const entry = /^ {4}'?(\w+)'? = (-?\d+),?$/.exec(lines[index] ?? '');
      if (entry === null) continue;
      const [, entryName = '', value = ''] = entry;
      if (model.entries.some((known) => known.name === entryName)) continue;
      model.entries.push({ name: entryName, value: Number(value), documentation: commentBefore(lines, index) });
    }
    enums.set(name, model);
  }
}

function readClasses(lines: readonly string[]): Map<string, DeclaredClass> {
  const classes = new Map<string, DeclaredClass>();
  for (const [start, line] of lines.entries()) {
    const name = /^export declare class (\w+) extends MavLinkData \{/.exec(line)?.[1];
    if (name === undefined) continue;
    const members: DeclaredMember[] = [];
    for (let index = start + 1; lines[index] !== '}'; index++) {
      const member = /^ {4}(\w+): (\w+)(?:\[\])?;$/.exec(lines[index] ?? '');
      if (member === null) continue;
      members.push({ name: member[1] ?? '', type: member[2] ?? '', documentation: commentBefore(lines, index) });
    }
    classes.set(name, { documentation: commentBefore(lines, start), members });
  }
  return classes;
}

/** Text of the block comment that ends on the line above `index`, as one paragraph per line. */
function commentBefore(lines: readonly string[], index: number): string {
  if (lines[index - 1]?.trim() !== '*/') return '';
  const text: string[] = [];
  for (let at = index - 2; at >= 0 && lines[at]?.trim() !== '/**'; at--) {
    text.unshift((lines[at] ?? '').trim().replace(/^\*\s?/, ''));
  }
  const paragraphs: string[] = [];
  for (const line of text) {
    const previous = paragraphs.at(-1);
    const begins =
      line.startsWith('@') || line === '' || previous === undefined || previous === '' || previous.startsWith('@');
    if (begins) paragraphs.push(line);
    else paragraphs[paragraphs.length - 1] = `${previous} ${line}`;
  }
  return paragraphs
    .filter((line) => line !== '' && !/^@param\d (Empty|Reserved|Unused)?\W*(\(.*\))?$/i.test(line))
    .join('\n');
}
