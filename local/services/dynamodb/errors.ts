/**
 * The errors of the DynamoDB API, with the texts that AWS sends: callers and their tests match on them.
 * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
import { AwsError } from '../../runtime/types.ts';
import type { Item } from './values/attribute-value.ts';

export function validationError(message: string): AwsError {
  return new AwsError('ValidationException', message);
}

/** The JSON has the wrong shape: AWS finds this before it looks at any value. */
export function serializationError(message: string): AwsError {
  return new AwsError('SerializationException', message);
}

export function conditionalCheckFailed(item?: Item): AwsError {
  return new AwsError(
    'ConditionalCheckFailedException',
    'The conditional request failed',
    400,
    item === undefined ? {} : { Item: item },
  );
}

/** Control-plane operations name the table in the message. */
export function tableNotFound(name: string): AwsError {
  return new AwsError('ResourceNotFoundException', `Requested resource not found: Table: ${name} not found`);
}

/** Data-plane operations do not name it. */
export function resourceNotFound(): AwsError {
  return new AwsError('ResourceNotFoundException', 'Requested resource not found');
}

export function throughputExceeded(): AwsError {
  return new AwsError(
    'ProvisionedThroughputExceededException',
    'The level of configured provisioned throughput for the table was exceeded. Consider increasing your provisioning level with the UpdateTable API.',
  );
}
