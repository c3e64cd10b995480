/** Writes the payload to an object. @see https://docs.aws.amazon.com/iot/latest/developerguide/s3-rule-action.html */
import type { S3Service } from '../../s3/index.ts';
import { compileTemplate } from '../sql/template.ts';
import type { ActionFactory } from './action.ts';

export const createS3Action: ActionFactory = ({ BucketName, Key }, { ctx }) => {
  const bucket = compileTemplate(String(BucketName));
  const key = compileTemplate(String(Key));
  return {
    name: 'S3Action',
    resource: bucket,
    async execute(outgoing, message) {
      await ctx.service<S3Service>('s3').putObject(bucket(message), key(message), Buffer.from(outgoing));
    },
  };
};
