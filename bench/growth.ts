/**
 * Whether work costs more for each unit of a larger base. Compared is what is counted, requests and units of the store: it is the same
 * on any machine, however busy. CPU time is not, and stands beside it for information.
 */
import type { QueueWork } from './consumer.ts';
import type { Price } from './list-price.ts';
import type { BenchResult } from './result.ts';

const budget = 1.1;

export interface Base {
  /** What there is of: customers, meters. */
  size: number;
  work: Pick<QueueWork, 'cpuMs'> & Pick<Price, 'requests' | 'reads' | 'writes'>;
}

/** @param of e.g. `report: ageing` */
export function growthOf(of: string, small: Base, large: Base): BenchResult {
  const factor = (count: (work: Base['work']) => number): number =>
    count(large.work) / large.size / (count(small.work) / small.size);
  const counted = {
    requests: factor(({ requests }) => requests),
    RRU: factor(({ reads }) => reads),
    WRU: factor(({ writes }) => writes),
  };
  const worst = Math.max(...Object.values(counted));
  return {
    name: `${of}, each of ${large.size.toLocaleString('en')} against each of ${small.size.toLocaleString('en')}`,
    measured: Object.entries(counted)
      .map(([name, times]) => `${name} ${times.toFixed(2)} ×`)
      .join(', '),
    reference: `CPU ${factor(({ cpuMs }) => cpuMs).toFixed(2)} ×, by the machine's load`,
    budget: `≤ ${budget} ×`,
    isWithin: worst <= budget,
  };
}
