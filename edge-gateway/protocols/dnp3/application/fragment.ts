/** Whole fragments: what an application layer message says, object block by object block. */
import { ByteReader } from '../byte-cursor.ts';
import { Dnp3Error, malformed } from '../errors.ts';
import { type IndexedObject, readIndices, readObjects } from '../objects/object-codec.ts';
import { type FragmentHeader, readFragmentHeader } from './fragment-header.ts';
import { carriesObjects } from './function-codes.ts';
import { type ObjectHeader, readObjectHeader } from './object-header.ts';

export interface ObjectBlock extends ObjectHeader {
  objects: IndexedObject[];
  /** Points that a request names one by one. */
  indices: number[];
  /** Header and objects as they stood on the wire. */
  octets: Buffer;
}

export interface Fragment {
  header: FragmentHeader;
  blocks: ObjectBlock[];
  /** The octets behind the header. */
  body: Buffer;
  /** Why reading ended early. Blocks before it are sound. */
  problem?: Dnp3Error;
}

/** More object headers than a sensible peer sends; a fragment of nothing else would be work without end. */
const mostHeaders = 512;

/** @throws Dnp3Error `malformed` when not even the fragment's header can be read */
export function readFragment(octets: Buffer): Fragment {
  const header = readFragmentHeader(octets);
  const body = octets.subarray(header.objectsFrom);
  const fragment: Fragment = { header, blocks: [], body };
  const reader = new ByteReader(body);
  try {
    while (reader.remaining > 0) {
      if (fragment.blocks.length >= mostHeaders) throw malformed(`More than ${mostHeaders} object headers.`);
      const from = reader.position;
      const objectHeader = readObjectHeader(reader);
      const hasObjects = carriesObjects(header.functionCode, objectHeader.group);
      const objects = hasObjects ? readObjects(reader, objectHeader) : [];
      const indices = hasObjects ? [] : readIndices(reader, objectHeader);
      fragment.blocks.push({ ...objectHeader, objects, indices, octets: body.subarray(from, reader.position) });
    }
  } catch (error) {
    if (!(error instanceof Dnp3Error)) throw error;
    fragment.problem = error;
  }
  return fragment;
}
