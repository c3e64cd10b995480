/** How long texts of templates become once CloudFormation has filled in what exists by then: what AWS's limits on policies count. */
import type { Sample, SampleResource } from './synthesize-sample.ts';

/** As long as the ARN of a table whose name CloudFormation makes, the longest of ours. */
const unknown = 'x'.repeat(120);

const pseudoParameters: Record<string, string> = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::Region': 'ap-southeast-1',
  'AWS::URLSuffix': 'amazonaws.com',
};

const isIntrinsic = (key: string): boolean => key === 'Ref' || key.startsWith('Fn::');

/** The value with every reference filled in, or with something as long in its place. */
export function deployed(value: any): any {
  if (Array.isArray(value)) return value.map(deployed);
  if (value === null || typeof value !== 'object') return value;
  const [[key, argument] = ['', undefined]] = Object.entries<any>(value);
  if (key === 'Fn::Join') return deployed(argument[1]).join(argument[0]);
  if (isIntrinsic(key)) return pseudoParameters[argument] ?? unknown;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, deployed(item)]));
}

/** Characters of a document as JSON without white space. */
export const sizeOf = (document: unknown): number => JSON.stringify(deployed(document)).length;

/** `stack/logicalId` of what a value of a template refers to, in its own stack or by an output of another. */
export function referredTo(value: any, stack: string, outputs: Sample['outputs']): string {
  const [key, argument] = Object.entries<any>(value)[0]!;
  if (key === 'Ref') return `${stack}/${argument}`;
  if (key === 'Fn::GetAtt') return `${stack}/${argument[0]}`;
  if (key !== 'Fn::GetStackOutput') throw new Error(`No reference to a resource: ${JSON.stringify(value)}`);
  return referredTo(outputs[argument.StackName]![argument.OutputName]!.Value, argument.StackName, outputs);
}

/** A statement of a function's own policy, as Lambda makes one of each permission. */
export const permissionStatement = ({ Properties }: SampleResource): object => ({
  Sid: unknown,
  Effect: 'Allow',
  Principal: { Service: Properties.Principal },
  Action: Properties.Action,
  Resource: unknown,
  Condition: { ArnLike: { 'AWS:SourceArn': Properties.SourceArn } },
});
