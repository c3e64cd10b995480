import { beforeEach, describe, expect, it } from 'vitest';
import { awsRequest } from '../test-support/aws-request.ts';
import { createFakeContext, type FakeContext } from '../test-support/fake-context.ts';
import { type CloudWatchService, createCloudWatchService } from './index.ts';

let ctx: FakeContext;
let cloudwatch: CloudWatchService;

beforeEach(() => {
  ctx = createFakeContext();
  cloudwatch = createCloudWatchService(ctx);
  const line = (name: string, fields: object) => {
    ctx.clock.advance(1000);
    cloudwatch.ingest(name, JSON.stringify(fields));
  };
  line('a-one', { level: 'INFO', message: 'first', durationMs: 20, error: { name: 'X' } });
  line('a-two', { level: 'ERROR', message: 'it is "bad" | worse', durationMs: 2000 });
  cloudwatch.ingest('a-two', 'no JSON at all');
  line('b-one', { level: 'ERROR', message: 'elsewhere' });
});

const call = async (operation: string, input: object): Promise<any> =>
  (await cloudwatch.handle!(awsRequest({ operation, body: input }))).body;
async function run(queryString: string, more: object = {}): Promise<string[]> {
  const now = Math.ceil(ctx.clock.now() / 1000);
  const { queryId } = await call('StartQuery', { queryString, startTime: now - 3600, endTime: now, ...more });
  const { status, results } = await call('GetQueryResults', { queryId });
  expect(status).toBe('Complete');
  return results.map((row: { value: string }[]) => row.map(({ value }) => value).join(' '));
}
const all = "SOURCE logGroups(namePrefix: ['/aws/lambda/a-'])";

describe('a query of Logs Insights', () => {
  it('goes over the groups of a prefix, newest first, and gives the fields it names', async () => {
    expect(await run(`${all} | fields level, message`)).toEqual(['ERROR it is "bad" | worse', '', 'INFO first']);
    expect(await run(`${all} | fields message | sort @timestamp asc | limit 1`)).toEqual(['first']);
    expect(await run('fields message', { logGroupNames: ['/aws/lambda/b-one'] })).toEqual(['elsewhere']);
  });

  it.each([
    ['level = "ERROR"', ['it is "bad" | worse']],
    ['level != "ERROR" and durationMs >= 10', ['first']],
    ['level in ["INFO", "ERROR"] and (durationMs > 1000 or error.name = "X")', ['it is "bad" | worse', 'first']],
    ['message like "\\"bad\\" |"', ['it is "bad" | worse']],
    ['unknown = "x"', []],
  ])('filters by %s', async (filter, messages) => {
    expect(await run(`${all} | filter ${filter} | fields message`)).toEqual(messages);
  });

  it.each(['stats count(*)', 'filter', 'filter level ~ "x"', 'fields "x', 'limit many', 'filter level = "a" "b"'])(
    'that is not known is refused: %s',
    async (text) => {
      await expect(run(`${all} | ${text}`)).rejects.toMatchObject({ code: 'MalformedQueryException' });
    },
  );

  it('must say where to look, once', async () => {
    const twice = run(all, { logGroupNames: ['/aws/lambda/b-one'] });
    await expect(twice).rejects.toMatchObject({ code: 'InvalidParameterException' });
    await expect(run('fields message')).rejects.toMatchObject({ code: 'InvalidParameterException' });
    await expect(run('fields message', { logGroupName: 'none' })).rejects.toMatchObject({
      code: 'ResourceNotFoundException',
    });
  });
});
