/**
 * Frames of the data link layer (IEEE 1815-2012, clause 9.2).
 *
 *     05 64 | length | control | destination | source | CRC | up to 16 octets | CRC | up to 16 octets | CRC …
 *     control: DIR 80 · PRM 40 · FCB 20 · FCV or DFC 10 · function 0F
 */
import { crc16 } from './crc.ts';

/** PRM = 1: from the station that begins. */
export const primaryFunction = {
  resetLinkStates: 0,
  testLinkStates: 2,
  confirmedUserData: 3,
  unconfirmedUserData: 4,
  requestLinkStatus: 9,
} as const;

/** PRM = 0: the answer. */
export const secondaryFunction = { ack: 0, nack: 1, linkStatus: 11, notSupported: 15 } as const;

export const selfAddress = 0xfffc;
export const broadcastAddress = {
  /** No confirmation is asked for. */
  noConfirm: 0xfffd,
  /** The outstation's next response asks for a confirmation. */
  confirm: 0xfffe,
  /** The outstation decides. */
  optionalConfirm: 0xffff,
} as const;

export const isBroadcast = (address: number): boolean => address >= broadcastAddress.noConfirm;
/** Addresses a device can have: above 0xFFEF all are reserved. */
export const isStationAddress = (address: number): boolean =>
  Number.isInteger(address) && address >= 0 && address <= 0xffef;

const maxUserDataOctets = 250;
export const headerOctets = 10;

export interface LinkFrame {
  /** DIR: whether a master sent it. */
  fromMaster: boolean;
  /** PRM. */
  isPrimary: boolean;
  /** FCB. Meaningless on secondary frames. */
  frameCountBit: boolean;
  /** FCV on primary frames, DFC on secondary ones. */
  frameCountValid: boolean;
  functionCode: number;
  destination: number;
  source: number;
  userData: Buffer;
}

const noOctets = Buffer.alloc(0);

/** Octets on the wire of a frame with so many octets of user data. */
export const frameOctets = (userDataOctets: number): number =>
  headerOctets + userDataOctets + 2 * Math.ceil(userDataOctets / 16);

export type FrameToSend = Pick<LinkFrame, 'fromMaster' | 'isPrimary' | 'functionCode' | 'destination' | 'source'> &
  Partial<Pick<LinkFrame, 'frameCountBit' | 'frameCountValid'>> & { userData?: Uint8Array };

export function encodeFrame(frame: FrameToSend): Buffer {
  const userData = frame.userData ?? noOctets;
  if (userData.length > maxUserDataOctets)
    throw new RangeError(`A frame carries ${maxUserDataOctets} octets, not ${userData.length}.`);
  const bytes = Buffer.allocUnsafe(frameOctets(userData.length));
  bytes[0] = 0x05;
  bytes[1] = 0x64;
  bytes[2] = 5 + userData.length;
  bytes[3] =
    (frame.fromMaster ? 0x80 : 0) |
    (frame.isPrimary ? 0x40 : 0) |
    (frame.frameCountBit ? 0x20 : 0) |
    (frame.frameCountValid ? 0x10 : 0) |
    frame.functionCode;
  bytes.writeUInt16LE(frame.destination, 4);
  bytes.writeUInt16LE(frame.source, 6);
  bytes.writeUInt16LE(crc16(bytes, 0, 8), 8);
  let at = headerOctets;
  for (let from = 0; from < userData.length; from += 16) {
    const block = userData.subarray(from, from + 16);
    bytes.set(block, at);
    bytes.writeUInt16LE(crc16(block), at + block.length);
    at += block.length + 2;
  }
  return bytes;
}

/** Functions of primary frames with what their FCV must be (table 9-1); others are not of the standard. */
const primaryFcv = new Map<number, boolean>([
  [primaryFunction.resetLinkStates, false],
  [primaryFunction.testLinkStates, true],
  [primaryFunction.confirmedUserData, true],
  [primaryFunction.unconfirmedUserData, false],
  [primaryFunction.requestLinkStatus, false],
]);
const secondaryFunctions = new Set<number>(Object.values(secondaryFunction));

/** Whether function, FCV and the presence of user data go together. */
export function isConsistent(frame: LinkFrame): boolean {
  if (!frame.isPrimary) return secondaryFunctions.has(frame.functionCode) && frame.userData.length === 0;
  const carriesData =
    frame.functionCode === primaryFunction.confirmedUserData ||
    frame.functionCode === primaryFunction.unconfirmedUserData;
  // An unknown function is let through: the station answers it with "not supported".
  const fcv = primaryFcv.get(frame.functionCode);
  if (fcv === undefined) return true;
  return frame.frameCountValid === fcv && frame.userData.length > 0 === carriesData;
}
