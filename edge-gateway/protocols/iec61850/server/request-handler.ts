/** Answers the confirmed services of MMS from the directory, each within the size the client agreed to. */
import type { BerElement } from '../asn1/ber-reader.ts';
import { type BerNode, sizeOf } from '../asn1/ber-writer.ts';
import { type AccessResult, accessFailure, type DataAccessError } from '../mms/access-result.ts';
import { nameText, type ObjectName } from '../mms/object-name.ts';
import { encodeError, encodeReject, encodeResponse, rejectClasses, rejectReasons } from '../mms/pdu.ts';
import type { ConfirmedService } from '../mms/service.ts';
import type { ServiceErrorReason } from '../mms/service-error.ts';
import { getNameListService, type NameListRequest } from '../mms/services/get-name-list.ts';
import { defineListService, deleteListService, listAttributesService } from '../mms/services/named-variable-lists.ts';
import { readService } from '../mms/services/read.ts';
import { variableAttributesService } from '../mms/services/variable-attributes.ts';
import { identifyService, statusService } from '../mms/services/vmd-support.ts';
import { writeService } from '../mms/services/write.ts';
import type { Variable, VariableAccess } from '../mms/variable-access.ts';
import type { DataSet, Directory } from './directory.ts';
import type { ServerModel } from './model.ts';
import { namesBelow, partOf, type Requester, readPart, typeOf, writeNode } from './variable-tree.ts';

/** What an answer needs to know about the association it is for. */
export interface RequestContext extends Requester {
  maxPduSize: number;
  /** Lists of this association alone. */
  dataSets: Map<string, DataSet>;
}

/** Thrown by a service to answer with an error. */
class ServiceFailure extends Error {
  readonly reason: ServiceErrorReason;

  constructor(errorClass: string, meaning: string) {
    super(`${errorClass}/${meaning}`);
    this.reason = { errorClass, meaning };
  }
}

type Answer = (element: BerElement, context: RequestContext) => Promise<BerNode>;

export class RequestHandler {
  readonly #directory: Directory;
  readonly #answers = new Map<number, Answer>();
  readonly #maxNamesPerPage: number;

  constructor(directory: Directory, model: ServerModel, maxNamesPerPage: number) {
    this.#directory = directory;
    this.#maxNamesPerPage = maxNamesPerPage;
    const { vendor, modelName, revision } = model;
    this.#serve(identifyService, () => ({ vendor, model: modelName, revision }));
    this.#serve(statusService, () => ({ logical: 'state-changes-allowed', physical: 'operational' }));
    this.#serve(getNameListService, (request, context) => this.#nameList(request, context));
    this.#serve(variableAttributesService, (name) => {
      const node = this.#directory.node(name);
      if (!node) throw new ServiceFailure('access', 'object-non-existent');
      return { deletable: false, type: typeOf(node) };
    });
    this.#serve(readService, ({ access, withSpecification }, context) => ({
      ...(withSpecification && { access }),
      results: this.#variables(access, context).map((variable) => this.#read(variable, context)),
    }));
    this.#serve(writeService, async ({ access, values }, context) => {
      const variables = this.#variables(access, context);
      if (variables.length !== values.length) throw new ServiceFailure('definition', 'type-inconsistent');
      const outcomes: (DataAccessError | undefined)[] = [];
      for (const [at, variable] of variables.entries()) {
        const node = this.#nodeOf(variable);
        outcomes.push(node ? await writeNode(node, values[at]!, context) : 'object-non-existent');
      }
      return outcomes;
    });
    this.#serve(defineListService, ({ name, members }, context) => this.#defineList(name, members, context));
    this.#serve(listAttributesService, (name, context) => {
      const { isDeletable, members } = this.#dataSet(name, context);
      return { deletable: isDeletable, members: members.map(({ variable }) => variable) };
    });
    this.#serve(deleteListService, (names, context) => this.#deleteLists(names, context));
  }

  /** The whole PDU of the answer: a response, an error or a reject. */
  async answer(invokeId: number, service: BerElement, context: RequestContext): Promise<BerNode> {
    const answer = this.#answers.get(service.tag);
    if (!answer) return encodeReject(invokeId, rejectClasses.confirmedRequest, rejectReasons.unrecognizedService);
    try {
      const response = encodeResponse(invokeId, await answer(service, context));
      if (sizeOf(response) <= context.maxPduSize) return response;
      return encodeError(invokeId, { errorClass: 'service', meaning: 'pdu-size' });
    } catch (error) {
      if (error instanceof ServiceFailure) return encodeError(invokeId, error.reason);
      throw error;
    }
  }

  #serve<Request, Response>(
    service: ConfirmedService<Request, Response>,
    serve: (request: Request, context: RequestContext) => Response | Promise<Response>,
  ): void {
    this.#answers.set(service.requestTag, async (element, context) =>
      service.encodeResponse(await serve(service.decodeRequest(element), context)),
    );
  }

  #read({ name, part }: Variable, context: RequestContext): AccessResult {
    const node = this.#directory.node(name);
    if (!node) return accessFailure('object-non-existent');
    return readPart(node, part ?? [], context);
  }

  #nodeOf({ name, part }: Variable) {
    const node = this.#directory.node(name);
    return node && part ? partOf(node, part) : node;
  }

  #variables(access: VariableAccess, context: RequestContext): Variable[] {
    if (access.kind === 'variables') return access.variables;
    return this.#dataSet(access.name, context).members.map(({ variable }) => variable);
  }

  #listsFor(name: ObjectName, context: RequestContext): Map<string, DataSet> {
    return name.scope === 'association' ? context.dataSets : this.#directory.dataSets;
  }

  #dataSet(name: ObjectName, context: RequestContext): DataSet {
    const found = this.#listsFor(name, context).get(nameText(name));
    if (!found) throw new ServiceFailure('access', 'object-non-existent');
    return found;
  }

  #defineList(name: ObjectName, variables: Variable[], context: RequestContext): null {
    const lists = this.#listsFor(name, context);
    if (lists.has(nameText(name))) throw new ServiceFailure('definition', 'object-exists');
    const members = this.#directory.resolve(variables);
    if (!members || (name.scope === 'domain' && !this.#directory.device(name.domain))) {
      throw new ServiceFailure('definition', 'object-undefined');
    }
    lists.set(nameText(name), { name, members, isDeletable: true, uses: 0 });
    return null;
  }

  #deleteLists(names: ObjectName[], context: RequestContext): { matched: number; deleted: number } {
    let matched = 0;
    let deleted = 0;
    for (const name of names) {
      const lists = this.#listsFor(name, context);
      const dataSet = lists.get(nameText(name));
      if (!dataSet) continue;
      matched++;
      if (dataSet.isDeletable && dataSet.uses === 0 && lists.delete(nameText(name))) deleted++;
    }
    return { matched, deleted };
  }

  #nameList({ objectClass, scope, continueAfter }: NameListRequest, context: RequestContext) {
    const all = [...this.#names(objectClass, scope, context)];
    const start = continueAfter === undefined ? 0 : all.indexOf(continueAfter) + 1;
    if (continueAfter !== undefined && start === 0) throw new ServiceFailure('service', 'continuation-invalid');
    const names: string[] = [];
    // Room for what surrounds the list.
    let size = 64;
    for (const name of all.slice(start, start + this.#maxNamesPerPage)) {
      size += name.length + 4;
      if (size > context.maxPduSize) break;
      names.push(name);
    }
    return { names, moreFollows: start + names.length < all.length };
  }

  *#names(
    objectClass: NameListRequest['objectClass'],
    scope: NameListRequest['scope'],
    context: RequestContext,
  ): Generator<string> {
    if (objectClass === 'domain') {
      yield* this.#directory.deviceNames;
    } else if (objectClass === 'named-variable' && scope.kind === 'domain') {
      const device = this.#directory.device(scope.domain);
      if (!device) throw new ServiceFailure('access', 'object-non-existent');
      for (const node of device.children.values()) yield* namesBelow(node, node.name);
    } else if (objectClass === 'named-variable-list') {
      const lists = scope.kind === 'association' ? context.dataSets : this.#directory.dataSets;
      for (const { name } of lists.values()) {
        if (name.scope !== 'domain' || (scope.kind === 'domain' && name.domain === scope.domain)) yield name.item;
      }
    }
  }
}
