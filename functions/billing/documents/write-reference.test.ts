import { expect, it } from 'vitest';
import { contentWidth } from '../../../layers/documents/page-canvas.ts';
import type { PageFlow } from '../../../layers/documents/page-flow.ts';
import { writeReference } from './write-reference.ts';

it.each(['1000234505-20260430', 'UTILITY.Of.Many.Letters-0001-20260430-12', 'X'.repeat(64)])(
  'the bars of %s leave the number its half of the line',
  (reference) => {
    let width = 0;
    const canvas = {
      left: (start: number) => start,
      text: () => 0,
      bars: (_left: number, _top: number, _height: number, module: number, bars: number[]) => {
        width = bars.reduce((sum, each) => sum + each, 0) * module;
      },
    };
    const flow = { canvas, top: 0, ensure: () => undefined, space: () => undefined } as unknown as PageFlow;
    writeReference(flow, reference, { language: 'en', digits: 'latin' });
    expect(width).toBeGreaterThan(100);
    expect(width).toBeLessThanOrEqual(contentWidth / 2);
  },
);
