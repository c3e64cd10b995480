/** @see https://docs.aws.amazon.com/iot/latest/developerguide/pub-sub-policy.html */
import { describe, expect, it } from 'vitest';
import { compilePolicies, PolicyError } from './policy.ts';

const ARN = 'arn:aws:iot:us-east-1:123456789012';
const variables = { 'iot:ClientId': 'meter-1', 'aws:SourceIp': '192.0.2.7' };

function policy(...statements: object[]) {
  return compilePolicies([{ Version: '2012-10-17', Statement: statements }], variables);
}

describe('policies', () => {
  it('allow nothing that no statement allows', () => {
    const { allows } = policy({ Effect: 'Allow', Action: 'iot:Connect', Resource: `${ARN}:client/meter-1` });
    expect(allows('iot:Connect', `${ARN}:client/meter-1`)).toBe(true);
    expect(allows('iot:Connect', `${ARN}:client/meter-2`)).toBe(false);
    expect(allows('iot:Publish', `${ARN}:client/meter-1`)).toBe(false);
  });

  it('let Deny win, wherever it stands', () => {
    const { allows } = policy(
      { Effect: 'Deny', Action: ['iot:Publish'], Resource: [`${ARN}:topic/\${iot:ClientId}/bar`] },
      { Effect: 'Allow', Action: ['iot:*'], Resource: ['*'] },
    );
    expect(allows('iot:Publish', `${ARN}:topic/meter-1/foo`)).toBe(true);
    expect(allows('iot:Publish', `${ARN}:topic/meter-1/bar`)).toBe(false);
  });

  it('take * and ? as wildcards over levels, + and # literally', () => {
    const { allows } = policy({
      Effect: 'Allow',
      Action: 'iot:Subscribe',
      Resource: [`${ARN}:topicfilter/some/*/topic`, `${ARN}:topicfilter/sensor???/+`],
    });
    expect(allows('iot:Subscribe', `${ARN}:topicfilter/some/a/b/topic`)).toBe(true);
    expect(allows('iot:Subscribe', `${ARN}:topicfilter/some/+/topic`)).toBe(true);
    expect(allows('iot:Subscribe', `${ARN}:topicfilter/sensor123/+`)).toBe(true);
    expect(allows('iot:Subscribe', `${ARN}:topicfilter/sensor123/x`)).toBe(false);
    expect(allows('iot:Subscribe', `${ARN}:topicfilter/sensor12/+`)).toBe(false);
  });

  it('fill variables in literally, and match nothing when one has no value', () => {
    const wild = compilePolicies(
      [
        JSON.stringify({
          Statement: { Effect: 'Allow', Action: 'iot:Publish', Resource: `${ARN}:topic/\${iot:ClientId}` },
        }),
      ],
      { 'iot:ClientId': '*' },
    );
    expect(wild.allows('iot:Publish', `${ARN}:topic/anything`)).toBe(false);
    expect(wild.allows('iot:Publish', `${ARN}:topic/*`)).toBe(true);
    const unknown = policy({
      Effect: 'Allow',
      Action: 'iot:Publish',
      Resource: `${ARN}:topic/\${iot:Thing.ThingName}*`,
    });
    expect(unknown.allows('iot:Publish', `${ARN}:topic/meter-1`)).toBe(false);
  });

  it.each([
    [{ IpAddress: { 'aws:SourceIp': '192.0.2.0/24' } }, true],
    [{ IpAddress: { 'aws:SourceIp': '198.51.100.0/24' } }, false],
    [{ NotIpAddress: { 'aws:SourceIp': '198.51.100.0/24' } }, true],
    [{ StringLike: { 'iot:ClientId': ['other', 'meter-*'] } }, true],
    [{ StringNotEquals: { 'iot:ClientId': 'meter-1' } }, false],
    [{ StringEquals: { 'iot:DomainName': 'x' } }, false],
    [{ NumericEquals: { 'iot:ClientId': '1' } }, false],
  ])('apply an Allow under the condition %j: %s', (condition, expected) => {
    const statement = { Effect: 'Allow', Action: 'iot:Publish', Resource: '*', Condition: condition };
    expect(policy(statement).allows('iot:Publish', 'x')).toBe(expected);
  });

  it.each([
    ['not json'],
    [{}],
    [{ Statement: [{ Effect: 'Maybe', Action: 'a', Resource: 'b' }] }],
    [{ Statement: [{ Effect: 'Allow' }] }],
  ])('refuse the broken document %j', (document) => {
    expect(() => compilePolicies([document], variables)).toThrow(PolicyError);
  });
});
