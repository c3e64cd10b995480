/** Drives every decoder with one TSDU as the layers would, as far up as the bytes lead. For fuzzing. */
import { decodeApdu } from '../acse/apdu.ts';
import { ControlInbox } from '../acsi/control-inbox.ts';
import { decodeReportMessage, isReport } from '../acsi/report-message.ts';
import type { BerElement } from '../asn1/ber-reader.ts';
import { decodeInitiate } from '../mms/initiate.ts';
import { decodePdu } from '../mms/pdu.ts';
import type { ConfirmedService } from '../mms/service.ts';
import { getNameListService } from '../mms/services/get-name-list.ts';
import { defineListService, deleteListService, listAttributesService } from '../mms/services/named-variable-lists.ts';
import { readService } from '../mms/services/read.ts';
import { variableAttributesService } from '../mms/services/variable-attributes.ts';
import { identifyService, statusService } from '../mms/services/vmd-support.ts';
import { writeService } from '../mms/services/write.ts';
import { decodeAccept, decodeConnect, decodeRefuse, decodeUserData } from '../presentation/ppdu.ts';
import { decodeSpdu } from '../session/spdu.ts';

const services: ConfirmedService<any, any>[] = [
  getNameListService,
  readService,
  writeService,
  variableAttributesService,
  defineListService,
  listAttributesService,
  deleteListService,
  identifyService,
  statusService,
];

/** @throws Iec61850Error, and nothing else, when the bytes make no sense */
export function decodeTsdu(tsdu: Buffer): void {
  const spdu = decodeSpdu(tsdu);
  switch (spdu.kind) {
    case 'connect':
      for (const { value } of decodeConnect(spdu.userData).userData) decodeAssociation(value, 'request');
      return;
    case 'accept':
      for (const { value } of decodeAccept(spdu.userData).userData) decodeAssociation(value, 'response');
      return;
    case 'refuse':
      for (const { value } of decodeRefuse(spdu.userData).userData) decodeApdu(value);
      return;
    case 'data':
      for (const { contextId, value } of decodeUserData(spdu.userData)) {
        if (contextId === 1) decodeApdu(value);
        else decodeMms(value);
      }
      return;
    default:
      if (spdu.userData.length > 0) decodeUserData(spdu.userData);
  }
}

function decodeAssociation(bytes: Buffer, kind: 'request' | 'response'): void {
  const apdu = decodeApdu(bytes);
  if ('userInformation' in apdu && apdu.userInformation) decodeInitiate(kind, apdu.userInformation.value);
}

export function decodeMms(bytes: Buffer): void {
  const pdu = decodePdu(bytes);
  if (pdu.kind === 'report') {
    if (isReport(pdu.report)) decodeReportMessage(pdu.report);
    else new ControlInbox().receive(pdu.report);
  } else if (pdu.kind === 'request') {
    decodeService(pdu.service, 'requestTag', (service, element) => service.decodeRequest(element));
  } else if (pdu.kind === 'response') {
    decodeService(pdu.service, 'responseTag', (service, element) => service.decodeResponse(element));
  }
}

function decodeService(
  element: BerElement,
  tag: 'requestTag' | 'responseTag',
  decode: (service: ConfirmedService<unknown, unknown>, element: BerElement) => unknown,
): void {
  const service = services.find((candidate) => candidate[tag] === element.tag);
  if (service) decode(service, element);
}
