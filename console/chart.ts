/** A line chart of the last minutes in plain SVG: one series, its area, three grid lines. */
export interface Point {
  timeMs: number;
  value: number;
}

const height = 260;
const namespace = 'http://www.w3.org/2000/svg';

export function drawChart(svg: SVGSVGElement, points: readonly Point[], label: (value: number) => string): void {
  svg.replaceChildren();
  if (points.length < 2) return;
  // Drawn in the pixels it is shown in, so that captions keep their shape.
  const width = Math.max(320, svg.clientWidth);
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  const first = points[0]!.timeMs;
  const span = Math.max(1, points[points.length - 1]!.timeMs - first);
  const top = niceCeiling(Math.max(...points.map(({ value }) => value), 0.001));
  const x = (point: Point): number => ((point.timeMs - first) / span) * width;
  const y = (value: number): number => height - (value / top) * (height - 20);
  for (const share of [0, 0.5, 1]) {
    svg.append(element('line', { class: 'grid', x1: 0, x2: width, y1: y(top * share), y2: y(top * share) }));
    const caption = element('text', { x: 4, y: y(top * share) - 4 });
    caption.textContent = label(top * share);
    svg.append(caption);
  }
  const path = points.map((point) => `${x(point).toFixed(1)},${y(point.value).toFixed(1)}`).join(' ');
  svg.append(element('polygon', { class: 'area', points: `0,${height} ${path} ${width},${height}` }));
  svg.append(element('polyline', { class: 'line', points: path, 'data-points': points.length }));
}

function element(name: string, attributes: Record<string, string | number>): SVGElement {
  const node = document.createElementNS(namespace, name);
  for (const [attribute, value] of Object.entries(attributes)) node.setAttribute(attribute, String(value));
  return node;
}

/** The next 1, 2 or 5 times a power of ten. */
function niceCeiling(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].map((step) => step * power).find((step) => step >= value)!;
}
