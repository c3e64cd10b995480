/**
 * Every AWS service the local runtime plays, in the order they start: what others call comes first, what
 * lets work in from outside comes last. They stop in the reverse order.
 */
import type { AwsService, RuntimeContext } from './runtime/types.ts';
import { createIamService } from './services/iam/index.ts';
import { createLambdaService } from './services/lambda/index.ts';

export const serviceCatalog: ((ctx: RuntimeContext) => AwsService)[] = [createIamService, createLambdaService];
