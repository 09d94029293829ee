/** First byte of an epoch of the load: whether its batches are stored, or only said yes to. */
export const REAL_EPOCHS = 0x5e;
export const YES_EPOCHS = 0xee;
/** Where it stands in a sealed batch (docs/wire.md §5). */
export const MARK_AT = 5;
