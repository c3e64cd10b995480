/** Parameter Store per the Systems Manager API reference, at the JSON protocol. */
import { beforeEach, describe, expect, it } from 'vitest';
import { awsRequest } from '../test-support/aws-request.ts';
import { createFakeContext, createResource } from '../test-support/fake-context.ts';
import { createSsmService, type SsmService } from './index.ts';

let ssm: SsmService;
beforeEach(() => {
  ssm = createSsmService(createFakeContext());
});

async function call(operation: string, input: object): Promise<any> {
  return (await ssm.handle!(awsRequest({ operation, body: input }))).body;
}

describe('parameters', () => {
  it('are declared and read by name, version and ARN', async () => {
    const created = await createResource(ssm, 'AWS::SSM::Parameter', 'P', {
      Name: '/mizan/a',
      Type: 'String',
      Value: '1',
    });
    expect(created).toEqual({ ref: '/mizan/a', attributes: { Type: 'String', Value: '1' } });
    await call('PutParameter', { Name: '/mizan/a', Value: '2', Overwrite: true });
    expect((await call('GetParameter', { Name: '/mizan/a' })).Parameter).toMatchObject({
      Value: '2',
      Version: 2,
      ARN: 'arn:aws:ssm:us-east-1:000000000000:parameter/mizan/a',
    });
    expect((await call('GetParameter', { Name: '/mizan/a:1' })).Parameter.Value).toBe('1');
    expect(
      (await call('GetParameter', { Name: 'arn:aws:ssm:us-east-1:000000000000:parameter/mizan/a' })).Parameter.Value,
    ).toBe('2');
    expect(ssm.parameter('/mizan/a')).toBe('2');
    expect(ssm.parameter('/mizan/b')).toBeUndefined();
  });

  it('are listed by name and by path, with the unknown ones named', async () => {
    for (const Name of ['/a/x', '/a/y/z', '/b']) await call('PutParameter', { Name, Type: 'String', Value: Name });
    const { Parameters, InvalidParameters } = await call('GetParameters', { Names: ['/b', '/c'] });
    expect(Parameters.map(({ Name }: any) => Name)).toEqual(['/b']);
    expect(InvalidParameters).toEqual(['/c']);
    expect((await call('GetParametersByPath', { Path: '/a' })).Parameters).toHaveLength(1);
    expect((await call('GetParametersByPath', { Path: '/a', Recursive: true })).Parameters).toHaveLength(2);
  });

  it('are not overwritten by accident, not secure, and not deleted twice', async () => {
    await call('PutParameter', { Name: 'a', Type: 'String', Value: '1' });
    await expect(call('PutParameter', { Name: 'a', Type: 'String', Value: '2' })).rejects.toMatchObject({
      code: 'ParameterAlreadyExists',
    });
    await expect(call('PutParameter', { Name: 's', Type: 'SecureString', Value: '2' })).rejects.toThrow(
      'not played locally',
    );
    await call('DeleteParameter', { Name: 'a' });
    await expect(call('DeleteParameter', { Name: 'a' })).rejects.toMatchObject({ code: 'ParameterNotFound' });
    await expect(call('LabelParameterVersion', {})).rejects.toMatchObject({ code: 'UnknownOperationException' });
  });
});
