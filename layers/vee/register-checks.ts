/**
 * Checks of a meter's own registers against each other, before intervals are looked at: phases and rates add up to the
 * total (IEC 62056-6-1 names them), so does what the meter says it counted from message to message (the sum check of the Uniform
 * Business Practices), a roll-over is worth a look, and one moment has one reading.
 */
import type { Finding } from './checks.ts';
import type { VeeSettings } from './vee-settings.ts';

export interface RegisterEvidence {
  from: number;
  to: number;
  /** What the parts gained and what the total gained meanwhile, register units. */
  phases?: { parts: readonly bigint[]; total: bigint };
  /** `isBilled`: each rate is charged by its own register, so what they miss, or count twice, is money. */
  rates?: { parts: readonly bigint[]; total: bigint; isBilled?: boolean };
  /** What the meter says it counted in each of its messages, and what its register moved meanwhile. */
  reported?: { parts: readonly bigint[]; total: bigint };
  /** Stretches in which the register passed its last digit. */
  rollOvers?: readonly { from: number; to: number }[];
  /** Moments with two readings of different registers. */
  conflicts?: readonly number[];
  /** Stretches whose energy the register does not tell. */
  broken?: readonly { from: number; to: number }[];
  unmeasured?: readonly { from: number; to: number }[];
}

export function checkRegisters(evidence: RegisterEvidence, settings: VeeSettings): Finding[] {
  const { from, to, phases, rates, reported, rollOvers = [], conflicts = [], broken = [], unmeasured = [] } = evidence;
  return [
    ...(reported ? sumOfParts('sum', 'messages', { from, to }, reported, settings.sum) : []),
    ...(phases ? sumOfParts('phase_sum', 'phases', { from, to }, phases, settings.registerSum) : []),
    ...(rates ? sumOfParts('rate_sum', 'rates', { from, to }, rates, ratesLimits(rates, settings)) : []),
    ...rollOvers.map(
      (stretch): Finding => ({
        ...stretch,
        check: 'roll_over',
        severity: settings.rollOver.severity,
        found: 'the register passed its last digit',
        expected: 'a look, if it is new',
      }),
    ),
    ...conflicts.map(
      (time): Finding => ({
        from: time,
        to: time,
        check: 'overlap',
        severity: settings.overlap.severity,
        found: 'two readings of one moment',
        expected: 'one',
      }),
    ),
    ...broken.map(
      (stretch): Finding => ({
        ...stretch,
        check: 'register_broken',
        severity: 'fail',
        found: 'the register went back or leapt',
        expected: 'an exchange, a reference or an edit that explains it',
      }),
    ),
    ...unmeasured.map(
      (stretch): Finding => ({
        ...stretch,
        check: 'unmeasured',
        severity: 'fail',
        found: 'energy around an exchange that nobody read',
        expected: 'a final and an initial register',
      }),
    ),
  ];
}

const ratesLimits = (
  { isBilled = false }: NonNullable<RegisterEvidence['rates']>,
  { registerSum }: VeeSettings,
): VeeSettings['registerSum'] => (isBilled ? { ...registerSum, severity: 'fail' } : registerSum);

function sumOfParts(
  check: 'sum' | 'phase_sum' | 'rate_sum',
  name: string,
  where: { from: number; to: number },
  { parts, total }: { parts: readonly bigint[]; total: bigint },
  limits: VeeSettings['registerSum'],
): Finding[] {
  const sum = parts.reduce((all, part) => all + part, 0n);
  const relative = (magnitude(total) * BigInt(limits.tolerancePermille)) / 1000n;
  const tolerance = relative > BigInt(limits.toleranceUnits) ? relative : BigInt(limits.toleranceUnits);
  if (magnitude(sum - total) <= tolerance) return [];
  return [
    {
      ...where,
      check,
      severity: limits.severity,
      found: `${sum} of ${parts.length} ${name}`,
      expected: `${total} ± ${tolerance}, the total`,
    },
  ];
}

const magnitude = (value: bigint): bigint => (value < 0n ? -value : value);
