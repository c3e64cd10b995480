/**
 * The HTTP routes of one domain, apart from its functions: a stack may have 500 resources, and a domain with many of
 * both would meet that limit. It comes after the functions that its routes lead to and after the authorizer they ask.
 */
import { Stack } from 'aws-cdk-lib';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import type { Construct } from 'constructs';
import type { DomainManifest } from '../../layers/kernel/domain/manifest.ts';
import type { StageConfig } from '../config/stage-config.ts';
import { ResourceRoutes, type RoutedApi } from '../constructs/resource-routes.ts';
import { constructId } from '../naming.ts';
import { stackProps } from './stack-props.ts';

export interface RoutesStackProps {
  stage: StageConfig;
  manifest: DomainManifest;
  /** By the name of the resource. */
  functions: ReadonlyMap<string, IFunction>;
  api: RoutedApi;
}

export class RoutesStack extends Stack {
  /** @throws Error when a resource needs a credential and the API has no authorizer */
  constructor(scope: Construct, { stage, manifest, functions, api }: RoutesStackProps) {
    const { name, resources } = manifest;
    super(scope, `${constructId(name)}Routes`, stackProps(stage, `${name}-routes`, `HTTP routes of ${name}`));
    for (const { resource } of resources)
      new ResourceRoutes(this, constructId(resource.name), { resource, lambda: functions.get(resource.name)!, api });
  }
}
