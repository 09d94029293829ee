import type { FieldsIn, MessageName } from '@skein/protocol/mavlink';
import type { View } from '../autopilot/view.ts';

/** Makes the fields of one message from the present moment; null: it has nothing to say now. */
export type Build<N extends MessageName> = (view: View) => FieldsIn<N> | null;

export type Builds = { readonly [N in MessageName]?: Build<N> };
