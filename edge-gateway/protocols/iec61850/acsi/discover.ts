/** Learns the model of a server from itself: names of domains and variables, and the type of each logical node. */
import { ServiceError } from '../errors.ts';
import type { MmsClient } from '../mms/client.ts';
import { inDomain } from '../mms/object-name.ts';
import type { Component, MmsType } from '../mms/type-specification.ts';
import { type LogicalDevice, type LogicalNode, logicalNodeOf, type StationModel } from './station-model.ts';

export async function discover(mms: MmsClient): Promise<StationModel> {
  const devices: LogicalDevice[] = [];
  for (const device of await mms.names('domain', { kind: 'vmd' })) {
    const scope = { kind: 'domain', domain: device } as const;
    const [names, lists] = await Promise.all([mms.names('named-variable', scope), listNames(mms, device)]);
    const nodeNames = [...new Set(names.map((name) => name.split('$', 1)[0]!))];
    const nodes = nodeNames.map(async (node): Promise<LogicalNode> => {
      const type = await typeOf(mms, device, node, names);
      const own = lists.filter((list) => list.startsWith(`${node}$`));
      return logicalNodeOf(
        device,
        node,
        type,
        own.map((list) => `${device}/${list.replaceAll('$', '.')}`),
      );
    });
    devices.push({ name: device, nodes: await Promise.all(nodes) });
  }
  return { devices };
}

/** Servers without data sets may answer with an error instead of nothing. */
async function listNames(mms: MmsClient, device: string): Promise<string[]> {
  try {
    return await mms.names('named-variable-list', { kind: 'domain', domain: device });
  } catch (error) {
    if (error instanceof ServiceError) return [];
    throw error;
  }
}

/** One request tells a whole node; where that is refused or too large, its parts are asked for one by one. */
async function typeOf(mms: MmsClient, device: string, item: string, names: string[]): Promise<MmsType> {
  try {
    return (await mms.variableAttributes(inDomain(device, item))).type;
  } catch (error) {
    if (!(error instanceof ServiceError)) throw error;
    const depth = item.split('$').length;
    const children = new Set(
      names.filter((name) => name.startsWith(`${item}$`)).map((name) => name.split('$')[depth]!),
    );
    // A leaf that its own server does not describe has nothing to be asked by.
    if (children.size === 0) return { kind: 'structure', components: [] };
    const components: Component[] = [];
    for (const name of children) components.push({ name, type: await typeOf(mms, device, `${item}$${name}`, names) });
    return { kind: 'structure', components };
  }
}
