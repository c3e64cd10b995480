/**
 * All functions of AWS IoT SQL that need nothing outside the message. The external ones
 * (aws_lambda, get_dynamodb, get_thing_shadow, get_secret, machinelearning_predict …) are not played.
 * @see https://docs.aws.amazon.com/iot/latest/developerguide/iot-sql-functions.html
 */
import { COLLECTION_FUNCTIONS } from './collections.ts';
import type { FunctionDefinition } from './definition.ts';
import { ENCODING_FUNCTIONS } from './encoding.ts';
import { MESSAGE_FUNCTIONS } from './message.ts';
import { NUMBER_FUNCTIONS } from './numbers.ts';
import { STRING_FUNCTIONS } from './strings.ts';
import { TIME_FUNCTIONS } from './time.ts';

export const FUNCTIONS: Readonly<Record<string, FunctionDefinition>> = Object.assign(
  Object.create(null) as Record<string, FunctionDefinition>,
  COLLECTION_FUNCTIONS,
  ENCODING_FUNCTIONS,
  MESSAGE_FUNCTIONS,
  NUMBER_FUNCTIONS,
  STRING_FUNCTIONS,
  TIME_FUNCTIONS,
);
