import { describe, expect, it } from 'vitest';
import { caller } from '../../platform/test-support/fixtures.ts';
import { useMonitoringStack } from '../test-support/monitoring-stack.ts';
import { handler } from './handler.ts';

const stack = useMonitoringStack();
const base = '/api/v1/developer/metrics';
const call = caller(handler, base, { permissions: ['system:*'] });
const put = (name: string, ApiId: string, value: number, times = 1) => {
  for (let i = 0; i < times; i++) stack.cloudwatch().putMetric('AWS/ApiGateway', name, { ApiId }, value);
};

describe('metrics', () => {
  it('are for who runs the installation', async () => {
    const tenant = caller(handler, base, { permissions: ['platform:*', 'billing:*'] });
    expect((await tenant('GET', '')).status).toBe(403);
    expect((await tenant('GET', '/api_requests')).status).toBe(403);
  });

  it('are of four types, with their labels', async () => {
    const { data } = await call('GET', '');
    expect([...new Set(data.map(({ type }: any) => type))].sort()).toEqual([
      'counter',
      'gauge',
      'histogram',
      'summary',
    ]);
    expect(data.find(({ name }: any) => name === 'readings_accepted').labels).toEqual({ service: 'metering' });
  });

  it('are read over all APIs: counts together, times of the slower one, rates as percent', async () => {
    put('Count', 'api1', 1, 30);
    put('Count', 'api2', 1, 10);
    put('5xx', 'api2', 1, 4);
    put('Latency', 'api1', 10);
    put('Latency', 'api2', 90);
    const at = new Date(Math.floor(stack.now() / 300_000) * 300_000).toISOString();
    stack.advance(60_000);
    const points = async (path: string) => (await call('GET', path)).data.points;
    expect(await points('/api_requests')).toEqual([{ at, value: 40 }]);
    expect(await points('/api_error_rate')).toEqual([{ at, value: 10 }]);
    expect(await points('/api_latency?statistic=maximum')).toEqual([{ at, value: 90 }]);
    expect(await points('/function_errors')).toEqual([]);
  });

  it('are put together over the values of a label', async () => {
    const failed = (way: string, times: number) => {
      for (let i = 0; i < times; i++)
        stack.cloudwatch().putMetric('Mizan', 'AlertActionsFailed', { service: 'monitoring', way }, 1);
    };
    failed('sms', 2);
    failed('slack', 3);
    stack.cloudwatch().putMetric('Mizan', 'AlertActionDuration', { service: 'monitoring', way: 'sms' }, 40);
    stack.cloudwatch().putMetric('Mizan', 'AlertActionDuration', { service: 'monitoring', way: 'email' }, 300);
    stack.advance(60_000);
    const values = async (path: string) => (await call('GET', path)).data.points.map(({ value }: any) => value);
    expect(await values('/alert_actions_failed')).toEqual([5]);
    expect(await values('/alert_action_duration?statistic=maximum')).toEqual([300]);
  });

  it.each([
    ['/unknown', 400],
    ['/api_requests?statistic=p99', 422],
    ['/api_requests?period=7', 400],
    ['/api_requests?period=60&from=2025-01-01T00:00:00Z', 422],
    ['/api_requests?from=2027-01-01T00:00:00Z', 422],
  ])('%s answers %i', async (path, status) => {
    expect((await call('GET', path)).status).toBe(status);
  });
});
