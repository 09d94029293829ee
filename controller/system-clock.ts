/** The clocks of this machine, µs. */
export function systemClock(): { utcUs(): number; monoUs(): number } {
  // Date has milliseconds; the monotonic clock fills in the microseconds between two of its steps.
  const offset = () => Date.now() * 1e3 - performance.now() * 1e3;
  let base = offset();
  return {
    utcUs() {
      const now = offset();
      // A step of the wall clock (or drift beyond its resolution): follow it.
      if (Math.abs(now - base) > 2000) base = now;
      return Math.round(base + performance.now() * 1e3);
    },
    monoUs: () => Math.round(performance.now() * 1e3),
  };
}
