/** Works out written arithmetic exactly: `100 × 0.05 + (17/31 × 6)`; `min(a; b)`, `max(a; b)` and `round(a; decimals)` too. For golden bills. */
import {
  type Fraction,
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

const token = /\s*(\d+(?:\.\d+)?|min|max|round|[+−×/();])/y;

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
    if (got === 'min' || got === 'max' || got === 'round') {
      take('(');
      const first = sum();
      take(';');
      const second = sum();
      take(')');
      if (got === 'round') return rounded(first, Number(second.numerator), 'half-up');
      return got === 'min' ? smaller(first, second) : larger(first, second);
    }
    return fractionOf(got);
  };
  const value = sum();
  if (next !== tokens.length) throw new Error(`"${tokens[next]}" is too much in "${text}".`);
  return value;
}
