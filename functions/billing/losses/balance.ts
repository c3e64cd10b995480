/**
 * Arithmetic of an energy balance in millionths of a kWh. What enters an area either is taken at a meter, leaves through the
 * input again, or is lost. A set percentage of what entered is lost technically; what is neither that nor charged to anybody is
 * lost commercially, whether a meter saw it or not.
 */

export interface Energies {
  input: bigint;
  returned: bigint;
  fedIn: bigint;
  output: bigint;
}

export interface Losses {
  loss: bigint;
  technical: bigint;
  /** May be below zero. */
  commercial: bigint;
  /** Null when nothing entered. */
  lossPercent: string | null;
  commercialPercent: string | null;
}

/** Four decimals of a percentage, and per cent. */
const percentScale = 1_000_000n;

/**
 * @param technicalPercent decimal text with at most four decimals
 * @param charged what customers were billed for or bought
 */
export function balance(
  { input, returned, fedIn, output }: Energies,
  technicalPercent: string,
  charged: bigint,
): Losses {
  const entered = input + fedIn;
  const loss = entered - returned - output;
  const technical = rounded(entered * tenThousandths(technicalPercent), percentScale);
  const commercial = entered - returned - technical - charged;
  return {
    loss,
    technical,
    commercial,
    lossPercent: percentOf(loss, entered),
    commercialPercent: percentOf(commercial, entered),
  };
}

/** A share in percent with two decimals; null of nothing. */
export function percentOf(part: bigint, whole: bigint): string | null {
  if (whole <= 0n) return null;
  const hundredths = rounded(part * 10_000n, whole);
  const digits = String(hundredths < 0n ? -hundredths : hundredths).padStart(3, '0');
  return `${hundredths < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/** A quotient, halves away from zero. @param divisor above zero */
function rounded(value: bigint, divisor: bigint): bigint {
  const half = value < 0n ? -divisor : divisor;
  return (2n * value + half) / (2n * divisor);
}

function tenThousandths(percent: string): bigint {
  const [whole, decimals = ''] = percent.split('.');
  return BigInt(whole! + decimals.padEnd(4, '0'));
}
