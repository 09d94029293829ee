/**
 * Parameter values as they travel: PARAM_VALUE and PARAM_SET have one float for every type. ArduPilot casts (an int 7
 * is 7.0), PX4 copies the bytes (an int 7 is 9.8e-45); the capability bits of AUTOPILOT_VERSION say which.
 * https://mavlink.io/en/services/parameter.html#parameter-encoding
 */
import { MavParamType, MavProtocolCapability } from '@skein/protocol/mavlink';

export type ParameterEncoding = 'c-cast' | 'bytewise';

/** Which encoding, by capability bits; without them by flavour; ArduPilot's when nothing is known. */
export function parameterEncoding(capabilities: bigint | null, flavour: string | null): ParameterEncoding {
  const bits = capabilities ?? 0n;
  if ((bits & BigInt(MavProtocolCapability.PARAM_ENCODE_BYTEWISE)) !== 0n) return 'bytewise';
  if ((bits & BigInt(MavProtocolCapability.PARAM_ENCODE_C_CAST)) !== 0n) return 'c-cast';
  return flavour === 'px4' ? 'bytewise' : 'c-cast';
}

const INTEGERS: Readonly<Record<number, readonly [min: number, max: number]>> = {
  [MavParamType.UINT8]: [0, 255],
  [MavParamType.INT8]: [-128, 127],
  [MavParamType.UINT16]: [0, 65_535],
  [MavParamType.INT16]: [-32_768, 32_767],
  [MavParamType.UINT32]: [0, 4_294_967_295],
  [MavParamType.INT32]: [-2_147_483_648, 2_147_483_647],
};

const bits = new DataView(new ArrayBuffer(4));

/**
 * The value that a `param_value` float stands for.
 *
 * Byte-wise negative integers are NaNs to the float they travel in. The quiet ones (−1 … −4 194 304) pass through
 * JavaScript numbers unharmed (parameter-value.test.ts); the signalling ones beyond lose a bit, so `wireValue` refuses
 * them.
 */
export function valueOfWire(wire: number, type: number, encoding: ParameterEncoding): number {
  if (encoding === 'c-cast' || type === MavParamType.REAL32) return wire;
  bits.setFloat32(0, wire, true);
  switch (type) {
    case MavParamType.UINT8:
      return bits.getUint8(0);
    case MavParamType.INT8:
      return bits.getInt8(0);
    case MavParamType.UINT16:
      return bits.getUint16(0, true);
    case MavParamType.INT16:
      return bits.getInt16(0, true);
    case MavParamType.UINT32:
      return bits.getUint32(0, true);
    case MavParamType.INT32:
      return bits.getInt32(0, true);
    default:
      return wire;
  }
}

/** The float to send for a value; null when this type and encoding cannot carry exactly it. */
export function wireValue(value: number, type: number, encoding: ParameterEncoding): number | null {
  if (!Number.isFinite(value)) return null;
  const range = INTEGERS[type];
  if (range === undefined) {
    const wire = Math.fround(value);
    return type === MavParamType.REAL32 && Number.isFinite(wire) ? wire : null;
  }
  if (!Number.isInteger(value) || value < range[0] || value > range[1]) return null;
  if (encoding === 'c-cast') return Math.fround(value) === value ? value : null;
  bits.setUint32(0, 0);
  // Two's complement: the low bytes of the 32-bit number are those of the narrower one.
  if (range[1] <= 255) bits.setUint8(0, value);
  else if (range[1] <= 65_535) bits.setUint16(0, value, true);
  else bits.setUint32(0, value, true);
  const wire = bits.getFloat32(0, true);
  return valueOfWire(wire, type, encoding) === value ? wire : null;
}

/** Equal as the autopilot stores them: integers exactly, floats as float32. */
export function sameValue(a: number, b: number, type: number): boolean {
  return INTEGERS[type] === undefined ? Math.fround(a) === Math.fround(b) : a === b;
}
