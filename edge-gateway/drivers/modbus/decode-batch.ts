/** Answers to samples: the hot path, ten thousand points at a time. */
import type { ResponseOf } from '../../protocols/modbus/index.ts';
import type { PointValue, Sample } from '../../runtime/driver.ts';
import type { Batch } from './batch-planner.ts';
import type { PlacedPoint } from './point.ts';
import { decoderOf, whyNoValue } from './value-types.ts';

/** Turns the bytes of an answer, from the batch's first register on, into a point's sample. */
export type SampleDecoder = (data: Buffer, batchStart: number) => Sample;

type ReadResponse = ResponseOf<
  'read_coils' | 'read_discrete_inputs' | 'read_holding_registers' | 'read_input_registers'
>;

export function decodeBatch(batch: Batch, response: ReadResponse, decoder: (id: string) => SampleDecoder): Sample[] {
  const { points, start } = batch;
  const samples = new Array<Sample>(points.length);
  if ('bits' in response) {
    for (let index = 0; index < points.length; index += 1) {
      const point = points[index]!;
      samples[index] = { pointId: point.id, value: response.bits[point.start - start]!, quality: 'good' };
    }
    return samples;
  }
  for (let index = 0; index < points.length; index += 1)
    samples[index] = decoder(points[index]!.id)(response.data, start);
  return samples;
}

/** SunSpec's "not implemented" of a scale factor; others are at most ten (Information Model Specification 1.2). */
const noScale = -0x8000;
const maxScale = 10;

export function sampleDecoderOf(point: PlacedPoint): SampleDecoder {
  const { id, address, format, scaleAddress } = point;
  const decode = decoderOf(format);
  const bad = (reason: string): Sample => ({ pointId: id, value: undefined, quality: 'bad', reason });
  return (data, start) => {
    const offset = (address - start) * 2;
    const value = decode(data, offset);
    if (value === undefined) return bad(whyNoValue(format, data, offset, format.length));
    if (scaleAddress === undefined) return { pointId: id, value, quality: 'good' };
    const exponent = data.readInt16BE((scaleAddress - start) * 2);
    if (exponent === noScale || Math.abs(exponent) > maxScale)
      return bad(`the device has no scale for it (${exponent})`);
    return { pointId: id, value: scaled(value, exponent), quality: 'good' };
  };
}

/** Divided rather than multiplied by a fraction: 2304 by 10 is 230.4, and by 0.1 it is not. */
function scaled(value: PointValue, exponent: number): PointValue {
  if (exponent === 0) return value;
  const number = Number(value);
  return exponent < 0 ? number / 10 ** -exponent : number * 10 ** exponent;
}
