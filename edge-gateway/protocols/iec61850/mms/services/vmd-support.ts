/** Services about the device itself: status and identify (ISO 9506-2, 10). */
import { fieldsOf } from '../../asn1/ber-reader.ts';
import { tlv } from '../../asn1/ber-writer.ts';
import { boolean, integer, nothing, readBoolean, readSmallInteger, readText, text } from '../../asn1/primitives.ts';
import { ProtocolError } from '../../errors.ts';
import type { ConfirmedService } from '../service.ts';

export const logicalStatuses = [
  'state-changes-allowed',
  'no-state-changes-allowed',
  'limited-services-permitted',
  'support-services-allowed',
] as const;
export const physicalStatuses = ['operational', 'partially-operational', 'inoperable', 'needs-commissioning'] as const;

export interface DeviceStatus {
  logical: (typeof logicalStatuses)[number];
  physical: (typeof physicalStatuses)[number];
}

export const statusService: ConfirmedService<{ extended: boolean }, DeviceStatus> = {
  name: 'status',
  requestTag: 0x80,
  responseTag: 0xa0,
  encodeRequest: ({ extended }) => boolean(0x80, extended),
  decodeRequest: (element) => ({ extended: readBoolean(element) }),
  encodeResponse: ({ logical, physical }) =>
    tlv(0xa0, integer(0x80, logicalStatuses.indexOf(logical)), integer(0x81, physicalStatuses.indexOf(physical))),
  decodeResponse: (element) => {
    const fields = fieldsOf(element);
    const logical = fields.get(0x80) && logicalStatuses[readSmallInteger(fields.get(0x80)!)];
    const physical = fields.get(0x81) && physicalStatuses[readSmallInteger(fields.get(0x81)!)];
    if (!logical || !physical) throw new ProtocolError('mms', 'a status outside the standard');
    return { logical, physical };
  },
};

export interface Identity {
  vendor: string;
  model: string;
  revision: string;
}

export const identifyService: ConfirmedService<null, Identity> = {
  name: 'identify',
  requestTag: 0x82,
  responseTag: 0xa2,
  encodeRequest: () => nothing(0x82),
  decodeRequest: () => null,
  encodeResponse: ({ vendor, model, revision }) =>
    tlv(0xa2, text(0x80, vendor), text(0x81, model), text(0x82, revision)),
  decodeResponse: (element) => {
    const fields = fieldsOf(element);
    const read = (tag: number): string => (fields.has(tag) ? readText(fields.get(tag)!) : '');
    return { vendor: read(0x80), model: read(0x81), revision: read(0x82) };
  },
};
