/** Settings of the page: where it is served, and under which names. */
import { type Static, Type } from 'typebox';

/** An address of this board with a port; never all of its addresses: the side of the modem is not beside the drone. */
const ADDRESS =
  '^$|^(?!0\\.0\\.0\\.0:|\\[[0:]*\\]:)(\\d{1,3}(\\.\\d{1,3}){3}|\\[[0-9a-fA-F:.]+\\]|localhost):\\d{1,5}$';

export const PageSettings = Type.Object(
  {
    address: Type.String({
      default: '127.0.0.1:8190',
      pattern: ADDRESS,
      description:
        'Where the page of this drone is served: the address of its own access point, like 10.42.0.1:8190; not 0.0.0.0, because whoever reaches it may lock and unlock; empty: no page',
    }),
    names: Type.Array(Type.String({ pattern: '^[a-z0-9]([a-z0-9.-]{0,61}[a-z0-9])?$' }), {
      default: [],
      maxItems: 8,
      description: 'Names it answers to besides its address: kite-1.local',
    }),
  },
  { description: 'The page for whoever stands beside the drone' },
);
export type PageSettings = Static<typeof PageSettings>;

/** Null: it is not an address; the schema has looked at its shape alone. */
export function addressOf(text: string): { readonly host: string; readonly port: number } | null {
  const match = /^(?:\[(.+)\]|([^:]+)):(\d+)$/.exec(text);
  const [, six, four] = match ?? [];
  const port = Number(match?.[3]);
  const host = six ?? four;
  return host === undefined || port > 65_535 ? null : { host, port };
}
