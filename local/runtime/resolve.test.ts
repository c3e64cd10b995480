// biome-ignore-all lint/suspicious/noTemplateCurlyInString: placeholders of CloudFormation, not of JavaScript
import { describe, expect, it } from 'vitest';
import type { Template } from './assembly.ts';
import { resolveValue } from './resolve.ts';
import { createStackScope } from './stack-scope.ts';
import type { CreatedResource } from './types.ts';

const template: Template = {
  Parameters: {
    Stage: { Type: 'String', Default: 'dev' },
    Subnets: { Type: 'CommaDelimitedList', Default: 'a, b' },
    Missing: { Type: 'String' },
    BootstrapVersion: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/hnb659fds/version' },
    Stored: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/mizan/known' },
    FromSsm: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/mizan/key' },
  },
  Mappings: { Sizes: { dev: { memory: 128 }, prod: { memory: 512 } } },
  Conditions: {
    IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] },
    IsDev: { 'Fn::Not': [{ Condition: 'IsProd' }] },
    Both: { 'Fn::And': [{ Condition: 'IsProd' }, { Condition: 'IsDev' }] },
    Either: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'IsDev' }] },
  },
  Resources: { Table: { Type: 'AWS::DynamoDB::Table' }, Absent: { Type: 'AWS::DynamoDB::Table' } },
};
const created = new Map<string, CreatedResource>([
  ['Table', { ref: 'readings', attributes: { Arn: 'arn:aws:dynamodb:x:y:table/readings', 'Nested.Name': 'n' } }],
]);
const scope = createStackScope(
  { name: 'Metering', template, constructPaths: new Map(), account: undefined, region: undefined },
  {
    region: 'me-south-1',
    accountId: '123456789012',
    parameters: {},
    ssmParameter: (name) => (name === '/mizan/known' ? 'from-store' : undefined),
    outputs: { Core: { TopicArn: 'topic-arn' } },
    exports: new Map([['Core:Bus', 'bus-arn']]),
  },
  created,
);

describe('intrinsic functions', () => {
  it.each([
    ['Ref of a parameter', { Ref: 'Stage' }, 'dev'],
    ['Ref of a list parameter', { Ref: 'Subnets' }, ['a', 'b']],
    ['Ref of a resource', { Ref: 'Table' }, 'readings'],
    ['Ref of a pseudo parameter', { Ref: 'AWS::AccountId' }, '123456789012'],
    ['the bootstrap version', { Ref: 'BootstrapVersion' }, '999'],
    ['a parameter of Parameter Store', { Ref: 'Stored' }, 'from-store'],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Table', 'Arn'] }, 'arn:aws:dynamodb:x:y:table/readings'],
    ['GetAtt as a text with two dots', { 'Fn::GetAtt': 'Table.Nested.Name' }, 'n'],
    [
      'Sub',
      { 'Fn::Sub': '${AWS::Region}/${Table}/${Table.Arn}' },
      'me-south-1/readings/arn:aws:dynamodb:x:y:table/readings',
    ],
    ['Sub with variables', { 'Fn::Sub': ['${A}-${!A}', { A: { Ref: 'Stage' } }] }, 'dev-${A}'],
    ['Join', { 'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':', 5]] }, 'arn:aws:5'],
    ['Join of a Split', { 'Fn::Join': ['-', { 'Fn::Split': [':', 'a:b'] }] }, 'a-b'],
    ['Select', { 'Fn::Select': ['1', { 'Fn::Split': ['/', 'x/y/z'] }] }, 'y'],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 128],
    ['If', { 'Fn::If': ['IsProd', 'p', { Ref: 'Stage' }] }, 'dev'],
    ['And', { 'Fn::If': ['Both', 1, 2] }, 2],
    ['Or', { 'Fn::If': ['Either', 1, 2] }, 1],
    ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'Core:Bus' } }, 'bus-arn'],
    [
      'GetStackOutput',
      { 'Fn::GetStackOutput': { StackName: 'Core', OutputName: 'TopicArn', Region: { Ref: 'AWS::Region' } } },
      'topic-arn',
    ],
    ['Base64', { 'Fn::Base64': 'hi' }, 'aGk='],
    ['GetAZs', { 'Fn::GetAZs': '' }, ['me-south-1a', 'me-south-1b', 'me-south-1c']],
    ['NoValue in an object and a list', { a: { Ref: 'AWS::NoValue' }, b: [{ Ref: 'AWS::NoValue' }, 1] }, { b: [1] }],
    [
      'a lone policy condition stays',
      { Condition: { StringEquals: { a: 'b' } } },
      { Condition: { StringEquals: { a: 'b' } } },
    ],
  ])('resolves %s', (_name, value, expected) => {
    expect(resolveValue(value, scope)).toEqual(expected);
  });

  it.each([
    [{ Ref: 'Nobody' }, '"Nobody" is neither a parameter nor a resource'],
    [{ Ref: 'Absent' }, 'its condition leaves it out'],
    [{ Ref: 'Missing' }, 'the parameter Missing has no default'],
    [{ Ref: 'FromSsm' }, 'the parameter FromSsm reads /mizan/key of Parameter Store'],
    [{ 'Fn::GetAtt': ['Table', 'StreamArn'] }, 'AWS::DynamoDB::Table "Table" has no attribute StreamArn'],
    [{ 'Fn::FindInMap': ['Sizes', 'test', 'memory'] }, 'no entry test.memory'],
    [{ 'Fn::If': ['Nope', 1, 2] }, 'no condition Nope'],
    [{ 'Fn::ImportValue': 'x' }, 'no earlier stack exports "x"'],
    [{ 'Fn::GetStackOutput': { StackName: 'Core', OutputName: 'Gone' } }, 'no earlier stack Core has an output Gone'],
    [{ 'Fn::GetStackOutput': { StackName: 'Core', OutputName: 'TopicArn', Region: 'eu-west-1' } }, 'of another region'],
    [{ 'Fn::Select': [3, ['a']] }, 'Fn::Select of 3 from 1 values'],
    [{ 'Fn::Transform': {} }, 'does not know the function Fn::Transform'],
    [{ 'Fn::Join': ['', [{ a: 1, b: 2 }]] }, 'cannot become part of a text'],
    [{ secret: '{{resolve:secretsmanager:x}}' }, 'dynamic reference'],
  ])('refuses %j', (value, message) => {
    expect(() => resolveValue(value, scope)).toThrow(message);
  });
});
