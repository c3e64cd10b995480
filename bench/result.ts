/** What every benchmark reports, and the table they share. */

export interface BenchResult {
  /** What was measured. */
  name: string;
  measured: string;
  /** What it was measured against, in the same run. */
  reference: string;
  budget: string;
  isWithin: boolean | undefined;
}

/** What the command line says beside the names of benchmarks. */
export interface BenchOptions {
  /** `--lines`: of the bank's file. */
  lines?: number;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** A Markdown table, so that it can be read on the terminal and pasted into a document. */
export function table(results: readonly BenchResult[]): string {
  const rows = [
    ['what', 'measured', 'reference', 'budget', ''],
    ...results.map(({ name, measured, reference, budget, isWithin }) => [
      name,
      measured,
      reference,
      budget,
      isWithin === undefined ? '' : isWithin ? 'within' : 'OVER',
    ]),
  ];
  const widths = rows[0]!.map((_, column) => Math.max(...rows.map((row) => row[column]!.length)));
  const line = (row: string[]): string => `| ${row.map((cell, column) => cell.padEnd(widths[column]!)).join(' | ')} |`;
  return [
    line(rows[0]!),
    `|${widths.map((width) => '-'.repeat(width + 2)).join('|')}|`,
    ...rows.slice(1).map(line),
  ].join('\n');
}
