/**
 * Code 128 barcodes (ISO/IEC 15417), sets B and C: what cashiers' and banks' scanners read from a bill. Pairs of digits take
 * one symbol in set C, so numbers of invoices stay short.
 */

/** Widths of bars and gaps of each symbol, bar first, in modules; the last one is the stop with its closing bar. */
const patterns =
  '212222 222122 222221 121223 121322 131222 122213 122312 132212 221213 221312 231212 112232 122132 122231 113222 123122 123221 223211 221132 221231 213212 223112 312131 311222 321122 321221 312212 322112 322211 212123 212321 232121 111323 131123 131321 112313 132113 132311 211313 231113 231311 112133 112331 132131 113123 113321 133121 313121 211331 231131 213113 213311 213131 311123 311321 331121 312113 312311 332111 314111 221411 431111 111224 111422 121124 121421 141122 141221 112214 112412 122114 122411 142112 142211 241211 221114 413111 241112 134111 111242 121142 121241 114212 124112 124211 411212 421112 421211 212141 214121 412121 111143 111341 131141 114113 114311 411113 411311 113141 114131 311141 411131 211412 211214 211232 2331112'.split(
    ' ',
  );
const startB = 104;
const startC = 105;
const toB = 100;
const toC = 99;
const stop = 106;

/**
 * @param text printable ASCII
 * @returns widths of bars and gaps in turn, in modules, bar first, without the quiet zone of 10 modules on either side
 * @throws RangeError for other characters
 */
export function code128(text: string): number[] {
  const symbols = symbolsOf(text);
  const check = symbols.reduce((sum, symbol, i) => sum + symbol * Math.max(i, 1), 0) % 103;
  return [...symbols, check, stop].flatMap((symbol) => [...patterns[symbol]!].map(Number));
}

function symbolsOf(text: string): number[] {
  if (!/^[\x20-\x7e]+$/.test(text)) throw new RangeError(`"${text}" cannot be written as a Code 128 barcode.`);
  const symbols: number[] = [];
  let isC = false;
  for (let at = 0; at < text.length; ) {
    const digits = /^\d*/.exec(text.slice(at))![0].length;
    // Changing the set costs a symbol: four digits in a row are where it begins to pay.
    if (digits >= (isC ? 2 : 4)) {
      if (!isC) symbols.push(symbols.length === 0 ? startC : toC);
      isC = true;
      symbols.push(Number(text.slice(at, at + 2)));
      at += 2;
    } else {
      if (isC || symbols.length === 0) symbols.push(symbols.length === 0 ? startB : toB);
      isC = false;
      symbols.push(text.charCodeAt(at) - 32);
      at += 1;
    }
  }
  return symbols;
}
