/** The root of a whole number of any size, exact where a double would not be: apparent power is the root of a sum of squares. */

/** The largest whole number whose square is not above. @param square not negative */
export function wholeRoot(square: bigint): bigint {
  if (square < 2n) return square;
  // Newton from above: each step falls until the root is reached.
  let root = 1n << BigInt((square.toString(2).length + 1) >> 1);
  for (;;) {
    const next = (root + square / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}
