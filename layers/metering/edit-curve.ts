/**
 * Lays edits of usage over the curve of a meter. Within an edited stretch the curve rises by what a person decided; before and
 * after it rises as the registers say, whatever the stretch came to. So what the registers did not count, or counted wrongly,
 * is put right without a register that was never shown.
 */
import { type CurvePoint, energyAt } from './consumption.ts';

export interface EditedCell {
  /** Milliseconds; a cell begins where the one before ends. */
  to: number;
  /** Units of primary energy. */
  units: bigint;
}

export interface EditedStretch {
  id: string;
  /** How the amounts were found. */
  method: string;
  /** Milliseconds; `to` is the end of the last cell. */
  from: number;
  to: number;
  cells: readonly EditedCell[];
}

/** @param stretches that do not overlap */
export function editCurve(curve: readonly CurvePoint[], stretches: readonly EditedStretch[]): readonly CurvePoint[] {
  return [...stretches].sort((a, b) => a.from - b.from).reduce(editOne, curve);
}

function editOne(curve: readonly CurvePoint[], { from, to, cells }: EditedStretch): CurvePoint[] {
  const made = curve.filter(({ time }) => time < from);
  const opening = pointAt(curve, from);
  if (opening !== undefined) made.push(opening);
  // Between the last reading and the stretch nobody knows anything.
  else made.push({ time: from, energy: made.at(-1)?.energy ?? 0n, flags: made.length > 0 ? ['unmeasured'] : [] });
  let energy = made.at(-1)!.energy;
  for (const cell of cells) {
    energy += cell.units;
    made.push({ time: cell.to, energy, flags: [] });
  }
  const rest = curve.filter(({ time }) => time > to);
  if (rest.length === 0) return made;
  const closing = pointAt(curve, to);
  const shift = energy - (closing ?? rest[0]!).energy;
  made.push(
    ...rest.map((point, i): CurvePoint => {
      const isAcrossGap = i === 0 && closing === undefined && !point.flags.includes('unmeasured');
      return {
        ...point,
        energy: point.energy + shift,
        flags: isAcrossGap ? [...point.flags, 'unmeasured'] : point.flags,
      };
    }),
  );
  return made;
}

/** The curve at a moment, with what happened on the way there; undefined outside of it. */
function pointAt(curve: readonly CurvePoint[], time: number): CurvePoint | undefined {
  const [first, last] = [curve[0], curve.at(-1)];
  if (first === undefined || last === undefined || time < first.time || time > last.time) return undefined;
  const next = curve.find((point) => point.time >= time)!;
  return { time, energy: energyAt(curve, time).energy, flags: next.flags };
}
