/**
 * The whole environment of a function's thread: what the template declares, what the Lambda runtime sets,
 * and nothing of this machine.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 */
import type { RuntimeContext } from '../../runtime/types.ts';
import type { FunctionConfig } from './function-config.ts';

export function workerEnvironment(
  config: FunctionConfig,
  ctx: RuntimeContext,
  logStreamName: string,
  layerPaths: string[],
): Record<string, string> {
  return {
    TZ: ':UTC',
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    _HANDLER: config.handler,
    AWS_REGION: ctx.region,
    AWS_DEFAULT_REGION: ctx.region,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_FORMAT: config.logFormat,
    ...(config.logFormat === 'JSON' && { AWS_LAMBDA_LOG_LEVEL: config.logLevel }),
    AWS_LAMBDA_LOG_GROUP_NAME: config.logGroupName,
    AWS_LAMBDA_LOG_STREAM_NAME: logStreamName,
    LAMBDA_TASK_ROOT: config.codeDirectory,
    // Lambda unpacks layers into /opt, which a thread cannot mount: their directories here instead.
    ...(layerPaths.length > 0 && { LOCAL_LAYER_PATHS: layerPaths.join(':') }),
    AWS_XRAY_CONTEXT_MISSING: 'LOG_ERROR',
    AWS_ENDPOINT_URL: `http://127.0.0.1:${ctx.ports.aws}`,
    // They stand for the function's role in the local endpoint.
    AWS_ACCESS_KEY_ID: ctx.access.credentials(config.roleArn, config.name),
    AWS_SECRET_ACCESS_KEY: 'local-secret-access-key',
    AWS_SESSION_TOKEN: 'local-session-token',
    // The SDK would otherwise read the profile of whoever started the platform.
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    ...config.environment,
  };
}
