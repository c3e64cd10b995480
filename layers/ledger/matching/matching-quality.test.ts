/**
 * How good matching is on a year of a bank account as it really looks: delays, missing references, batch payouts, fees,
 * cheques never cashed. What is matched must be right; what is unsure may be left.
 */
import { expect, it } from 'vitest';
import { matchLines } from './match-lines.ts';
import type { OpenLine } from './open-line.ts';

/** A linear congruential generator: the same set every time. */
function generator(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

const dateOf = (day: number): string => new Date(Date.UTC(2026, 0, 1 + day)).toISOString().slice(0, 10);

function makeYear(seed: number) {
  const random = generator(seed);
  const ledger: OpenLine[] = [];
  const external: OpenLine[] = [];
  /** Ledger id to external id, as it really was. */
  const truth = new Map<string, string>();
  const add = (side: OpenLine[], minor: number, day: number, reference?: string): string => {
    const id = `${side === ledger ? 'l' : 'e'}${side.length}`;
    side.push({ id, minor: BigInt(minor), date: dateOf(day), references: reference === undefined ? [] : [reference] });
    return id;
  };
  for (let day = 0; day < 365; day++) {
    // Single receipts; invoices of households repeat the same amounts.
    for (let i = 0; i < 4; i++) {
      const amount = random(3) === 0 ? [150_000, 250_000, 300_000][random(3)]! : 10_000 + random(900_000);
      const number = `RC-${day}-${i}`;
      const delay = random(3);
      const ours = add(ledger, amount, day, number);
      if (random(50) > 0) truth.set(ours, add(external, amount, day + delay, random(10) < 6 ? number : undefined));
    }
    // A cheque to a supplier every other day; one in forty is never cashed.
    if (day % 2 === 0) {
      const amount = -(20_000 + random(2_000_000));
      const ours = add(ledger, amount, day, `CHQ${1000 + day}`);
      if (random(40) > 0) truth.set(ours, add(external, amount, day + random(30), `CHQ${1000 + day}`));
    }
    // The gateway's payout of one day's payments, two days later.
    if (day % 3 === 0) {
      const amounts = Array.from({ length: 2 + random(8) }, () => 5_000 + random(400_000));
      const ours = amounts.map((amount) => add(ledger, amount, day));
      const payout = add(
        external,
        amounts.reduce((sum, amount) => sum + amount, 0),
        day + 2,
      );
      for (const id of ours) truth.set(id, payout);
    }
    // Charges nobody booked.
    if (day % 10 === 0) add(external, -(50 + random(500)), day);
  }
  return { ledger, external, truth };
}

it('is right in at least 99 of 100 pairs and finds at least 85 of 100', () => {
  for (const seed of [1, 2, 3]) {
    const { ledger, external, truth } = makeYear(seed);
    const pairs = matchLines(ledger, external).flatMap((group) =>
      group.ledger.flatMap((ours) => group.external.map((theirs) => [ours, theirs] as const)),
    );
    const right = pairs.filter(([ours, theirs]) => truth.get(ours) === theirs).length;
    const [precision, recall] = [right / pairs.length, right / truth.size];
    expect(precision).toBeGreaterThanOrEqual(0.99);
    expect(recall).toBeGreaterThanOrEqual(0.85);
  }
});
