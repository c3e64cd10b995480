/** Loss areas and their reports for tests: asked for over the handler, worked off as the queue would have it. */
import { inputSourceEntity } from '../losses/area-inputs.ts';
import { handler } from '../losses/handler.ts';
import type { LossReportMessage } from '../losses/start-loss-report.ts';
import { workOnLossReport } from '../losses/work-on-loss-report.ts';
import type { BillingStack } from './billing-stack.ts';

export const april = { from: '2026-04-01', to: '2026-05-01' };
const base = '/api/billing/loss-areas';

export function lossReporting(stack: BillingStack, tenant: string) {
  const call = (method: string, path = '', more: object = {}, as = tenant) =>
    stack.call(as, handler, method, base + path, more);
  const start = async (areaIds: string[], order: object = april): Promise<any> => {
    const { status, body } = await call('POST', '/reports', { body: { ...order, areaIds } });
    if (status !== 202) throw new Error(`The report was refused: ${JSON.stringify(body)}.`);
    return body.data;
  };
  /** As where areas were defined before it was kept which inputs they have: scenes have many areas of one input. */
  const forgetInputs = (): void => {
    for (const { pk, sk, _type } of stack.tables.scan('billing'))
      if (_type.S === inputSourceEntity.name)
        stack.tables.dynamodb.call('DeleteItem', { TableName: 'billing', Key: { pk, sk } });
  };
  const read = async (id: string): Promise<any> => (await call('GET', `/reports/${id}`)).body.data;
  const work = (times = 1) =>
    stack.workOff('loss-reports', (body) => workOnLossReport(JSON.parse(body) as LossReportMessage), { times });
  const report = async (areaIds: string[], order: object = april, times = 1): Promise<any> => {
    const { id } = await start(areaIds, order);
    await work(times);
    return read(id);
  };
  return {
    call,
    start,
    read,
    work,
    report,
    /** The only row of a report on one area. */
    row: async (areaId: string, order: object = april): Promise<any> => (await report([areaId], order)).result[0],
    /** What was found at meters, a line for each area and row of days. */
    linesOf: async (id: string, query: Record<string, string> = {}): Promise<any[]> =>
      (await call('GET', `/reports/${id}/meters`, { query: { limit: '200', ...query } })).body.data.flatMap(
        ({ meterId, pointId, lines }: any) =>
          lines.map((line: object) => ({ ...(meterId === undefined ? { pointId } : { meterId }), ...line })),
      ),
    async addArea(body: object): Promise<string> {
      forgetInputs();
      const made = await call('POST', '', { body: { name: 'Area', kind: 'transformer', ...body } });
      if (made.status !== 201) throw new Error(`The area was refused: ${JSON.stringify(made.body)}.`);
      return made.body.data.id;
    },
    assign: (id: string, meters: Record<string, object[]>) =>
      call('PUT', `/${id}/meters`, {
        body: { meters: Object.entries(meters).map(([meterId, spans]) => ({ meterId, spans })) },
      }),
  };
}
