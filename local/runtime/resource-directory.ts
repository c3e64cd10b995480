/** Finds what was deployed by the names people use: part of a physical name, a logical id or a construct path. */
import type { DeployedResource } from './deployment.ts';
import { ConfigurationError } from './types.ts';

export class ResourceDirectory {
  readonly all: readonly DeployedResource[];

  constructor(resources: readonly DeployedResource[]) {
    this.all = resources;
  }

  ofType(type: string): DeployedResource[] {
    return this.all.filter((resource) => resource.type === type);
  }

  /**
   * The one resource of this type that is called, or whose name contains, `name`.
   * @throws ConfigurationError naming the candidates, when none or several are
   */
  find(type: string, name: string): DeployedResource {
    const candidates = this.ofType(type);
    const called = candidates.filter((resource) => namesOf(resource).includes(name));
    const matching = called.length > 0 ? called : candidates.filter((resource) => isAbout(resource, name));
    if (matching.length === 1) return matching[0]!;
    const listed = (matching.length > 0 ? matching : candidates).map(({ physicalId }) => physicalId).join(', ');
    throw new ConfigurationError(
      matching.length > 0
        ? `"${name}" is the name of several ${type}: ${listed}.`
        : `No ${type} is called "${name}"; there are: ${listed || 'none'}.`,
    );
  }

  /** The Lambda function's name, for part of it. */
  functionName(name: string): string {
    return this.find('AWS::Lambda::Function', name).physicalId;
  }

  /** What `Ref` gives for a logical id of a stack. */
  physicalId(stackName: string, logicalId: string): string | undefined {
    return this.all.find((resource) => resource.stackName === stackName && resource.logicalId === logicalId)
      ?.physicalId;
  }
}

function namesOf({ physicalId, logicalId, constructPath }: DeployedResource): (string | undefined)[] {
  return [physicalId, logicalId, constructPath];
}

function isAbout(resource: DeployedResource, name: string): boolean {
  return namesOf(resource).some((known) => known?.includes(name));
}
