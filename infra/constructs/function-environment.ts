/** The environment of a function: the names of what it was granted, under the variables the kernel reads. */
import { environmentName } from '../../layers/kernel/config/resource-names.ts';
import type { Access } from '../../layers/kernel/domain/manifest.ts';
import { fillStageSettings } from '../config/stage-settings.ts';
import type { Deployment, KeyName } from '../deployment.ts';
import { bundleName, type DomainFunctionSpec } from '../manifest/functions-of.ts';
import { logGroupName, stackName } from '../naming.ts';

export function functionEnvironment(
  spec: DomainFunctionSpec,
  deployment: Deployment,
  queueUrl: (name: string) => string,
): Record<string, string> {
  const { stage } = deployment;
  const own = fillStageSettings(spec.environment ?? {}, stage, bundleName(spec));
  const derived: Record<string, string> = {
    [environmentName.stage()]: stage.name,
    POWERTOOLS_SERVICE_NAME: spec.domain,
    POWERTOOLS_LOG_LEVEL: stage.logLevel,
    ...grantedNames(spec.access, deployment, queueUrl),
    ...(spec.access.email && stage.emailSender ? { [environmentName.emailSender()]: stage.emailSender } : {}),
  };
  const clash = Object.keys(own).find((variable) => variable in derived);
  if (clash) throw new Error(`${bundleName(spec)}: ${clash} is set by the infrastructure, not by a manifest.`);
  return { ...derived, ...own };
}

function grantedNames(
  access: Access,
  deployment: Deployment,
  queueUrl: (name: string) => string,
): Record<string, string> {
  const { tables, buckets, keys, webSocket } = deployment;
  const names: Record<string, string> = {};
  for (const name of Object.keys(access.tables ?? {})) names[environmentName.table(name)] = tables.get(name)!.tableName;
  for (const name of Object.keys(access.buckets ?? {}))
    names[environmentName.bucket(name)] = buckets.get(name)!.bucketName;
  for (const name of Object.keys(access.keys ?? {})) names[environmentName.keyId(name)] = keys[name as KeyName].keyId;
  for (const name of access.queues ?? []) names[environmentName.queueUrl(name)] = queueUrl(name);
  if (access.webSocket) names[environmentName.webSocketEndpoint()] = webSocket.managementEndpoint;
  if (access.metrics) names[environmentName.httpApiIds()] = deployment.apiIds.join(' ');
  if (access.logs) names[environmentName.logGroupPrefix()] = logGroupName(stackName(deployment.stage, ''));
  if (access.deadLetters) names[environmentName.queuePrefix()] = stackName(deployment.stage, '');
  if (access.webSocketUrl) names[environmentName.webSocketUrl()] = webSocket.publicUrl;
  return names;
}
