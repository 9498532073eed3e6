/**
 * Code that stands in a template: CloudFormation puts it into an archive, as `index.js`; the emulator stores the text
 * as if it were one, and cannot run it. So the run hands it the archive that CloudFormation would have made.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-properties-lambda-function-code.html
 */
import { crc32 } from 'node:zlib';
import { must, ROOT_USER } from './aws';
import type { Site } from './deploy';
import type { World } from './world';

/** An archive of one file, stored as it is (https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.3). */
export function archiveOf(name: string, content: string): Buffer {
  const [file, data] = [Buffer.from(name), Buffer.from(content)];
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(0x21, 8);
  common.writeUInt32LE(crc32(data), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(data.length, 18);
  common.writeUInt16LE(file.length, 22);
  const local = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), common, file, data]);
  const rest = Buffer.alloc(14);
  const central = Buffer.concat([Buffer.from('PK\x01\x02\x14\x00', 'latin1'), common, rest, file]);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(1, 4);
  end.writeUInt16LE(1, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(local.length, 12);
  return Buffer.concat([local, central, Buffer.from('PK\x05\x06', 'latin1'), end]);
}

/** The names of the functions whose code was handed over. */
export async function packInlineCode({ endpoint }: Site, world: World): Promise<readonly string[]> {
  const names: string[] = [];
  for (const { type, physicalId, properties } of world.resources) {
    const code = (properties.Code as { readonly ZipFile?: string } | undefined)?.ZipFile;
    if (type !== 'AWS::Lambda::Function' || code === undefined) continue;
    const body = JSON.stringify({ ZipFile: archiveOf('index.js', code).toString('base64') });
    const path = `/2015-03-31/functions/${physicalId}/code`;
    await must(endpoint, ROOT_USER, { service: 'lambda', method: 'PUT', path, body });
    names.push(physicalId);
  }
  return names;
}
