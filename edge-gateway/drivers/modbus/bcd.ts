/** Binary coded decimals: four bits a digit, as older meters and clocks keep their numbers. */

export function isBcd(data: Buffer, offset: number, bytes: number): boolean {
  for (let index = offset; index < offset + bytes; index += 1) {
    if (data[index]! >> 4 > 9 || (data[index]! & 15) > 9) return false;
  }
  return true;
}

export function readBcd(data: Buffer, offset: number, bytes: number): number {
  let value = 0;
  for (let index = offset; index < offset + bytes; index += 1) {
    value = value * 100 + (data[index]! >> 4) * 10 + (data[index]! & 15);
  }
  return value;
}

/** @throws RangeError when the number has more digits than there is room for */
export function writeBcd(data: Buffer, value: number): void {
  const digits = data.length * 2;
  if (value < 0 || value >= 10 ** digits) throw new RangeError(`${value} does not fit ${digits} decimal digits.`);
  Buffer.from(String(value).padStart(digits, '0'), 'hex').copy(data);
}
