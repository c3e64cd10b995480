/** Answers to reads of what is neither event nor state of a point: dead-bands (group 34) and the time (group 50). */
import type { ObjectBlock } from '../application/fragment.ts';
import { defaultMaxFragmentOctets } from '../application/fragment-writer.ts';
import { type Indications, indication } from '../application/internal-indications.ts';
import { ByteWriter } from '../byte-cursor.ts';
import { objectOctets, writeObject } from '../objects/object-codec.ts';
import { findVariation } from '../objects/registry.ts';
import { pointsNamed } from './read-selection.ts';
import type { StationState } from './station-state.ts';

export function headOf(
  blocks: readonly ObjectBlock[],
  station: StationState,
): { octets: Buffer; indications: Indications } {
  // Dead-bands are few; more than fit one fragment are left out and said to be.
  const writer = new ByteWriter((station.settings.maxSentOctets ?? defaultMaxFragmentOctets) - 4);
  let indications = 0;
  for (const block of blocks) {
    if (block.group === 50) {
      if (!writer.fits(10)) continue;
      writer.raw(Buffer.of(50, 1, 0x07, 1));
      writer.u48(station.now());
    } else if (!writeDeadBands(block, station, writer)) indications |= indication('parameterError');
  }
  return { octets: writer.written(), indications };
}

function writeDeadBands(block: ObjectBlock, station: StationState, writer: ByteWriter): boolean {
  const variation = findVariation(34, block.variation === 0 ? 3 : block.variation);
  if (!variation) return false;
  const { points, isComplete } = pointsNamed(block, 'analog_input', station.database);
  const stride = 2 + objectOctets(variation);
  const count = Math.min(points.length, Math.floor((writer.remaining - 5) / stride));
  if (count <= 0) return points.length === 0 && isComplete;
  writer.raw(Buffer.of(34, variation.variation, 0x28));
  writer.u16(count);
  for (const { index, deadBand } of points.slice(0, count)) {
    writer.u16(index);
    writeObject(writer, variation, { value: deadBand });
  }
  return isComplete && count === points.length;
}
