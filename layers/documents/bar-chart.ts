/** A small chart of bars, the earliest where reading begins: what was used in each month. */
import { contentWidth, type TextStyle } from './page-canvas.ts';
import type { PageFlow } from './page-flow.ts';

export interface Bar {
  label: string;
  /** Written above it. */
  shown: string;
  value: number;
  /** Drawn lighter: estimated. */
  isLight?: boolean;
  /** Drawn in the colour of this bill. */
  isMarked?: boolean;
}

const barsHeight = 56;
const labelStyle: TextStyle = { size: 6.5, align: 'center', color: '#5b6470' };

/** @param slots places on the axis: bars keep their width when there are few of them */
export function barChart(flow: PageFlow, bars: readonly Bar[], slots = 12): void {
  const { canvas } = flow;
  const labelHeight = canvas.lineHeight(6.5);
  flow.ensure(barsHeight + 2 * labelHeight + 6);
  const highest = Math.max(...bars.map(({ value }) => value), 0);
  const step = contentWidth / Math.max(slots, bars.length);
  const base = flow.top + labelHeight + barsHeight;
  bars.forEach(({ label, shown, value, isLight, isMarked }, i) => {
    const height = highest > 0 ? Math.max((Math.max(value, 0) / highest) * barsHeight, 0.8) : 0.8;
    const color = isMarked ? '#0b4a6f' : isLight ? '#bcd3e0' : '#6f9db8';
    canvas.box(i * step + step * 0.22, base - height, step * 0.56, height, color);
    canvas.text(shown, i * step, base - height - labelHeight, step, labelStyle);
    canvas.text(label, i * step, base + 2, step, labelStyle);
  });
  canvas.rule(0, base, contentWidth, { color: '#8a929c' });
  flow.space(barsHeight + 2 * labelHeight + 8);
}
