/** The number that money is to come with, for people and for cashiers' scanners. */
import { code128 } from '../../../layers/documents/code-128.ts';
import { type DisplayStyle, displayCode } from '../../../layers/documents/display.ts';
import { contentWidth } from '../../../layers/documents/page-canvas.ts';
import type { PageFlow } from '../../../layers/documents/page-flow.ts';
import { word } from './labels.ts';

export function writeReference(flow: PageFlow, reference: string, style: DisplayStyle): void {
  const height = 26;
  const bars = code128(reference);
  const modules = bars.reduce((total, each) => total + each, 0);
  // Numbers that a utility chose itself may be long: thinner bars leave the text its half of the line.
  const module = Math.min(0.9, contentWidth / 2 / modules);
  const width = modules * module;
  flow.ensure(height + 18);
  const { canvas } = flow;
  canvas.bars(canvas.left(contentWidth - width, width), flow.top, height, module, bars);
  canvas.text(word('reference', style.language), 0, flow.top, contentWidth / 2, { size: 8, color: '#5b6470' });
  canvas.text(displayCode(reference, style), 0, flow.top + 12, contentWidth / 2, { font: 'bold', size: 11 });
  flow.space(height + 10);
}
