/**
 * Works out written arithmetic exactly: `100 × 0.05 + (17/31 × 6)`; `min(a; b)`, `max(a; b)` and `round(a; decimals)` too; and
 * `root(a; decimals)`, rounded half up. For golden bills.
 */
import {
  type Fraction,
  fraction,
  fractionOf,
  larger,
  minus,
  opposite,
  over,
  plus,
  rounded,
  smaller,
  times,
} from '../../money/fraction.ts';

const token = /\s*(\d+(?:\.\d+)?|min|max|round|root|[+−×/();])/y;

/** @throws Error for anything that is no arithmetic */
export function workOut(text: string): Fraction {
  const tokens: string[] = [];
  for (token.lastIndex = 0; text.slice(token.lastIndex).trim() !== ''; ) {
    const at = token.lastIndex;
    const found = token.exec(text);
    if (!found) throw new Error(`No arithmetic: "${text.slice(at)}" in "${text}".`);
    tokens.push(found[1]!);
  }
  let next = 0;
  const take = (expected?: string): string => {
    const got = tokens[next++];
    if (got === undefined || (expected !== undefined && got !== expected))
      throw new Error(`"${expected ?? 'a number'}" is missing in "${text}".`);
    return got;
  };
  const sum = (): Fraction => {
    let value = product();
    while (tokens[next] === '+' || tokens[next] === '−')
      value = take() === '+' ? plus(value, product()) : minus(value, product());
    return value;
  };
  const product = (): Fraction => {
    let value = atom();
    while (tokens[next] === '×' || tokens[next] === '/')
      value = take() === '×' ? times(value, atom()) : over(value, atom());
    return value;
  };
  const atom = (): Fraction => {
    const got = take();
    if (got === '−') return opposite(atom());
    if (got === '(') {
      const value = sum();
      take(')');
      return value;
    }
    if (got === 'min' || got === 'max' || got === 'round' || got === 'root') {
      take('(');
      const first = sum();
      take(';');
      const second = sum();
      take(')');
      if (got === 'root') return rootOf(first, Number(second.numerator));
      if (got === 'round') return rounded(first, Number(second.numerator), 'half-up');
      return got === 'min' ? smaller(first, second) : larger(first, second);
    }
    return fractionOf(got);
  };
  const value = sum();
  if (next !== tokens.length) throw new Error(`"${tokens[next]}" is too much in "${text}".`);
  return value;
}

/** By halving: the decimal whose square, half a step below it, is still not above. */
export function rootOf(square: Fraction, decimals: number): Fraction {
  const scale = 10n ** BigInt(decimals);
  let [low, high] = [0n, scale * (square.numerator + 1n)];
  while (low < high) {
    const middle = (low + high + 1n) / 2n;
    const below = fraction(2n * middle - 1n, 2n * scale);
    if (minus(square, times(below, below)).numerator >= 0n) low = middle;
    else high = middle - 1n;
  }
  return fraction(low, scale);
}
