/** Opens what agents packed. About 10 µs for a pack of several seconds: less than the messages it saves cost the broker. */
import { inflateRawSync } from 'node:zlib';
import type { Expand } from '@skein/protocol/telemetry';

export const expand: Expand = (compressed, dictionary, maxBytes) =>
  inflateRawSync(compressed, { dictionary, maxOutputLength: maxBytes });
